"""Pre-assessment (pendampingan): an institution judges itself; later both stand side by side."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import altair as alt
import pandas as pd
import streamlit as st

from accounts.actors import Actor
from analysis.rulebook.fieldwork import schemes_judged_in
from desk.assessment.preassessment import Pair, SelfAssessedUnit, preassessed, side_by_side_in
from models import Session
from reports.style import INK, TEXT
from screens import charts
from screens.acts import tell_done
from screens.assessment.assess import ask_year
from screens.assessment.field_files import show_files
from screens.assessment.judging import Task, show_cards, show_table
from screens.choices import choose_institution, choose_unit, warn_of_simulated_round
from screens.looks import look
from screens.plain import plain
from screens.plain import show_table as show_texts
from screens.shell import language, number, say, signed

WAYS = ("cards", "table", "files")
COMPARED = "compared"


def screen() -> None:
    """A coordinator judges own units and compares; whoever else sees units, compares."""
    st.title(say("shell.page_pendampingan"))
    tell_done()
    st.markdown(say("preassessment.lead"))
    with look() as (session, actor):
        way = _choose_way() if actor.institutions else COMPARED
        if way == COMPARED:
            _compare(session, actor)
        else:
            _judge(session, actor, way)


def _choose_way() -> str:
    return st.segmented_control(
        say("assess.way"),
        (*WAYS, COMPARED),
        format_func=lambda way: say(f"assess.{way}"),
        default=WAYS[0],
        required=True,
        key="preassessment_way",
    )


def _judge(session: Session, actor: Actor, way: str) -> None:
    year = ask_year("preassessment_year")
    warn_of_simulated_round(session, year)
    institution = choose_institution(session, actor, "preassessment")
    if institution is None:
        return
    if way == "files":
        show_files(session, actor, institution, year, "self")
        return
    unit = choose_unit(session, actor, "preassessment", institution)
    if unit is None:
        return
    task = Task(actor, unit, year, "self")
    (show_cards if way == "cards" else show_table)(session, task)


def _compare(session: Session, actor: Actor) -> None:
    """Asks for year and institution; shows each unit's areas, its own score beside the official."""
    found = preassessed(session, actor)
    if not found:
        st.info(say("preassessment.nothing"), icon=":material/info:")
        return
    left, right = st.columns([1, 3])
    year = left.selectbox(say("words.year"), list(found), key="preassessment_compared_year")
    warn_of_simulated_round(session, year)
    names = {one.id: one.name for one in found[year]}
    institution = right.selectbox(
        say("words.institution"),
        list(names),
        format_func=names.__getitem__,
        key="preassessment_compared",
    )
    units = side_by_side_in(session, actor, year, institution)
    if not units:
        st.info(say("preassessment.nothing"), icon=":material/info:")
        return
    names_of = {
        node.key: node.name[language()]
        for scheme in reversed(schemes_judged_in(year))
        for node in scheme.nodes()
    }
    rows = [(one, names_of[area], pair) for one in units for area, pair in one.areas.items()]
    table = _table([(one.unit.name, area, pair) for one, area, pair in rows])
    charts.show(_chart(rows), _sentence(rows), table, "preassessment")
    _show_items(units, names_of)
    st.caption(say("preassessment.unseen"))


def _table(rows: Sequence[tuple[str, str, Pair]]) -> pd.DataFrame:
    headings = ("unit", "part", "own", "official", "difference")
    texts = [
        (unit, part, _text(own), _text(official), signed(_gap((own, official))))
        for unit, part, (own, official) in rows
    ]
    return pd.DataFrame(texts, columns=[say(f"preassessment.{key}") for key in headings])


def _text(value: Fraction | None) -> str:
    return "–" if value is None else number(value)


def _gap(pair: Pair) -> float | None:
    own, official = pair
    return None if own is None or official is None else float(own - official)


def _sentence(rows: Sequence[tuple[SelfAssessedUnit, str, Pair]]) -> str:
    """Where the institution thinks better of itself than the assessors do, most of all."""
    both = [(gap, one, area) for one, area, pair in rows if (gap := _gap(pair)) is not None]
    if not both:
        return say("preassessment.only_own")
    gap, one, area = max(both, key=lambda found: abs(found[0]))
    return say("preassessment.most", unit=plain(one.unit.name), part=plain(area), gap=signed(gap))


def _chart(rows: Sequence[tuple[SelfAssessedUnit, str, Pair]]) -> charts.Chart:
    """A line from the own score (hollow) to the official one (filled), a row a unit and area."""
    names = [f"{one.unit.name} · {area}" for one, area, _ in rows]
    frame = pd.DataFrame(
        {
            "name": names,
            "own": [None if own is None else float(own) for _, _, (own, _) in rows],
            "official": [None if value is None else float(value) for _, _, (_, value) in rows],
            "tip": [
                say("preassessment.tip", name=name, own=_text(own), official=_text(official))
                for name, (_, _, (own, official)) in zip(names, rows, strict=True)
            ],
        }
    )
    base = alt.Chart(frame).encode(
        y=alt.Y("name:N", sort=names, axis=None), tooltip=alt.Tooltip("tip:N")
    )
    across = alt.X(
        "own:Q",
        scale=alt.Scale(domain=(0, 100), nice=False),
        axis=alt.Axis(title=say("preassessment.axis"), values=[0, 25, 50, 75, 100], format="d"),
    )
    lines = base.mark_rule(aria=False, color=TEXT, yOffset=9).encode(
        x=across, x2=alt.X2("official:Q")
    )
    own = base.mark_point(
        aria=False, size=110, yOffset=9, color=INK, fill="white", strokeWidth=2, opacity=1
    ).encode(x=across)
    official = base.mark_point(
        aria=False, size=110, yOffset=9, color=INK, fill=INK, opacity=1
    ).encode(x=alt.X("official:Q"))
    labels = base.mark_text(
        aria=False, align="left", dy=-9, color=TEXT, fontSize=13, limit=600
    ).encode(x=alt.value(0), text=alt.Text("name:N"))
    layers = alt.layer(lines, own, official, labels)
    return layers.properties(height=alt.Step(charts.ROW_HEIGHT))


def _show_items(units: Sequence[SelfAssessedUnit], names: Mapping[str, str]) -> None:
    """Item by item, in a unit that is chosen."""
    chosen = st.selectbox(
        say("words.unit"),
        range(len(units)),
        format_func=lambda at: units[at].unit.name,
        key="preassessment_items",
    )
    one = units[chosen]
    rows = [
        (names[item], _text(own), _text(official)) for item, (own, official) in one.items.items()
    ]
    headings = ("item", "own", "official")
    show_texts(pd.DataFrame(rows, columns=[say(f"preassessment.{key}") for key in headings]))

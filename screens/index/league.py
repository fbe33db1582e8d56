"""What scores look like, alike on the analyst's desk and on the public page."""

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from accounts.actors import Actor, require_analyst
from analysis.rulebook.scheme import Scheme
from locales import show_chance, show_range
from models import Session
from models.places import KINDS
from reports.cells import csv_of
from reports.style import INK, ZONES
from screens import charts, marks
from screens.choices import warn_of_simulation
from screens.handing import CSV, NamedFile, hand_out
from screens.shell import language, number, say

MOST_DRAWN = 10
NAME_WIDTH = 150  # pixels, which leave a telephone room for the score
SHOWN = (
    *("rank", "rank_set", "name", "score", "grade", "zone", "probability", "label", "kind"),
    *("rank_in_class", "rank_in_province", "remark"),
)
FOR_MACHINES = (
    *("code", "name", "kind", "province", "shown", "grade", "zone"),
    *("rank", "rank_in_class", "rank_in_province", "scored", "units"),
)
# Of publications alone.
SURE_FOR_MACHINES = ("rank_set_low", "rank_set_high", "probability")


def introduce(scheme: Scheme, year: int, not_independent: bool, without: Sequence[str]) -> None:
    """Whose measure it is, what in it is not official, and what its evidence lacks."""
    warn_of_simulation(scheme, year)
    if scheme.owner == "project":
        st.warning(say("league.own_model"), icon=":material/info:")
    if scheme.note:
        st.caption(scheme.note[language()])
    marks.show_meaning(scheme)
    st.caption(say("league.rules", address=f"/skema?skema={scheme.id}"))
    if not_independent:
        st.warning(say("league.not_independent"), icon=":material/warning:")
    for source in without:
        st.caption(say(f"league.without_{source}"))


def category(scheme: Scheme) -> str:
    """The heading of a score's label: an "opini" is the Ombudsman's alone."""
    return say("league.opinion" if scheme.owner == "ombudsman" else "league.category")


def ticks(scheme: Scheme) -> list[float]:
    """Five numbers over the scale of the scheme."""
    low, high = map(float, scheme.span)
    return [low + (high - low) * part / 4 for part in range(5)]


def show_league(
    frame: pd.DataFrame, scheme: Scheme, key: str, link: Callable[[str], str] | None = None
) -> pd.DataFrame:
    """The league, filtered: its best as bars, all as a table. Gives the lines that are left.

    ``frame``: as ``analysis.index.league`` describes it; ``link``: from an institution's code to
    the address of its explanation.
    """
    found = _filtered(frame, key)
    told = {"found": number(len(found), 0), "all": number(len(frame), 0)}
    st.caption(say("league.found", **told))
    show_scores(found, scheme, key, link)
    return found


def file_of(
    found: pd.DataFrame, scheme: Scheme, key: str
) -> tuple[str, NamedFile, Callable[[Session], bytes]]:
    """The lines of a league as a file: what its link says, its name, and how it is made."""
    sure = [name for name in SURE_FOR_MACHINES if name in found]
    file = found[[*FOR_MACHINES, *sure]].rename(columns={"shown": "score"})
    file = file.assign(scheme=scheme.id, standings=" ".join(scheme.standings), sha256=scheme.hash)
    return say("league.as_csv"), NamedFile(f"{key}-{scheme.id}.csv", CSV), lambda _: csv_of(file)


def hand_out_file(found: pd.DataFrame, scheme: Scheme, key: str) -> None:
    """The same of what is not public yet: for analysts."""
    label, file, make = file_of(found, scheme, key)

    def for_analysts(session: Session, asking: Actor) -> bytes:
        require_analyst(asking)
        return make(session)

    hand_out(label, file, for_analysts, f"{key}_csv")


def show_scores(
    frame: pd.DataFrame, scheme: Scheme, key: str, link: Callable[[str], str] | None = None
) -> None:
    """Scores in the order given: the first as bars in the colour of their zone, all in a table."""
    _draw_first(frame, scheme, key)
    table = frame.assign(score=marks.marked_scores(scheme, frame["shown"].astype(object)))
    if "probability" in table:
        table["rank_set"] = table["rank_set"].map(_ends, na_action="ignore")
        table["probability"] = table["probability"].map(
            partial(show_chance, language()), na_action="ignore"
        )
    table["zone"] = table["zone"].map(_zones(), na_action="ignore")
    table["label"] = table["label"].map(lambda one: one[language()], na_action="ignore")
    if "kind" in table:
        kinds = {kind: say(f"league.{kind}") for kind in KINDS}
        table["kind"] = table["kind"].map(kinds, na_action="ignore")
        partly = table["scored"] < table["units"]
        remark = say("league.provisional", scored="{}", units="{}")
        counted = table["scored"].astype(str), table["units"].astype(str)
        table["remark"] = [
            remark.format(one, all_of) if some else None
            for some, one, all_of in zip(partly, *counted, strict=True)
        ]
    headings = {name: say(f"league.{name}") for name in SHOWN} | {"label": category(scheme)}
    shown = table[[name for name in SHOWN if name in table]].dropna(axis=1, how="all")
    shown = shown.rename(columns=headings)
    config = {headings["name"]: st.column_config.TextColumn(width=NAME_WIDTH)}
    if link:
        text = say("league.explain")
        after = list(shown.columns).index(headings["name"]) + 1
        shown.insert(after, text, frame["code"].map(link))
        config[text] = st.column_config.LinkColumn(text, display_text=text)
    st.dataframe(
        shown,
        hide_index=True,
        placeholder="–",
        width="stretch",
        key=f"{key}_table",
        column_config=config,
    )


def _ends(ends: Sequence[int]) -> str:
    return show_range(*map(str, ends))


def _zones() -> dict[str, str]:
    return {zone: say(f"league.{zone}") for zone in ZONES}


def _filtered(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    """The lines of a class, a province, a zone, and with a word in their name."""
    if len(frame) <= MOST_DRAWN:
        return frame
    names = frame.loc[frame["kind"] == "province"].set_index("code")["name"].to_dict()
    provinces = sorted(frame["province"].dropna().unique(), key=lambda code: names.get(code, code))
    zones = [zone for zone in ZONES if (frame["zone"] == zone).any()]
    columns = st.columns(4)
    kind = columns[0].selectbox(
        say("league.kind"),
        [kind for kind in KINDS if (frame["kind"] == kind).any()],
        index=None,
        format_func=lambda kind: say(f"league.{kind}"),
        placeholder=say("words.all"),
        key=f"{key}_kind",
    )
    province = columns[1].selectbox(
        say("league.province"),
        provinces,
        index=None,
        format_func=lambda code: names.get(code, code),
        placeholder=say("words.all"),
        key=f"{key}_province",
    )
    zone = columns[2].selectbox(
        say("league.zone"),
        zones,
        index=None,
        format_func=lambda zone: _zones()[zone],
        placeholder=say("words.all"),
        key=f"{key}_zone",
    )
    word = columns[3].text_input(say("league.search"), key=f"{key}_search")
    kept = frame["name"].str.contains(word.strip(), case=False, regex=False)
    for column, wanted in (("kind", kind), ("province", province), ("zone", zone)):
        if wanted is not None:
            kept &= frame[column] == wanted
    return frame[kept]


def _draw_first(frame: pd.DataFrame, scheme: Scheme, key: str) -> None:
    scored = frame[frame["score"].notna()]
    first = scored.head(MOST_DRAWN)
    if first.empty:
        return
    shown = first["shown"].astype(str) + " " + first["grade"].fillna("").astype(str)
    bars = pd.DataFrame(
        {
            "name": first["name"],
            "value": first["score"],
            "text": marks.marked_scores(scheme, shown.str.strip()),
        }
    )
    colours = [ZONES.get(zone, INK) for zone in first["zone"]]
    told = ", ".join(
        f"{name} {text}" for name, text in zip(bars["name"], bars["text"], strict=True)
    )
    if len(scored) > MOST_DRAWN:
        st.markdown(f"**{say('league.first', number=MOST_DRAWN)}**")
    chart = charts.bars(bars, ticks(scheme), say("league.score"), colours)
    charts.draw(chart, f"{say('league.score')}: {told}", key)

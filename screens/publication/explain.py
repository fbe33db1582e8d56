"""From a score down to the answers: each step with its formula filled in.

Signed-in people see their own institutions, analysts all; the public page what is published.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

import pandas as pd
import streamlit as st

from accounts.actors import Actor
from analysis.errors import BadInput
from analysis.publication.explained import ExplainedNode, figures, scheme_of, steps
from analysis.publication.published_scores import (
    PublishedInstitution,
    PublishedScores,
    PublishedUnit,
    Scored,
)
from analysis.rulebook.certainty import load_certainty
from analysis.rulebook.fieldwork import is_judged
from analysis.rulebook.scheme import Band, Node, Scheme
from analysis.standing import MARKS
from analysis.uncertainty.score_error import interval
from desk.index.perception import Scoring
from desk.index.planning import plannable, plannable_years
from desk.places import unit_with_code
from desk.publication.explaining import explain, is_whole, judgements_below, lacks_of
from models import Institution, Session
from reports.style import INK, TEXT, ZONES
from screens import charts, marks
from screens.choices import warn_of_demonstration, warn_of_simulated_round
from screens.index import lacking, league, tree
from screens.index.schemes import ask_scheme, ask_stand_in, edges
from screens.looks import look
from screens.plain import plain, show_table
from screens.problems import refusal_told, show_problems
from screens.publication import declarations, grounds
from screens.publication.formulas import mean_of, short, show_formula
from screens.shell import language, number, percent, say
from screens.workings import show_workings

# From few points to many, dark letters on light and light on dark.
SHADES = ((40, "#f3d9ac", TEXT), (60, "#d8e6e6", TEXT), (80, "#8fc1c5", TEXT), (101, INK, "white"))
MISSING = ("#e4e7e8", TEXT)


def screen() -> None:
    """Asks for year, institution, scheme and unit; ?tahun, ?instansi, ?skema, ?unit choose them."""
    st.title(say("shell.page_telusur"))
    st.markdown(say("explain.lead"))
    with look() as (session, actor):
        place = _ask_place(session, actor)
        if place is None:
            return
        year, institution = place
        scheme = ask_scheme("explain_scheme")
        stand_in = ask_stand_in(scheme, "explain_stand_in")
        try:
            document = explain(session, actor, Scoring(scheme, year, stand_in), institution)
        except BadInput as error:
            show_problems(error)
            return
        league.introduce(scheme, year, document.not_independent, document.without)
        warn_of_simulated_round(session, year)
        warn_of_demonstration(document.demonstration)
        (found,) = document.institutions
        whole = is_whole(session, actor, institution, year, document)
        part = "own_units" if institution not in actor.institutions else "unfinished"
        unit = show_institution(document, found.code, None if whole else part)
        below = unit_with_code(session, actor, unit.code)
        if actor.analyst and (lacks := lacks_of(session, actor, below.id, year, scheme)):
            lacking.show_lacks(year, lacks, below)
        show_unit(document, unit, judgements_below(session, actor, below.id, year))


def linked(year: int, scheme: Scheme, stand_in: bool) -> Callable[[str], str]:
    """From the code of an institution to the address of its explanation."""
    own = "&sendiri=1" if stand_in else ""
    return f"/telusur?tahun={year}&skema={scheme.id}{own}&instansi={{}}".format


def _ask_place(session: Session, actor: Actor) -> tuple[int, int] | None:
    years = plannable_years(session, actor)
    if not years:
        st.info(say("planning.nothing"), icon=":material/info:")
        return None
    left, right = st.columns([3, 1])
    asked = {name: st.query_params.get(name) for name in ("tahun", "instansi")}
    known = {str(year): at for at, year in enumerate(years)}
    year = right.selectbox(
        say("words.year"), years, index=known.get(str(asked["tahun"]), 0), key="explain_year"
    )
    places = plannable(session, actor, year)
    codes = {one.code: at for at, one in enumerate(places)}
    if asked["instansi"] and asked["instansi"] not in codes:
        st.warning(say("explain.not_yours"), icon=":material/lock:")
    institution: Institution = left.selectbox(
        say("words.institution"),
        places,
        index=codes.get(str(asked["instansi"]), 0),
        format_func=lambda one: one.name,
        key=f"explain_institution_{year}",
    )
    return year, institution.id


def show_institution(
    document: PublishedScores, code: str, part: str | None = None
) -> PublishedUnit:
    """An institution's score as the mean of its units; gives the unit that is chosen.

    ``part``: why these are not all its units, without which it has no score to be shown.
    """
    scheme = scheme_of(document)
    own = document.of_institution(code)
    (institution,), units = own.institutions, own.units
    st.header(plain(institution.name))
    lacking.show_sample(institution)
    if part is None:
        _mean_of_units(document, scheme, institution, units)
        declarations.show_declared(scheme, institution)
    else:
        st.info(say(f"explain.{part}"), icon=":material/info:")
    _draw_units(scheme, units)
    names = {one.code: one.name for one in units}
    asked = st.query_params.get("unit")
    chosen = st.selectbox(
        say("explain.which_unit"),
        list(names),
        index=list(names).index(asked) if asked in names else 0,
        format_func=names.__getitem__,
        key=f"explain_unit_{code}",
    )
    return next(one for one in units if one.code == chosen)


def _mean_of_units(
    document: PublishedScores,
    scheme: Scheme,
    institution: PublishedInstitution,
    units: Sequence[PublishedUnit],
) -> None:
    if institution.score is None:
        scored = sum(one.score is not None for one in units)
        told = say("league.provisional", scored=scored, units=len(units))
        st.warning(told, icon=":material/pending:")
        return
    _headline(scheme, institution)
    _certainty(document, scheme, institution.code)
    terms = " + ".join(number(one.score) for one in units)
    total = number(institution.score, scheme.decimals.value)
    show_formula(f"({terms}) / {len(units)} = **{total}**")
    st.caption(say("explain.institution_rule"))


def show_unit(
    document: PublishedScores, unit: PublishedUnit, judged: grounds.Judgements | None = None
) -> None:
    """A unit's score step by step. ``judged``: what assessors judged, None: not published."""
    scheme = scheme_of(document)
    st.header(plain(unit.name))
    _headline(scheme, unit)
    lacking.show_published_waiver(document.year, unit)
    found = steps(scheme, unit)
    if unit.score is not None:
        _rounded(scheme, unit)
    _draw_tree(scheme, unit, found[0])
    _means(scheme, found[0], unit)
    st.caption(say("explain.digits"))
    for dimension in scheme.children:
        own = [dimension, *_below(dimension)]
        keys = {node.key for node in own}
        with st.expander(_heading(dimension, unit), key=f"explain_{dimension.key}"):
            for step in found[1:]:
                if step.node and step.node.key in keys:
                    if step.node is not dimension:
                        st.markdown(f"**{plain(step.node.name[language()])}**")
                    _means(scheme, step, unit)
            grounds.show(document, unit, [node for node in own if not node.children], judged)


def _headline(scheme: Scheme, one: Scored) -> None:
    if one.score is None:
        return
    with st.container(border=True, width="content"):
        shown = number(one.score, scheme.decimals.value)
        st.metric(say("league.score"), marks.marked(scheme, shown))
        if one.label:
            parts = (one.grade, one.zone and say(f"league.{one.zone}"))
            told = " · ".join(part for part in (*parts, one.label[language()]) if part)
            st.markdown(f"{league.category(scheme)}: **{marks.marked(scheme, told)}**")


def _certainty(document: PublishedScores, scheme: Scheme, code: str) -> None:
    """How sure the institution's score is, and what the interval rests on."""
    figure = figures(document, scheme).get(code)
    if figure is None:
        return
    if figure.no_interval:
        st.caption(say("explain.no_interval", why=refusal_told(figure.no_interval)))
        return
    level, ends = load_certainty().level, interval(figure, scheme)
    if ends:
        told = {"low": number(ends[0]), "high": number(ends[1])}
        error = number(figure.variance**0.5)
        st.markdown(say("explain.interval", level=number(100 * level, 0), error=error, **told))
    show_workings(say("explain.rests_on"))


def _rounded(scheme: Scheme, unit: PublishedUnit) -> None:
    """Which band holds the score, and why."""
    exact = unit.score_exact or Fraction(0)
    band = scheme.band_of_unit(exact)
    told = {
        "exact": number(exact, scheme.decimals.value + 3),
        "score": number(unit.score, scheme.decimals.value),
    }
    st.markdown(say("explain.rounded", **told))
    if band:
        st.markdown(
            say("explain.banded", edges=edges(band, scheme), band=_band(band), score=told["score"])
        )


def _band(band: Band) -> str:
    parts = (band.grade, band.label[language()], band.zone and say(f"league.{band.zone}"))
    return " · ".join(part for part in parts if part)


def _draw_units(scheme: Scheme, units: Sequence[PublishedUnit]) -> None:
    ordered = sorted(
        (one for one in units if one.score is not None),
        key=lambda one: one.score_exact or 0,
        reverse=not scheme.inverted,
    )
    if not ordered:
        return
    frame = pd.DataFrame(
        {
            "name": [one.name for one in ordered],
            "value": [float(one.score or 0) for one in ordered],
            "text": [
                marks.marked(scheme, f"{number(one.score)} {one.grade or ''}".strip())
                for one in ordered
            ],
        }
    )
    colours = [ZONES.get(one.zone or "", INK) for one in ordered]
    chart = charts.bars(frame, league.ticks(scheme), say("league.score"), colours)
    table = frame[["name", "text"]].set_axis([say("words.unit"), say("league.score")], axis=1)
    sentence = say(
        "explain.units_sentence",
        best=plain(ordered[0].name),
        high=number(ordered[0].score),
        worst=plain(ordered[-1].name),
        low=number(ordered[-1].score),
    )
    charts.show(chart, sentence, table, "explain_units")


def _draw_tree(scheme: Scheme, unit: PublishedUnit, root: ExplainedNode) -> None:
    values = unit.nodes

    def look(one: tree.NodePlace) -> tree.Look:
        value = values.get(one.node.key)
        if value is None:
            return tree.Look("–", *MISSING)
        part = 100 * (float(value) - float(scheme.span[0])) / float(scheme.span[1] - scheme.span[0])
        shade = next(shade for end, *shade in SHADES if part < end)
        return tree.Look(number(value), *shade)

    known = [part for part in root.parts if part.value is not None]
    if not known:
        return
    weakest = min(known, key=lambda part: (part.value or 0) * (-1 if scheme.inverted else 1))
    told = say(
        "explain.tree_sentence",
        weakest=plain(weakest.node.name[language()]),
        value=number(weakest.value),
    )
    rows = [
        (
            "\u2003" * one.depth + one.node.name[language()],
            percent(one.share, 2),
            "–" if values.get(one.node.key) is None else number(values[one.node.key]),
        )
        for one in tree.places(scheme)
    ]
    headings = [say("schemes.part"), say("schemes.share"), say("scores.value")]
    chart = tree.picture(scheme, look, lambda node: node.name[language()])
    charts.show(chart, told, pd.DataFrame(rows, columns=headings), "explain_tree")


def _heading(node: Node, unit: PublishedUnit) -> str:
    value = unit.nodes.get(node.key)
    shown = "–" if value is None else number(value)
    return f"{plain(node.name[language()])}: **{shown}**"


def _means(scheme: Scheme, step: ExplainedNode, unit: PublishedUnit) -> None:
    """The formula of a mean, filled in, and its terms as a table."""
    if step.value is not None:
        places = scheme.decimals.value if step.node is None else 2
        shown = number(unit.score, places) if step.node is None else number(step.value)
        show_formula(f"{mean_of(step)} = **{shown}**")
    if all(is_judged(part.node) for part in step.parts):
        return  # they stand with their judgements below
    rows = [
        (
            part.node.name[language()],
            f"{short(part.weight)} {MARKS[part.node.weight.standing]}".strip(),
            "–" if part.value is None else number(part.value),
        )
        for part in step.parts
    ]
    headings = [say("schemes.part"), say("schemes.weight"), say("scores.value")]
    show_table(pd.DataFrame(rows, columns=headings))


def _below(node: Node) -> list[Node]:
    return [one for child in node.children for one in (child, *_below(child))]

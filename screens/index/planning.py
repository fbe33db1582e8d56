"""The way to a higher band: the least set of acts for an institution, and what it changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

import pandas as pd
import streamlit as st

from analysis.errors import BadInput, Problem
from analysis.exact import exact, mean_of
from analysis.index.composite import Column, institution_score, score
from analysis.index.plan import (
    JudgedPlace,
    Plan,
    PlanLimits,
    Planned,
    PlannedRise,
    can_be_planned,
    higher_bands,
    plan,
)
from analysis.rulebook.fieldwork import judged_in
from analysis.rulebook.scheme import Band, Scheme
from desk.index.perception import ScoredRound, Scoring, score_visible
from desk.index.planning import places_of, plannable, plannable_years, product_names
from reports.style import INK
from screens import charts, marks
from screens.index import league
from screens.index.schemes import ask_scheme, ask_stand_in
from screens.looks import look
from screens.plain import plain
from screens.problems import refusal_told, show_problems
from screens.shell import language, number, say

TICKS = (0, 25, 50, 75, 100)
BEFORE = "#8a9a9d"


@dataclass(frozen=True)
class Ground:
    """What a plan stands on: the scores, where acts can be done, what products are called."""

    scored: ScoredRound
    places: Sequence[JudgedPlace]
    products: Mapping[tuple[int, str], str]


def screen() -> None:
    """Asks for institution, scheme, band and limits; shows the plan or why there is none."""
    st.title(say("shell.page_rencana"))
    st.markdown(say("planning.lead"))
    ground = _ask_ground()
    if ground is None:
        return
    scored = ground.scored
    scheme = scored.result.scheme
    total = institution_score(scored.result.scores.total)
    league.introduce(scheme, scored.year, scored.not_independent, scored.without)
    bands = [] if total is None else higher_bands(scheme, total)
    target = st.selectbox(
        say("planning.target"),
        bands,
        format_func=lambda band: _band(band, scheme),
        placeholder="–",
        key=f"planning_target_{scheme.id}",
    )
    limits = _ask_limits(scored)
    try:
        outcome = plan(scheme, scored.columns, target, limits, ground.places)
    except BadInput as error:
        show_problems(error)
        return
    if isinstance(outcome, Problem):
        st.info(say("planning.refused", why=refusal_told(outcome)), icon=":material/info:")
    else:
        _show(outcome, ground)


def _ask_ground() -> Ground | None:
    with look() as (session, actor):
        years = plannable_years(session, actor)
        if not years:
            st.info(say("planning.nothing"), icon=":material/info:")
            return None
        left, right = st.columns([3, 1])
        year = right.selectbox(say("words.year"), years, key="planning_year")
        places = {one.id: one.name for one in plannable(session, actor, year)}
        institution = left.selectbox(
            say("words.institution"),
            list(places),
            format_func=places.__getitem__,
            key=f"planning_institution_{year}",
        )
        scheme = ask_scheme("planning_scheme")
        stand_in = ask_stand_in(scheme, "planning_stand_in")
        try:
            scored = score_visible(session, actor, Scoring(scheme, year, stand_in), institution)
        except BadInput as error:
            show_problems(error)
            return None
        ground = Ground(scored, places_of(session, scored), product_names(session, scored))
    if not (actor.analyst or institution in actor.institutions):
        names = ", ".join(plain(unit.name) for unit in scored.units)
        st.caption(say("planning.own_units", units=names))
    return ground


def _band(band: Band, scheme: Scheme) -> str:
    name = f"{band.grade} · {band.label[language()]}" if band.grade else band.label[language()]
    return say("planning.band", band=name, start=number(band.start, scheme.decimals.value))


def _ask_limits(scored: ScoredRound) -> PlanLimits:
    """The user's limits; a cost that was cleared is 1 again, and ``plan`` checks the rest."""
    scheme = scored.result.scheme
    nodes = [node for node in scheme.indicators() if can_be_planned(node)]
    with st.expander(say("planning.limits"), icon=":material/tune:"):
        left, right = st.columns(2)
        most_steps = left.number_input(
            say("planning.most_steps"),
            min_value=1,
            value=None,
            placeholder=say("planning.no_limit"),
            key="planning_most_steps",
        )
        budget = right.number_input(
            say("planning.budget"),
            min_value=0.0,
            value=None,
            placeholder=say("planning.no_limit"),
            key="planning_budget",
        )
        st.caption(say("planning.costs_mean"))
        edited = st.data_editor(
            pd.DataFrame(
                {
                    "moves": True,
                    "item": [node.name[language()] for node in nodes],
                    "cost": 1.0,
                },
                index=[node.key for node in nodes],
            ),
            hide_index=True,
            width="stretch",
            disabled=["item"],
            column_config={
                "moves": st.column_config.CheckboxColumn(say("planning.moves"), width=65),
                "item": st.column_config.TextColumn(say("planning.item"), width=145),
                "cost": st.column_config.NumberColumn(
                    say("planning.cost"), min_value=0.01, width=65
                ),
            },
            key=f"planning_costs_{scheme.id}_{language()}",
        )
    return PlanLimits(
        own={str(key): exact(cost) for key, cost in edited["cost"].dropna().items()},
        fixed=frozenset(str(key) for key in edited.index[~edited["moves"]]),
        most_steps=most_steps,
        budget=None if budget is None else exact(budget),
    )


def _show(planned: Planned, ground: Ground) -> None:
    scored = ground.scored
    least, scheme = planned.plans[0], scored.result.scheme
    places = scheme.decimals.value
    now, then = (number(scheme.round(one), places) for one in (planned.before, least.after))
    before, after = scheme.band(planned.before), scheme.band(least.after)
    with st.container(horizontal=True):
        for label, value, band in (("now", now, before), ("then", then, after)):
            label = f"{say(f'planning.{label}')}: {band.label[language()] if band else ''}"
            shown = marks.marked(scheme, f"{value} {(band and band.grade) or ''}".strip())
            st.metric(label, shown, border=True, width="content")
    edge = number(planned.edge, places + 1)
    target = _band(planned.band, scheme)
    needed = "planning.needed" if planned.band.above is None else "planning.needed_above"
    st.markdown(say(needed, target=target, edge=edge, cost=_cost(least.cost)))
    names = [say("planning.least")]
    names += [say("planning.other", number=at) for at in range(1, len(planned.plans))]
    for at, (tab, one) in enumerate(zip(st.tabs(names), planned.plans, strict=True)):
        with tab:
            reached = marks.marked(scheme, number(scheme.round(one.after), places))
            st.markdown(say("planning.reaches", score=reached))
            _show_steps(one, ground)
            _draw_parts(one, scored, f"planning_parts_{at}")
    st.caption(say("planning.exact"))


def _cost(cost: Fraction) -> str:
    return number(cost, 0 if cost.denominator == 1 else 2)


def _show_steps(one: Plan, ground: Ground) -> None:
    for unit, steps in groupby(one.steps, key=lambda step: step.unit):
        lines = "\n".join(f"- {_step(step, ground)}" for step in steps)
        st.markdown(f"**{plain(ground.scored.units[unit].name)}**\n\n{lines}")


def _step(step: PlannedRise, ground: Ground) -> str:
    acts = say(
        "planning.rungs",
        item=_item(step, ground.scored.year),
        start=_cost(step.start),
        end=_cost(step.end),
        cost=_cost(step.cost),
    )
    subject = _subject(step.place, ground)
    return f"{subject} · {acts}" if subject else acts


def _item(step: PlannedRise, year: int) -> str:
    """The indicator; of a part of one, what is asked."""
    if step.place.item == step.node.key:
        return step.node.name[language()]
    texts = {item.key: item.text for one in judged_in(year).values() for item in one.items}
    return plain(texts[step.place.item][language()])


def _subject(place: JudgedPlace, ground: Ground) -> str:
    """The product by its name, a person by a number; empty: the unit as a whole."""
    if not place.subject:
        return ""
    kinds = {
        item.key: one.subject
        for one in judged_in(ground.scored.year).values()
        for item in one.items
    }
    kind = kinds.get(place.item, "product")
    if kind == "product":
        return plain(ground.products.get((place.unit, place.subject), place.subject))
    return say(f"planning.of_{kind}", number=place.subject)


def _draw_parts(one: Plan, scored: ScoredRound, key: str) -> None:
    """The mean of the units at each part of the score, 0-100, before and after."""
    scheme = scored.result.scheme
    before, after = _parts(scheme, scored.columns), _parts(scheme, one.columns)
    rows = [
        (name, value, colour)
        for node in scheme.children
        for name, value, colour in (
            (say("planning.part_now", part=node.name[language()]), before[node.key], BEFORE),
            (say("planning.part_then", part=node.name[language()]), after[node.key], INK),
        )
    ]
    names, values, colours = zip(*rows, strict=True)
    frame = pd.DataFrame(
        {
            "name": names,
            "value": [float(value) for value in values],
            "text": [number(value) for value in values],
        }
    )
    most = max(scheme.children, key=lambda node: after[node.key] - before[node.key])
    sentence = say(
        "planning.sentence",
        part=most.name[language()],
        start=number(before[most.key]),
        end=number(after[most.key]),
    )
    headings = [say("planning.part"), say("planning.now"), say("planning.then")]
    table = [
        (node.name[language()], number(before[node.key]), number(after[node.key]))
        for node in scheme.children
    ]
    chart = charts.bars(frame, TICKS, say("planning.scale"), list(colours))
    charts.show(chart, sentence, pd.DataFrame(table, columns=headings), key)


def _parts(scheme: Scheme, columns: Mapping[str, Column]) -> dict[str, Fraction]:
    nodes = score(scheme, columns).nodes
    present = {
        node.key: [value for value in nodes[node.key] if value is not None]
        for node in scheme.children
    }
    return {key: mean_of(values) or Fraction(0) for key, values in present.items()}

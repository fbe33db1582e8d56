"""Which institution, unit and period: asked alike on every screen, among what the actor may see.

What was chosen follows from page to page and stands in the address, by its code. A code in the
address that is unknown, or another's, counts as none.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st

from accounts.actors import Actor
from analysis.rulebook.scheme import Scheme
from desk.assessment.rounds import rounds, simulated_under
from desk.places import (
    institutions_of,
    institutions_seen,
    periods_of,
    units_of,
    units_within,
)
from desk.unit.steps import shown_periods
from models import AssessmentRound, Institution, Period, Session, Unit
from screens.plain import plain
from screens.shell import day, language, say

INSTITUTION, UNIT, PERIOD, ROUND = "instansi", "unit", "period", "tahun"  # in the address
LABELS = {
    INSTITUTION: "words.institution",
    UNIT: "words.unit",
    PERIOD: "dashboard.period",
    ROUND: "sampling.round",
}
CHOSEN, ADDRESS = "chosen_{}", "address_{}"

Chosen = TypeVar("Chosen", Institution, Unit, Period, AssessmentRound)


@dataclass(frozen=True)
class Periods:
    """Which periods a screen asks for: the first choice is the newest that is closed, or open.

    ``only``: there is no other choice; ``answered``: the first choice is the newest with a result
    to be shown, if any; ``none``: what is said where there is none at all.
    """

    closed: bool
    only: bool = False
    answered: bool = False
    none: str = "dashboard.no_period"


OPEN_FIRST, CLOSED_FIRST = Periods(closed=False), Periods(closed=True)
ANSWERED_FIRST = Periods(closed=False, answered=True)
OPEN_ONLY = Periods(closed=False, only=True, none="imports.no_period")
CLOSED_ONLY = Periods(closed=True, only=True, none="announcing.none_closed")


def choose_survey(
    session: Session,
    actor: Actor,
    page: str,
    asked: Periods,
    within: Institution | None = None,
) -> tuple[Unit, Period] | None:
    """The head of every screen of a unit's survey: the unit and one of its periods."""
    left, right = st.columns(2)
    with left:
        unit = _choose_unit(session, actor, page, within)
    if unit is None:
        return None
    with right:
        answered = shown_periods(session, actor, unit.id) if asked.answered else ()
        period = _choose_period(periods_of(session, actor, unit.id), page, asked, answered)
    _keep_address(unit, period)
    warn_of_demonstration(unit.institution.demonstration)
    return (unit, period) if period else None


def choose_unit(
    session: Session, actor: Actor, page: str, within: Institution | None = None
) -> Unit | None:
    """The head of every screen of a unit; of the units of one institution, or of all."""
    unit = _choose_unit(session, actor, page, within)
    if unit:
        _keep_address(unit)
        warn_of_demonstration(unit.institution.demonstration)
    return unit


def choose_institution(session: Session, actor: Actor, page: str) -> Institution | None:
    """One of the institutions that the actor coordinates; asks where there are several."""
    found = institutions_of(session, actor)
    if not found:
        st.info(say("words.no_institution"), icon=":material/info:")
        return None
    return _choose_institution(found, page)


def choose_institution_seen(session: Session, actor: Actor, page: str) -> Institution | None:
    """One of the institutions of whose units the actor may see some; asks as before."""
    found = institutions_seen(session, actor)
    if not found:
        st.info(say("words.no_unit"), icon=":material/info:")
        return None
    return _choose_institution(found, page)


def pick_institution(found: Sequence[Institution], page: str) -> Institution:
    """One of these institutions."""
    return _ask(INSTITUTION, found, page, lambda one: one.name)


def choose_period(found: Sequence[Period], page: str, asked: Periods) -> Period | None:
    """One of an institution's periods; says so where there is none."""
    period = _choose_period(found, page, asked)
    _keep_address(period)
    return period


def warn_of_demonstration(invented: bool) -> None:
    """Says that the data are invented, where they are."""
    if invented:
        st.warning(say("words.demonstration"), icon=":material/science:")


def warn_of_simulation(scheme: Scheme, year: int) -> None:
    """Says that the scheme is not in force in the year, where it is not."""
    valid = scheme.valid
    if not valid.covers(year):
        until = day(valid.end) if valid.end else say("schemes.still")
        of = {"scheme": scheme.title[language()], "start": day(valid.start), "end": until}
        st.warning(say("words.simulation", year=year, **of), icon=":material/science:")


def warn_of_simulated_round(session: Session, year: int) -> None:
    """The same of the scheme whose items the year's round judges."""
    if (scheme := simulated_under(session, year)) is not None:
        warn_of_simulation(scheme, year)


def choose_round(session: Session, actor: Actor, page: str) -> AssessmentRound | None:
    """One of the rounds of assessment, at first the newest; says so where there is none.

    Says so of a simulation too.
    """
    found = rounds(session, actor)
    if not found:
        st.info(say("sampling.no_round"), icon=":material/event:")
        return None
    chosen = _ask(ROUND, found, page, _code)
    _keep_address(chosen)
    warn_of_simulated_round(session, chosen.year)
    return chosen


def _choose_institution(found: Sequence[Institution], page: str) -> Institution:
    if len(found) == 1:
        st.caption(plain(found[0].name))
        return found[0]
    chosen = pick_institution(found, page)
    _keep_address(chosen)
    return chosen


def _choose_unit(
    session: Session, actor: Actor, page: str, within: Institution | None = None
) -> Unit | None:
    found = units_within(session, actor, within.id) if within else units_of(session, actor)
    if not found:
        st.info(say("words.no_unit"), icon=":material/info:")
        return None

    times = Counter(unit.name for unit in found)

    def name(unit: Unit) -> str:
        """With its institution only where that tells it from another: a phone shows little."""
        whole = (
            [unit.name] if within or times[unit.name] == 1 else [unit.name, unit.institution.name]
        )
        ended = [say("register.ends", day=day(unit.closed_on))] if unit.closed_on else []
        return " · ".join([*whole, *ended])

    chosen = _ask(UNIT, found, page, name)
    if within is None and times[chosen.name] == 1:
        st.caption(plain(chosen.institution.name))
    return chosen


def _choose_period(
    found: Sequence[Period], page: str, asked: Periods, answered: Sequence[Period] = ()
) -> Period | None:
    fitting = [one for one in found if bool(one.closed_at) == asked.closed]
    periods = fitting if asked.only else found
    if not periods:
        st.info(say(asked.none), icon=":material/event:")
        return None

    def name(period: Period) -> str:
        state = say("dashboard.closed" if period.closed_at else "dashboard.open")
        return f"{period.name} · {state}"

    return _ask(PERIOD, periods, page, name, next(iter([*answered, *fitting, *periods])))


def _ask(
    what: str,
    found: Sequence[Chosen],
    page: str,
    name: Callable[[Chosen], str],
    first: Chosen | None = None,
) -> Chosen:
    """One of those found, at first what the address says, or else what was chosen before."""
    first = first or found[0]
    key, known = f"{page}_{what}", {one.id: one for one in found}
    codes = {_code(one): one.id for one in found}
    start = _start(what, key, codes, first.id)
    if start is not None:
        st.session_state[key] = start
    chosen = known[
        st.selectbox(
            say(LABELS[what]), list(known), format_func=lambda one: name(known[one]), key=key
        )
    ]
    # Where nobody chose anything, every page keeps its own first choice.
    if chosen is not first or st.session_state.get(CHOSEN.format(what)) in codes:
        st.session_state[CHOSEN.format(what)] = _code(chosen)
    return chosen


def _start(what: str, key: str, codes: dict[str, int], first: int) -> int | None:
    """What is to be chosen now; None: what the person chose on this page."""
    asked = st.query_params.get(what)
    if asked in codes and asked != st.session_state.get(ADDRESS.format(what)):
        return codes[asked]  # a link, or the browser's way back
    if st.session_state.get(key) in codes.values():
        return None
    return codes.get(st.session_state.get(CHOSEN.format(what), ""), first)


def _code(one: Institution | Unit | Period | AssessmentRound) -> str:
    return str(one.year) if isinstance(one, AssessmentRound) else one.code


def _keep_address(*chosen: Institution | Unit | Period | AssessmentRound | None) -> None:
    """The address in the browser says what is chosen, so that it can be kept and passed on."""
    names = {Institution: INSTITUTION, Unit: UNIT, Period: PERIOD, AssessmentRound: ROUND}
    said = {names[type(one)]: _code(one) for one in chosen if one}
    st.session_state.update({ADDRESS.format(what): code for what, code in said.items()})
    if any(st.query_params.get(what) != code for what, code in said.items()):
        st.query_params.update(said)

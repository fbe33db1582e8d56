"""Which unit, which institution: asked alike on every screen, among those in the actor's scope."""

from collections.abc import Sequence

import streamlit as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, visible_units
from desk.assessment.rounds import rounds
from models import AssessmentRound, Institution, Period, Unit
from screens.shell import say


def choose_unit(session: Session, actor: Actor, key: str) -> Unit | None:
    """One of the actor's units, at first the one in the address; says so where there is none."""
    units = {unit.id: unit for unit in session.scalars(visible_units(actor))}
    if not units:
        st.info(say("words.no_unit"), icon=":material/info:")
        return None
    asked = st.query_params.get("unit")
    chosen = st.selectbox(
        say("words.unit"),
        list(units),
        index=next((at for at, one in enumerate(units.values()) if one.code == asked), 0),
        format_func=lambda unit: f"{units[unit].name} · {units[unit].institution.name}",
        key=key,
    )
    return units[chosen]


def choose_period(periods: Sequence[Period], key: str, closed: bool) -> Period | None:
    """One of the periods; at first the newest that is closed, or else open, where there is one."""
    if not periods:
        st.info(say("dashboard.no_period"), icon=":material/event:")
        return None
    found = {period.id: period for period in periods}
    first = next((at for at, one in enumerate(periods) if bool(one.closed_at) == closed), 0)
    chosen = st.selectbox(
        say("dashboard.period"),
        list(found),
        index=first,
        format_func=lambda period: f"{found[period].name} · {_state(found[period])}",
        key=key,
    )
    return found[chosen]


def _state(period: Period) -> str:
    return say("dashboard.closed" if period.closed_at else "dashboard.open")


def choose_institution(session: Session, actor: Actor, key: str) -> int | None:
    """One of the institutions that the actor coordinates; asks where there are several."""
    found = session.scalars(
        select(Institution).where(Institution.id.in_(actor.institutions)).order_by(Institution.name)
    )
    names = {institution.id: institution.name for institution in found}
    if not names:
        st.info(say("words.no_institution"), icon=":material/info:")
        return None
    if len(names) == 1:
        st.caption(next(iter(names.values())))
        return next(iter(names))
    return st.selectbox(
        say("words.institution"), list(names), format_func=names.__getitem__, key=key
    )


def choose_round(session: Session, actor: Actor, key: str) -> AssessmentRound | None:
    """One of the rounds of assessment, at first the newest; says so where there is none."""
    found = {one.id: one for one in rounds(session, actor)}
    if not found:
        st.info(say("sampling.no_round"), icon=":material/event:")
        return None
    chosen = st.selectbox(
        say("sampling.round"), list(found), format_func=lambda one: str(found[one].year), key=key
    )
    return found[chosen]

"""Which unit, which institution: asked alike on every screen, among those in the actor's scope."""

import streamlit as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, visible_units
from models import Institution, Unit
from screens.shell import say


def choose_unit(session: Session, actor: Actor, key: str) -> Unit | None:
    """One of the actor's units; says so where there is none."""
    units = {unit.id: unit for unit in session.scalars(visible_units(actor))}
    if not units:
        st.info(say("words.no_unit"), icon=":material/info:")
        return None
    chosen = st.selectbox(
        say("words.unit"),
        list(units),
        format_func=lambda unit: f"{units[unit].name} · {units[unit].institution.name}",
        key=key,
    )
    return units[chosen]


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

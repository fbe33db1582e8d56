"""Of which institution something is entered, or of which of its units."""

from dataclasses import dataclass

import streamlit as st

from accounts.actors import Actor
from desk.places import institutions_with_units, units_within
from models import Session
from screens.shell import say


@dataclass(frozen=True)
class AskedPlace:
    """An institution that was chosen, by its id, and the names of its units."""

    institution: int
    units: dict[int, str]


def ask_institution(session: Session, actor: Actor, key: str) -> AskedPlace | None:
    """One of all institutions with units; None where there are none."""
    names = {one.id: one.name for one in institutions_with_units(session, actor)}
    chosen = st.selectbox(
        say("words.institution"), list(names), format_func=names.__getitem__, key=f"{key}_of"
    )
    if chosen is None:
        return None
    units = {unit.id: unit.name for unit in units_within(session, actor, chosen)}
    return AskedPlace(chosen, units)


def ask_unit(place: AskedPlace, label: str, whole: str, key: str) -> int | None:
    """A unit of the institution; None: the institution as a ``whole``."""
    return st.selectbox(
        label,
        list(place.units),
        index=None,
        format_func=place.units.__getitem__,
        placeholder=whole,
        key=f"{key}_unit_{place.institution}",
    )

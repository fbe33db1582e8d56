"""A form that a visitor has begun: kept over reruns, refusals, other pages and languages."""

import time
from dataclasses import dataclass, field

import streamlit as st

from analysis.errors import Problem
from locales import Language
from models import now
from screens import shell
from screens.looks import look_in
from screens.plain import plain
from survey.asking import Closed, OpenUnit, closed_of, find_unit, place_of
from survey.receipts import mint_key


@dataclass
class Form:
    """A form being filled in. It outlives reruns, refusals and a look at another page."""

    number: int
    place: OpenUnit
    language: Language
    key: str = field(default_factory=mint_key)
    since: float = field(default_factory=time.monotonic)
    problems: list[Problem] = field(default_factory=list)
    partly: bool = False  # to be sent although questions are unanswered
    failed: bool = False
    wait: int = 0  # seconds, where too many have sent from the same network
    moved_from: str = ""  # the period that closed while it was filled in
    other_questions: bool = False
    closed: bool = False  # for good: nothing follows the period that closed
    sent: bool = False
    known: bool = False  # it had been stored before it was sent this time

    def widget(self, name: str) -> str:
        """The key of a widget, so that no answer slips into another form."""
        return f"rate_{self.number}_{name}"


def form_of(code: str) -> Form | None:
    """The form that this visitor has begun for the unit, or a new one where it is open."""
    forms: dict[str, Form] = st.session_state.setdefault("rate_forms", {})
    if code not in forms:
        place = _find_place(code)
        if not isinstance(place, OpenUnit):
            _say_why_not(code, place)
            return None
        number = st.session_state["rate_number"] = st.session_state.get("rate_number", 0) + 1
        forms[code] = Form(number, place, shell.language())
    return forms[code]


def _find_place(code: str) -> OpenUnit | Closed | None:
    """What the unit with this code asks; where to go instead; None: there is no such unit."""
    with look_in() as session:
        unit = find_unit(session, code)
        if unit is None:
            return None
        return place_of(session, unit, now()) or closed_of(session, unit, now())


def _say_why_not(code: str, closed: Closed | None) -> None:
    if closed is None:
        st.warning(shell.say("rate.unknown_unit", code=plain(code[:60])))
        return
    st.info(shell.say("rate.closed_unit", unit=plain(closed.name)))
    for after, name in closed.successors.items():
        st.markdown(shell.say("rate.goes_on", unit=plain(name), address=f"/s/{after}"))


def move_on(form: Form) -> None:
    """Takes a form whose period has closed into the next one, with what was filled in.

    Where there is none, the form is ``closed``.
    """
    place = _find_place(form.place.code)
    if not isinstance(place, OpenUnit):
        form.closed = True
        return
    before, form.moved_from = form.place.instrument, form.place.period_name
    form.place, form.key = place, mint_key()
    form.other_questions = not before.allowed.keys() <= place.instrument.allowed.keys()
    for item in before.allowed:
        chosen = st.session_state.get(form.widget(item))
        if isinstance(chosen, int) and chosen not in place.instrument.allowed.get(item, ()):
            del st.session_state[form.widget(item)]


def keep_over_languages(form: Form) -> None:
    """A choice is known to the browser by its words, which have just become others."""
    if form.language != shell.language():
        form.language = shell.language()
        for key in widgets(form):
            st.session_state[key] = st.session_state[key]


def widgets(form: Form) -> list[str]:
    return [key for key in map(str, st.session_state) if key.startswith(form.widget(""))]

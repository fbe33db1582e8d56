"""One unit of the register: its services and counters, its name, and what becomes of it."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

import streamlit as st

from accounts.actors import Actor
from desk.reasons import LONGEST
from desk.register.changes import (
    Ending,
    UnitMove,
    close_unit,
    first_ending,
    merge_units,
    move_unit,
    reopen_unit,
    split_unit,
)
from desk.register.codes import LONGEST_CODE, LONGEST_NAME
from desk.register.keeping import changes_of, has_answers, kept_institutions
from desk.register.places import (
    NewUnit,
    Placed,
    add_counter,
    add_service,
    add_unit,
    end_part,
    remove,
    rename,
)
from desk.register.plan import find_place
from models import Counter, Institution, Service, Session, Unit
from screens.acts import act, fresh
from screens.plain import plain
from screens.shell import day, say

ENDINGS = ("close", "merge", "split", "move")
Add = Callable[[Session, Actor, int, str, str], object]


def show(session: Session, actor: Actor, units: Sequence[Unit]) -> None:
    """Asks which unit, and shows what may be done with it."""
    names = {unit.id: unit for unit in units}
    st.header(say("register.one_unit"))
    chosen = st.selectbox(
        say("words.unit"),
        list(names),
        format_func=lambda key: names[key].name,
        key="register_unit",
    )
    unit = names[chosen]
    rated = has_answers(session, actor, unit.id)
    st.caption(say("register.unit_code", code=unit.code, path=f"/s/{unit.code}"))
    _told(session, actor, unit)
    _parts(unit, unit.services, "services", add_service)
    _parts(unit, unit.counters, "counters", add_counter)
    _ask_name(unit)
    if unit.closed_on is None:
        _ask_end(session, actor, unit, units)
    else:
        _ask_reopening(unit)
    if not rated:
        _ask_removal(unit)


def _told(session: Session, actor: Actor, unit: Unit) -> None:
    for change in changes_of(session, actor, unit.id):
        after = ", ".join(plain(one.name) for one in change.successors) or "–"
        told = say(
            f"register.told_{change.how}",
            day=day(change.day) if change.day else "",
            successors=after,
            reason=plain(change.reason),
        )
        st.info(told, icon=":material/history:")


def _parts(unit: Unit, parts: Sequence[Service | Counter], of: str, add: Add) -> None:
    st.subheader(say(f"register.{of}"))
    if not parts:
        st.caption(say(f"register.no_{of}"))
    for part in parts:
        _part(unit, part, of)
    with st.form(f"register_{of}_{unit.id}", enter_to_submit=False):
        typed = st.text_area(
            say(f"register.add_{of}"),
            help=say("register.one_a_line"),
            placeholder=say("register.one_a_line"),
            key=f"register_{of}_{unit.id}_{fresh('lines')}",
        )
        if st.form_submit_button(say(f"register.add_{of}_send")):
            names = [line.strip() for line in typed.splitlines() if line.strip()]
            act(say("register.saved"), partial(_add_all, add, unit.id, names))


def _add_all(add: Add, unit: int, names: Sequence[str], session: Session, actor: Actor) -> None:
    for name in names:
        add(session, actor, unit, "", name)


def _part(unit: Unit, part: Service | Counter, of: str) -> None:
    key, level = f"{of}_{part.id}_{fresh('part')}", of.removesuffix("s")
    ended = f" · {say('register.ends', day=day(part.closed_on))}" if part.closed_on else ""
    with st.expander(f"{plain(part.name)} · {plain(part.code)}{ended}"):
        today = unit.institution.today
        with st.form(f"register_part_{of}_{part.id}", border=False, enter_to_submit=False):
            named = _asked_name(part, today, key)
            if st.form_submit_button(say("register.rename")):
                act(say("register.saved"), partial(_rename, level, part.id, named))
        left, right = st.columns(2)
        with left:
            label = "register.end_part" if part.closed_on is None else "register.resume_part"
            until = today if part.closed_on is None else None
            if st.button(say(label), key=f"end_{key}"):
                act(say("register.saved"), partial(_end_part, level, part.id, until))
        with right:
            if st.button(say("register.remove"), key=f"remove_{key}"):
                act(say("register.removed"), partial(_remove, level, part.id))


def _asked_name(place: Placed, today: date, key: str) -> tuple[str, date]:
    name = st.text_input(
        say("register.name"), place.name, max_chars=LONGEST_NAME, key=f"register_name_{key}"
    )
    since = st.date_input(
        say("register.since"), today, format="DD/MM/YYYY", key=f"register_since_{key}"
    )
    st.caption(say("register.since_help"))
    return name, since


def _ask_name(unit: Unit) -> None:
    key = f"unit_{unit.id}_{fresh('name')}"
    with (
        st.expander(say("register.rename_unit"), icon=":material/edit:"),
        st.form(f"register_rename_{unit.id}", border=False, enter_to_submit=False),
    ):
        named = _asked_name(unit, unit.institution.today, key)
        if st.form_submit_button(say("register.rename")):
            act(say("register.saved"), partial(_rename, "unit", unit.id, named))


def _ask_end(session: Session, actor: Actor, unit: Unit, units: Sequence[Unit]) -> None:
    key = f"{unit.id}_{fresh('end')}"
    with st.expander(say("register.end_unit"), icon=":material/event_busy:"):
        st.markdown(say("register.end_means"))
        how = st.radio(
            say("register.how"),
            ENDINGS,
            format_func=lambda one: say(f"register.how_{one}"),
            key=f"register_how_{key}",
        )
        with st.form(f"register_end_{key}", border=False, enter_to_submit=False):
            work = ASKED[how](session, actor, unit, units, key)
            on = st.date_input(
                say("register.ends_on"),
                max(unit.institution.today, first_ending(session, unit) or date.min),
                format="DD/MM/YYYY",
                key=f"register_day_{key}",
            )
            reason = st.text_area(
                say("register.reason"), max_chars=LONGEST, key=f"register_reason_{key}"
            )
            if st.form_submit_button(say("register.end_send"), type="primary"):
                ending = Ending(on, reason)
                act(say("register.saved"), lambda writes, person: work(writes, person, ending))


EndWork = Callable[[Session, Actor, Ending], object]


def _closing(
    _session: Session, _actor: Actor, unit: Unit, _units: Sequence[Unit], _key: str
) -> EndWork:
    return lambda session, actor, ending: close_unit(session, actor, unit.id, ending)


def _merging(
    _session: Session, _actor: Actor, unit: Unit, units: Sequence[Unit], key: str
) -> EndWork:
    others = {one.id: one.name for one in units if one.id != unit.id and one.closed_on is None}
    into = st.selectbox(
        say("register.merge_into"),
        list(others),
        index=None,
        format_func=others.__getitem__,
        placeholder=say("register.choose"),
        key=f"register_into_{key}",
    )
    return lambda session, actor, ending: merge_units(
        session, actor, [unit.id], into or unit.id, ending
    )


def _splitting(
    _session: Session, _actor: Actor, unit: Unit, _units: Sequence[Unit], key: str
) -> EndWork:
    typed = st.text_area(
        say("register.split_into"),
        help=say("register.one_a_line"),
        placeholder=say("register.one_a_line"),
        key=f"register_parts_{key}",
    )
    names = [line.strip() for line in typed.splitlines() if line.strip()]

    def work(session: Session, actor: Actor, ending: Ending) -> None:
        place = unit.institution_id
        parts = [add_unit(session, actor, NewUnit(place, "", name, ending.day)) for name in names]
        split_unit(session, actor, unit.id, [part.id for part in parts], ending)

    return work


def _moving(
    session: Session, actor: Actor, unit: Unit, _units: Sequence[Unit], key: str
) -> EndWork:
    others: dict[int, Institution] = {
        one.id: one for one in kept_institutions(session, actor) if one.id != unit.institution_id
    }
    if not others:
        st.caption(say("register.move_nowhere"))
    to = st.selectbox(
        say("register.move_to"),
        list(others),
        index=None,
        format_func=lambda one: others[one].name,
        placeholder=say("register.choose"),
        key=f"register_to_{key}",
    )
    code = st.text_input(
        say("register.code_there"),
        max_chars=LONGEST_CODE,
        help=say("register.code_there_help"),
        placeholder=say("register.code_proposed"),
        key=f"register_there_{key}",
    )
    return lambda writes, person, ending: move_unit(
        writes, person, UnitMove(unit.id, to or unit.institution_id, code.strip()), ending
    )


ASKED = {"close": _closing, "merge": _merging, "split": _splitting, "move": _moving}


def _ask_reopening(unit: Unit) -> None:
    key = f"{unit.id}_{fresh('reopen')}"
    with (
        st.expander(say("register.reopen"), icon=":material/undo:"),
        st.form(f"register_reopen_{unit.id}", border=False, enter_to_submit=False),
    ):
        reason = st.text_area(
            say("register.reason"), max_chars=LONGEST, key=f"register_reopen_{key}"
        )
        if st.form_submit_button(say("register.reopen")):
            act(
                say("register.saved"),
                lambda session, actor: reopen_unit(session, actor, unit.id, reason),
            )


def _ask_removal(unit: Unit) -> None:
    with st.expander(say("register.remove_unit"), icon=":material/delete:"):
        st.markdown(say("register.remove_means"))
        if st.button(say("register.remove"), key=f"register_remove_{unit.id}"):
            act(say("register.removed"), partial(_remove, "unit", unit.id))


def _rename(level: str, key: int, named: tuple[str, date], session: Session, actor: Actor) -> None:
    rename(session, actor, find_place(session, level, key), *named)


def _end_part(level: str, key: int, until: date | None, session: Session, actor: Actor) -> None:
    place = find_place(session, level, key)
    assert isinstance(place, Service | Counter)
    end_part(session, actor, place, until)


def _remove(level: str, key: int, session: Session, actor: Actor) -> None:
    remove(session, actor, find_place(session, level, key))

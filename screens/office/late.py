"""Late ratings: how many wait for which unit, and counting all of them or none."""

import streamlit as st

from desk.office.late import LateList, count_late_ratings, late_lists
from desk.reasons import LONGEST, SHORTEST
from screens.acts import act, fresh, tell_done
from screens.looks import look
from screens.plain import plain
from screens.problems import refusal_told
from screens.shell import day, number, say


def screen() -> None:
    """The lists of late ratings of the coordinator's units."""
    st.title(say("shell.page_susulan"))
    st.markdown(say("late.lead"))
    tell_done()
    with look() as (session, actor):
        lists = late_lists(session, actor)
    if not lists:
        st.info(say("late.none"), icon=":material/schedule:")
    for one in lists:
        _show(one)


def _show(one: LateList) -> None:
    with st.container(border=True):
        st.markdown(f"**{plain(one.unit.name)}** · {plain(one.period.name)}")
        counted = one.received - one.waiting
        st.markdown(
            say("late.standing", waiting=number(one.waiting, 0), counted=number(counted, 0))
        )
        if one.waiting:
            st.caption(_days(one))
        if one.hindrance is None:
            _ask(one)
        elif one.waiting:
            st.caption(refusal_told(one.hindrance))


def _days(one: LateList) -> str:
    told = []
    if one.first and one.last:
        told.append(say("late.days", first=day(one.first), last=day(one.last)))
    if one.undated:
        told.append(say("late.undated", undated=number(one.undated, 0)))
    return " ".join(told)


def _ask(one: LateList) -> None:
    key = fresh(f"late_{one.unit.id}_{one.period.id}")
    with (
        st.expander(say("late.count"), key=f"{key}_open"),
        st.form(key, border=False, enter_to_submit=False),
    ):
        st.markdown(say("late.means"))
        reason = st.text_area(
            say("batches.reason", shortest=SHORTEST), max_chars=LONGEST, key=f"{key}_reason"
        )
        if st.form_submit_button(say("late.count_it"), type="primary"):
            unit, period = one.unit.id, one.period.id
            act(
                say("late.done"),
                lambda session, actor: count_late_ratings(session, actor, unit, period, reason),
            )

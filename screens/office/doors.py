"""The doors of a unit: whether its link is open to everybody, and which kiosks it has."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from desk.office.doors import LONGEST_NAME, close_kiosk, open_kiosks, register_kiosk, set_open_link
from models import Kiosk, Unit
from reports.poster import kiosk_link
from screens.acts import act, ask_first
from screens.choices import choose_unit
from screens.looks import look
from screens.office.links import hand_out, keep_link
from screens.plain import plain
from screens.shell import address_in_the_browser, day, say, secret

MADE = "doors"


def screen() -> None:
    """Shows a unit's doors as they are, and changes them."""
    st.title(say("shell.page_pintu"))
    st.markdown(say("doors.lead"))
    with look() as (session, actor):
        unit = choose_unit(session, actor, "doors")
        if unit is None:
            return
        kiosks = open_kiosks(session, actor, unit.id)
    _open_link(unit)
    _kiosks(kiosks)
    _register(unit)


def _open_link(unit: Unit) -> None:
    st.header(say("doors.link"))
    state = "open" if unit.open_link else "closed"
    icon = ":material/lock_open:" if unit.open_link else ":material/lock:"
    st.info(say(f"doors.link_{state}"), icon=icon)
    if st.button(say(f"doors.change_{state}"), key="doors_change"):
        act(None, partial(set_open_link, unit_id=unit.id, opened=not unit.open_link))


def _kiosks(kiosks: Sequence[Kiosk]) -> None:
    st.header(say("doors.kiosks"))
    st.markdown(say("doors.kiosks_lead"))
    if not kiosks:
        st.caption(say("doors.no_kiosk"))
    for kiosk in kiosks:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            since = day(kiosk.created_at)
            st.markdown(say("doors.kiosk_since", name=plain(kiosk.name), day=since))
            means, yes = "doors.withdraw_means", say("doors.withdraw_for_good")
            means = say(means, name=plain(kiosk.name))
            if ask_first(say("doors.withdraw"), means, yes, f"doors_close_{kiosk.id}"):
                act(None, partial(close_kiosk, kiosk_id=kiosk.id))


def _register(unit: Unit) -> None:
    with st.form("doors_register", clear_on_submit=True):
        name = st.text_input(
            say("doors.name"),
            max_chars=LONGEST_NAME,
            placeholder=say("doors.name_hint"),
            key="doors_name",
        )
        base = st.text_input(say("posters.address"), address_in_the_browser(), key="doors_address")
        asked = st.form_submit_button(say("doors.register"), type="primary")
    if asked:
        _make(unit, name, base)
    hand_out(MADE)


def _make(unit: Unit, name: str, base: str) -> None:
    try:
        kiosk_link(base, "")
    except ValueError:
        st.error(say("posters.bad_address"), icon=":material/error:")
        return
    act(
        None,
        lambda session, actor: register_kiosk(session, actor, secret(), unit.id, name),
        then=lambda key: keep_link(
            MADE, say("doors.made", name=plain(name)), kiosk_link(base, key)
        ),
    )

"""The register: institutions, their units, and what each unit has; by screen or by one file."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from accounts.actors import Actor
from desk.register.codes import LONGEST_CODE, LONGEST_NAME
from desk.register.keeping import kept_institutions, provinces, units_kept
from desk.register.places import (
    WITHIN_PROVINCES,
    InstitutionGiven,
    NewUnit,
    add_institution,
    add_unit,
    amend_institution,
)
from models import Institution, Session, Unit
from models.places import KINDS, TIMEZONES
from screens.acts import act, fresh, tell_done
from screens.looks import look
from screens.plain import plain, show_table
from screens.register import loading, unit_page
from screens.shell import day, number, say

LIST, FILE = "list", "file"


def screen() -> None:
    """The list of an institution's units, or the file for all."""
    st.title(say("shell.page_daftar"))
    st.markdown(say("register.lead"))
    tell_done()
    view = st.segmented_control(
        say("register.view"),
        [LIST, FILE],
        default=LIST,
        format_func=lambda one: say(f"register.view_{one}"),
        key="register_view",
        required=True,
        label_visibility="collapsed",
    )
    if view == FILE:
        loading.screen()
        return
    with look() as (session, actor):
        _list(session, actor)


def _list(session: Session, actor: Actor) -> None:
    institution = _choose(kept_institutions(session, actor))
    if actor.administrator:
        _ask_new(session, institution is None)
    if institution is None:
        return
    if actor.administrator:
        _ask_change(session, institution)
    units = units_kept(session, actor, institution.id)
    st.header(say("register.units"))
    _show(units)
    _ask_unit(institution, first=not units)
    if units:
        unit_page.show(session, actor, units)


def _choose(found: Sequence[Institution]) -> Institution | None:
    if not found:
        st.info(say("register.no_institution"), icon=":material/account_balance:")
        return None
    names = {one.id: one for one in found}
    chosen = st.selectbox(
        say("words.institution"),
        list(names),
        format_func=lambda key: names[key].name,
        key="register_institution",
    )
    return names[chosen]


def _ask_new(session: Session, first: bool) -> None:
    with (
        st.expander(
            say("register.add_institution"), icon=":material/account_balance:", expanded=first
        ),
        st.form("register_new_institution", border=False, enter_to_submit=False),
    ):
        given = _asked(session, fresh("new"), None)
        if st.form_submit_button(say("register.add_institution"), type="primary"):
            act(
                say("register.added", name=plain(given.name)),
                lambda writes, person: add_institution(writes, person, given),
            )


def _ask_change(session: Session, institution: Institution) -> None:
    key = f"{institution.id}_{fresh('change')}"
    with st.expander(say("register.change_institution"), icon=":material/edit:"):
        st.caption(say("register.code_is", code=institution.code))
        with st.form(f"register_change_{institution.id}", border=False, enter_to_submit=False):
            given = _asked(session, key, institution)
            since = st.date_input(
                say("register.since"),
                institution.today,
                format="DD/MM/YYYY",
                key=f"since_{key}",
            )
            st.caption(say("register.since_help"))
            if st.form_submit_button(say("words.save")):
                act(
                    say("register.saved"),
                    lambda session, actor: amend_institution(session, actor, given, since),
                )


def _asked(session: Session, key: str, now: Institution | None) -> InstitutionGiven:
    """The entries of an institution, at first as it is now."""
    name = st.text_input(
        say("register.name"),
        now.name if now else "",
        max_chars=LONGEST_NAME,
        key=f"register_name_{key}",
    )
    code = now.code if now else _ask_code(key)
    kind = st.selectbox(
        say("register.kind"),
        KINDS,
        index=KINDS.index(now.kind) if now else KINDS.index("district"),
        format_func=lambda one: say(f"register.kind_{one}"),
        key=f"register_kind_{key}",
    )
    names = {one.id: one.name for one in provinces(session)}
    keys = list(names)
    province = st.selectbox(
        say("register.province"),
        keys,
        index=keys.index(now.province_id) if now and now.province_id else None,
        format_func=names.__getitem__,
        placeholder=say("register.province_none"),
        help=say("register.province_help"),
        key=f"register_province_{key}",
    )
    timezone = st.selectbox(
        say("register.timezone"),
        TIMEZONES,
        index=TIMEZONES.index(now.timezone) if now else 0,
        format_func=lambda one: say(f"register.zone_{one.partition('/')[2].lower()}"),
        key=f"register_zone_{key}",
    )
    within = kind in WITHIN_PROVINCES
    return InstitutionGiven(code, name, kind, timezone, province if within else None)


def _ask_code(key: str) -> str:
    typed = st.text_input(
        say("register.code"),
        max_chars=LONGEST_CODE,
        help=say("register.code_help"),
        placeholder=say("register.code_proposed"),
        key=f"register_code_{key}",
    )
    return typed.strip()


def _show(units: Sequence[Unit]) -> None:
    if not units:
        st.info(say("register.no_unit"), icon=":material/storefront:")
        return
    headings = ("name", "code", "services", "counters")
    rows = [
        (
            " · ".join(filter(None, (unit.name, state_of(unit)))),
            unit.code,
            number(sum(one.closed_on is None for one in unit.services), 0),
            number(sum(one.closed_on is None for one in unit.counters), 0),
        )
        for unit in units
    ]
    show_table(pd.DataFrame(rows, columns=[say(f"register.{one}") for one in headings]))


def state_of(unit: Unit) -> str:
    """From or until when there is the unit, where that is known."""
    if unit.closed_on is not None:
        return say("register.ends", day=day(unit.closed_on))
    if unit.opened_on is not None:
        return say("register.begins", day=day(unit.opened_on))
    return ""


def _ask_unit(institution: Institution, first: bool) -> None:
    key = fresh("unit")
    with (
        st.expander(say("register.add_unit"), icon=":material/add_business:", expanded=first),
        st.form(f"register_new_unit_{institution.id}", border=False, enter_to_submit=False),
    ):
        name = st.text_input(
            say("register.unit_name"), max_chars=LONGEST_NAME, key=f"register_unit_{key}"
        )
        code = _ask_code(f"unit_{key}")
        opened = st.date_input(
            say("register.opened"), None, format="DD/MM/YYYY", key=f"register_opened_{key}"
        )
        if st.form_submit_button(say("register.add_unit"), type="primary"):
            act(
                say("register.added", name=plain(name)),
                lambda writes, person: add_unit(
                    writes, person, NewUnit(institution.id, code, name, opened)
                ),
            )

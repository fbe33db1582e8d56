"""The register of the Ombudsman's products: analysts keep it, institutions see their own."""

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from accounts.actors import Actor
from desk.assessment.products import (
    NewProduct,
    ProductOfPlace,
    StatusChange,
    change_status,
    products_of,
    register_product,
)
from desk.people import name_of
from desk.reasons import LONGEST
from models import Institution, Session, Unit
from models.opinion import LONGEST_NUMBER, PRODUCT_KINDS, PRODUCT_STATUSES
from screens.acts import act, fresh, tell_done
from screens.assessment.of_place import ask_institution, ask_unit
from screens.choices import warn_of_demonstration
from screens.looks import look
from screens.plain import plain
from screens.shell import day, number, say, today

COLOURS: dict[str, Literal["orange", "blue", "red", "green"]] = {
    "open": "orange",
    "in_progress": "blue",
    "followed_up": "green",
    "not_carried_out": "red",
}


def screen() -> None:
    """Shows the products, those not followed up first; an analyst enters them and what became."""
    st.title(say("shell.page_produk"))
    st.markdown(say("products.lead"))
    tell_done()
    with look() as (session, actor):
        if actor.analyst:
            _ask_product(session, actor)
        found = products_of(session, actor)
        if not found:
            st.info(say("products.none"), icon=":material/task_alt:")
            return
        warn_of_demonstration(any(one.institution.demonstration for one in found))
        _count(found)
        for one in found:
            _show(session, one, actor.analyst)


def _count(found: Sequence[ProductOfPlace]) -> None:
    settled = sum(one.settled for one in found)
    st.markdown(say("products.count", number=number(len(found), 0), settled=number(settled, 0)))


def _show(session: Session, one: ProductOfPlace, keeps: bool) -> None:
    product = one.product
    with st.container(border=True):
        with st.container(horizontal=True):
            st.badge(say(f"products.status_{one.status}"), color=COLOURS[one.status])
            if one.overdue(today()):
                st.badge(say("products.overdue"), color="red", icon=":material/schedule:")
        st.markdown(f"**{say(f'products.kind_{product.kind}')}** · {plain(product.number)}")
        st.markdown(plain(_of(one.institution, one.unit)))
        due = day(product.due) if product.due else say("products.no_due")
        st.caption(say("products.dates", issued=day(product.issued), due=due))
        for step in product.statuses:
            who = plain(name_of(session, step.user_id))
            status = say(f"products.status_{step.status}")
            st.markdown(say("products.step", status=status, date=day(step.on), who=who))
            st.text(step.note)
        if keeps:
            _ask_status(one)


def _of(institution: Institution, unit: Unit | None) -> str:
    return institution.name if unit is None else f"{institution.name} · {unit.name}"


def _ask_status(one: ProductOfPlace) -> None:
    product = one.product.id
    key = fresh(f"status_{product}")
    others = [status for status in PRODUCT_STATUSES if status != one.status]
    with (
        st.expander(say("products.change"), icon=":material/edit:", key=f"{key}_open"),
        st.form(key, border=False, enter_to_submit=False),
    ):
        status = st.selectbox(
            say("products.status"),
            others,
            index=None,
            format_func=lambda word: say(f"products.status_{word}"),
            placeholder="–",
            key=f"{key}_status",
        )
        on = st.date_input(say("products.on"), today(), format="DD/MM/YYYY", key=f"{key}_on")
        note = st.text_area(
            say("products.note"),
            max_chars=LONGEST,
            placeholder=say("products.note_hint"),
            key=f"{key}_note",
        )
        sent = st.form_submit_button(say("words.save"), type="primary", key=f"{key}_save")
    if sent:
        change = StatusChange(status or one.status, on, note)
        act(
            say("products.changed"),
            lambda session, actor: change_status(session, actor, product, change),
        )


def _ask_product(session: Session, actor: Actor) -> None:
    with st.expander(say("products.new"), icon=":material/add:", key=fresh("product_open")):
        key = fresh("product")
        place = ask_institution(session, actor, key)
        if place is None:
            return
        with st.form(key, border=False, enter_to_submit=False):
            unit = ask_unit(place, say("products.unit"), say("products.no_unit"), key)
            kind = st.selectbox(
                say("products.kind"),
                PRODUCT_KINDS,
                format_func=lambda word: say(f"products.kind_{word}"),
                key=f"{key}_kind",
            )
            told = st.text_input(
                say("products.number"), max_chars=LONGEST_NUMBER, key=f"{key}_number"
            )
            issued = st.date_input(
                say("products.issued"), today(), format="DD/MM/YYYY", key=f"{key}_issued"
            )
            due = st.date_input(say("products.due"), None, format="DD/MM/YYYY", key=f"{key}_due")
            sent = st.form_submit_button(say("words.save"), type="primary", key=f"{key}_save")
        if sent:
            new = NewProduct(place.institution, unit, kind, told, issued, due)
            act(
                say("products.saved"),
                lambda session, actor: register_product(session, actor, new),
            )

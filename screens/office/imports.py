"""Import of a file of answers: chosen, checked, looked at, then stored as one batch."""

import streamlit as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor
from analysis.command.answers import Order
from analysis.errors import BadInput
from desk.office.imports import import_file
from locales.refusals import sentence
from models import Period, Unit, reading, writing
from screens.choices import choose_institution
from screens.plain import plain
from screens.problems import show_problems
from screens.shell import engine, language, number, say, signed_in
from survey.files import Preview, preview_file
from survey.periods import asked_instrument, used_scheme

ROWS_SHOWN = 10


def screen() -> None:
    """Asks for unit, period and file; shows the preview; stores it when told to."""
    st.title(say("shell.page_impor"))
    st.markdown(say("imports.lead"))
    actor = signed_in()
    with reading(engine()) as session:
        institution = choose_institution(session, actor, "imports_institution")
        place = _choose_place(session, institution) if institution else None
        if place is None:
            return
        unit, period = place
        orders: dict[Order, str] = {
            "list": say("imports.order_list"),
            "form": say("imports.order_form"),
        }
        order = st.radio(
            say("imports.order"), list(orders), format_func=orders.__getitem__, key="import_order"
        )
        file = st.file_uploader(say("imports.file"), type=["csv", "xlsx"], key="import_file")
        if file is None:
            return
        asked_in = session.get_one(Period, period)
        try:
            preview = preview_file(file.getvalue(), file.name, asked_in, order)
        except BadInput as error:
            show_problems(error)
            return
        names = _names(asked_in)
    _show(preview, names)
    _ask_store(actor, unit, period, preview)


def _choose_place(session: Session, institution: int) -> tuple[int, int] | None:
    units = {
        unit.id: unit.name
        for unit in session.scalars(
            select(Unit).where(Unit.institution_id == institution).order_by(Unit.name)
        )
    }
    periods = {
        period.id: period.name
        for period in session.scalars(
            select(Period)
            .where(Period.institution_id == institution, Period.closed_at.is_(None))
            .order_by(Period.starts.desc())
        )
    }
    if not units or not periods:
        st.info(say("imports.no_period"), icon=":material/event:")
        return None
    left, right = st.columns(2)
    unit = left.selectbox(
        say("words.unit"), list(units), format_func=units.__getitem__, key="import_unit"
    )
    period = right.selectbox(
        say("words.period"), list(periods), format_func=periods.__getitem__, key="import_period"
    )
    return unit, period


def _names(period: Period) -> dict[str, str]:
    """What each item asks about: its element, by the item's key."""
    instrument, scheme = asked_instrument(period), used_scheme(period)
    return {
        item: node.name[language()]
        for node in scheme.nodes()
        for item in instrument.items_of.get(node.key, ())
    }


def _show(preview: Preview, names: dict[str, str]) -> None:
    st.header(say("imports.preview"))
    left, right = st.columns(2)
    left.metric(say("imports.respondents"), number(len(preview.answers), 0), border=True)
    index = preview.index
    shown = number(index.shown) if index.shown else "–"
    right.metric(say("imports.index"), shown, border=True)
    if index.band:
        st.caption(f"{index.band.grade} · {index.band.label[language()]}")
    elif index.no_index:
        st.caption(sentence(language(), index.no_index))
    matched = [f"{heading} = {names.get(item, item)}" for item, heading in preview.columns.items()]
    st.markdown(say("imports.columns", columns=plain("; ".join(matched))))
    if preview.unused:
        st.warning(say("imports.unused", columns=plain(", ".join(preview.unused))))
    st.caption(say("imports.first_rows", rows=ROWS_SHOWN))
    rows = preview.answers.head(ROWS_SHOWN).rename(columns=preview.columns)
    st.dataframe(rows.rename_axis(say("imports.row")), width="stretch", key="import_rows")


def _ask_store(actor: Actor, unit: int, period: int, preview: Preview) -> None:
    st.caption(say("imports.marked"))
    if not st.button(
        say("imports.store", rows=number(len(preview.answers), 0)),
        type="primary",
        key="import_store",
    ):
        return
    try:
        with writing(engine()) as session:
            batch = import_file(session, actor, unit, period, preview)
            stored = {"rows": number(batch.rows, 0), "batch": batch.id}
    except BadInput as error:
        show_problems(error)
    else:
        st.success(say("imports.stored", **stored), icon=":material/check_circle:")

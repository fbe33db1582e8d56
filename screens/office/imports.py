"""Import of a file of answers: chosen, checked, looked at, then stored as one batch."""

import streamlit as st

from analysis.command.answers import Order
from analysis.errors import BadInput
from desk.office.imports import import_file
from locales.refusals import sentence
from models import Batch, Period
from screens.acts import act, fresh, tell, tell_done
from screens.choices import OPEN_ONLY, choose_institution, choose_survey
from screens.looks import look
from screens.plain import plain
from screens.problems import show_problems
from screens.shell import language, number, say
from survey.files import Preview, preview_file
from survey.periods import asked_instrument
from survey.schemes import used_scheme

ROWS_SHOWN = 10


def screen() -> None:
    """Asks for unit, period and file; shows the preview; stores it when told to."""
    st.title(say("shell.page_impor"))
    st.markdown(say("imports.lead"))
    tell_done()
    with look() as (session, actor):
        within = choose_institution(session, actor, "imports")
        if within is None:
            return
        chosen = choose_survey(session, actor, "imports", OPEN_ONLY, within)
        if chosen is None:
            return
        unit, period = chosen
        orders: dict[Order, str] = {
            "list": say("imports.order_list"),
            "form": say("imports.order_form"),
        }
        order = st.radio(
            say("imports.order"), list(orders), format_func=orders.__getitem__, key="import_order"
        )
        file = st.file_uploader(say("imports.file"), type=["csv", "xlsx"], key=fresh("import_file"))
        if file is None:
            return
        try:
            preview = preview_file(file.getvalue(), file.name, period, order)
        except BadInput as error:
            show_problems(error)
            return
        _show(preview, _names(period))
    _ask_store(unit.id, period.id, preview)


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


def _ask_store(unit: int, period: int, preview: Preview) -> None:
    st.caption(say("imports.marked"))
    rows = say("imports.store", rows=number(len(preview.answers), 0))
    if st.button(rows, type="primary", key="import_store"):
        act(
            None,
            lambda session, actor: import_file(session, actor, unit, period, preview),
            then=_tell_stored,
        )


def _tell_stored(batch: Batch) -> None:
    tell(say("imports.stored", rows=number(batch.rows, 0), batch=batch.id))

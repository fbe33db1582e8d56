"""Import of a file of answers: chosen, understood, looked at, then stored as one batch."""

from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from analysis.command.answers import Order
from analysis.errors import BadInput
from desk.office.imports import how_to_read, remember_columns
from screens.acts import act, fresh, tell_done
from screens.choices import OPEN_ONLY, choose_institution, choose_survey
from screens.looks import look
from screens.office import mapping, storing, understood
from screens.problems import show_problems
from screens.shell import say
from screens.watching import part
from survey.reading.aside import ReadingAside
from survey.reading.rules import in_words
from survey.reading.tables import ReadingOptions
from survey.reading.view import View, view_file

KINDS = ["csv", "tsv", "xlsx", "ods"]
# A larger file is read in a process of its own, and the page tells how far it is.
LARGE = 1_000_000
EVERY = 0.5  # seconds
READ = "imports_read"


def screen() -> None:
    """Asks for unit, period and file; shows what is understood; stores it when told to."""
    st.title(say("shell.page_impor"))
    st.markdown(say("imports.lead"))
    tell_done()
    with look() as (session, actor):
        within = choose_institution(session, actor, "imports")
        chosen = choose_survey(session, actor, "imports", OPEN_ONLY, within) if within else None
    if chosen is None:
        return
    place = chosen[0].id, chosen[1].id
    storing.show_jobs(*place)
    storing.link_to_batches(chosen[0].code)
    file = st.file_uploader(say("imports.file"), type=KINDS, key=fresh("import_file"))
    if file is None:
        return
    said = _ask_about(file)
    words = {in_words(heading): key for heading, key in mapping.said(file.file_id).items()}
    with look() as (session, actor):
        asked = how_to_read(session, actor, *place, by_hand=words, **said)
    view = _read(file, (*place, tuple(said.items()), tuple(words.items())), asked)
    if isinstance(view, BadInput):
        show_problems(view)
    elif view is not None:
        _show(place, file, view, asked)


def _show(place: tuple[int, int], file: UploadedFile, view: View, asked: ReadingOptions) -> None:
    _offer_sheets(view, file)
    if view.understood:
        understood.show(view.understood)
    elif view.refused:
        show_problems(view.refused)
    mapping.ask(view, asked, file.file_id, open_at_first=view.understood is None)
    by_hand = mapping.said(file.file_id)
    if by_hand and st.button(say("imports.remember"), key="import_remember"):
        act(
            say("imports.remembered"),
            lambda session, actor: remember_columns(session, actor, place[0], by_hand),
        )
    if view.understood:
        storing.ask(*place, view.understood)


def _ask_about(file: UploadedFile) -> dict[str, Any]:
    """What only a person knows of the file."""
    orders: dict[Order, str] = {
        "list": say("imports.order_list"),
        "form": say("imports.order_form"),
    }
    with st.expander(say("imports.about"), icon=":material/tune:"):
        order = st.radio(
            say("imports.order"),
            list(orders),
            index=None,
            format_func=orders.__getitem__,
            key="import_order",
        )
        zero = st.checkbox(say("imports.zero"), key="import_zero")
    sheet = st.session_state.get(f"import_sheet_{file.file_id}")
    return {"order": order, "zero_is_empty": zero, "sheet": sheet}


def _offer_sheets(view: View, file: UploadedFile) -> None:
    if len(view.sheets) > 1:
        st.selectbox(
            say("imports.sheet"),
            view.sheets,
            index=view.sheets.index(view.sheet) if view.sheet in view.sheets else 0,
            key=f"import_sheet_{file.file_id}",
        )


def _read(
    file: UploadedFile, how: tuple[object, ...], asked: ReadingOptions
) -> View | BadInput | None:
    """What is understood of the file; read once, until it or what is said of it changes."""
    key = (file.file_id, *how)
    known: object
    found: View | BadInput | ReadingAside | None
    known, found = st.session_state.get(READ, (None, None))
    if known != key or found is None:
        if isinstance(found, ReadingAside):
            found.stop()
        found = _begin(file, asked)
        st.session_state[READ] = (key, found)
    if isinstance(found, ReadingAside):
        if not found.done:
            part(_watch, EVERY)(found)
            return None
        found = found.view or found.refused or BadInput([])
        st.session_state[READ] = (key, found)
    return found


def _begin(file: UploadedFile, asked: ReadingOptions) -> View | BadInput | ReadingAside:
    content = file.getvalue()
    if len(content) > LARGE:
        return ReadingAside(content, file.name, asked)
    try:
        return view_file(content, file.name, asked, lambda stage: None)
    except BadInput as error:
        return error


def _watch(found: ReadingAside) -> None:
    if found.done:
        st.rerun()
    st.progress(found.progress, text=say(f"imports.stage_{found.stage}"))
    if st.button(say("imports.stop"), key="import_stop"):
        found.stop()
        st.rerun()

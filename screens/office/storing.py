"""An understood file is stored: at once, or beside the pages where it is large."""

from dataclasses import replace
from urllib.parse import quote

import streamlit as st

from analysis.errors import BadInput
from desk.jobs import UNFINISHED, jobs_of, start, state_of, why_failed
from desk.office.imports import KIND, FileOfUnit, begin_import, import_file, look_before
from desk.reasons import LONGEST
from models import Batch, Job
from screens.acts import act, act_in_slices, fresh
from screens.looks import look
from screens.plain import plain
from screens.problems import show_problems
from screens.shell import day, language, number, say
from screens.watching import part
from survey.reading.understood import Understood

# More rows than this are stored by a process of their own.
AT_ONCE = 5_000
EVERY = 1  # seconds


def ask(unit: int, period: int, understood: Understood) -> None:
    """The button that stores; before it the reason, where the same answers are stored already."""
    again = None
    try:
        with look() as (session, actor):
            before = look_before(session, actor, unit, period, understood)
            told = [_line(one.batch) for one in before]
    except BadInput as error:
        show_problems(error)
        return
    if told:
        st.error(
            say(
                "imports.same",
                rows=number(max(one.rows for one in before), 0),
                whole=number(len(understood.answers), 0),
            ),
            icon=":material/content_copy:",
        )
        st.markdown("\n".join(told))
        again = st.text_area(say("imports.again"), max_chars=LONGEST, key=fresh("import_again"))
    st.caption(say("imports.marked"))
    rows = number(len(understood.answers), 0)
    if st.button(say("imports.store", rows=rows), type="primary", key="import_store"):
        _store(unit, period, replace(understood, again=again))


def _line(batch: Batch) -> str:
    told = say(
        "imports.same_batch",
        name=batch.file_name,
        date=day(batch.created_at),
        rows=number(batch.rows, 0),
        batch=batch.id,
    )
    return f"- {plain(told)}"


def _store(unit: int, period: int, understood: Understood) -> None:
    if len(understood.answers) <= AT_ONCE:
        act_in_slices(
            say("imports.stored", rows=number(len(understood.answers), 0)),
            lambda engine, actor: import_file(engine, actor, FileOfUnit(unit, period, understood)),
        )
    else:
        act(
            None,
            lambda session, actor: begin_import(session, actor, unit, period, understood).id,
            then=start,
        )


def show_jobs(unit: int, period: int) -> None:
    """The latest large file of the unit, while it is being stored and after."""
    job = _latest(unit, period)
    if job is not None:
        busy = state_of(job) in UNFINISHED
        part(_tell, EVERY if busy else None)(unit, period, busy)


def link_to_batches(unit: str) -> None:
    """Where a batch that was stored by mistake is withdrawn; ``unit``: its code."""
    address = f"/berkas?unit={quote(unit)}&lang={language()}"
    title = say("imports.undo")
    st.html(f'<a class="log-in" href="{address}">{title}</a>')


def _tell(unit: int, period: int, busy: bool) -> None:
    job = _latest(unit, period)
    if job is None or (busy and state_of(job) not in UNFINISHED):
        st.rerun()
    if state_of(job) in UNFINISHED:
        st.progress(job.done / job.total if job.total else 0.0, text=say("imports.storing"))
    elif state_of(job) == "done":
        st.success(
            say("imports.stored_aside", batch=plain(job.file_name or "")),
            icon=":material/check_circle:",
        )
    else:
        st.error(plain(why_failed(job, language())) or say(f"papers.state_{state_of(job)}"))


def _latest(unit: int, period: int) -> Job | None:
    with look() as (session, actor):
        return next(
            (
                job
                for job in jobs_of(session, actor)
                if job.kind == KIND and (job.asked["unit"], job.asked["period"]) == (unit, period)
            ),
            None,
        )

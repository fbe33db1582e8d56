"""Papers of many units at once: asked for, watched while they are made, taken away."""

import streamlit as st

from desk.jobs import UNFINISHED, jobs_of, start, state_of, stop_job, why_failed
from desk.papers.bundles import (
    RequestedBundle,
    begin_bundle,
    file_of_bundle,
    period_names,
    unit_names,
)
from desk.papers.papers import RequestedPaper
from models import Job
from screens.acts import act, attempt
from screens.handing import NamedFile, hand_out
from screens.looks import look
from screens.shell import language, say
from screens.watching import part

BUNDLES = ("reports", "worksheets", "evidence")
EVERY = 2  # seconds
SHOWN = 5


def ask(asked: RequestedPaper, institution: int) -> None:
    """What to make of the institution's closed period, of which units."""
    st.header(say("papers.many"))
    st.caption(say("papers.many_what"))
    with look() as (session, actor):
        units = unit_names(session, actor, asked.period)
    kind = st.radio(
        say("papers.which"),
        BUNDLES,
        format_func=lambda kind: say(f"papers.many_{kind}"),
        captions=[say(f"papers.many_{kind}_what") for kind in BUNDLES],
        key="papers_many",
    )
    chosen = list(units)
    if kind != "evidence":
        chosen = st.multiselect(
            say("papers.units"),
            list(units),
            format_func=units.__getitem__,
            placeholder=say("papers.all_units"),
            key=f"papers_units_{institution}",
        ) or list(units)
    if st.button(say("papers.begin"), type="primary", key="papers_begin"):
        _begin(kind, asked, chosen)


def _begin(kind: str, asked: RequestedPaper, units: list[int]) -> None:
    bundle = RequestedBundle(kind, asked.period, units, asked.language, asked.link)
    act(
        None,
        lambda session, actor: begin_bundle(session, actor, bundle),
        then=lambda job: start(job.id),
    )


def show_jobs() -> None:
    """One's own latest work; looked at again every two seconds while some is unfinished."""
    with look() as (session, actor):
        jobs = [job for job in jobs_of(session, actor, SHOWN) if job.kind in BUNDLES]
    if not jobs:
        return
    st.header(say("papers.jobs"))
    busy = _busy(jobs)
    part(_jobs, EVERY if busy else None)(busy)


def _busy(jobs: list[Job]) -> bool:
    return any(state_of(job) in UNFINISHED for job in jobs)


def _jobs(busy: bool) -> None:
    with look() as (session, actor):
        jobs = [job for job in jobs_of(session, actor, SHOWN) if job.kind in BUNDLES]
        periods = period_names(session, jobs)
    if busy and not _busy(jobs):
        st.rerun()
    for job in jobs:
        with st.container(border=True):
            name = say(f"papers.many_{job.kind}")
            st.markdown(f"**{name}** · {periods.get(job.id, '')}")
            _show(job)


def _show(job: Job) -> None:
    state = state_of(job)
    if state in UNFINISHED:
        told = say("papers.stopping" if job.stop else f"papers.state_{state}")
        units = say("papers.units_done", done=job.done, total=job.total) if job.total else ""
        st.progress(job.done / job.total if job.total else 0.0, text=f"{told} {units}")
        if not job.stop:
            st.button(
                say("papers.cancel"), key=f"papers_cancel_{job.id}", on_click=_stop, args=(job.id,)
            )
        return
    st.caption(say(f"papers.state_{state}"))
    if job.problem:
        st.text(why_failed(job, language()))
    if state == "done":
        name, number = job.file_name or "", job.id
        hand_out(
            say("papers.download", name=name),
            NamedFile(name, "application/zip"),
            lambda session, asking: file_of_bundle(session, asking, number),
            f"papers_bundle_{number}",
        )


def _stop(job_id: int) -> None:
    attempt(lambda session, actor: stop_job(session, actor, job_id))

"""Papers of many units at once: asked for, watched while they are made, taken away."""

import streamlit as st

from accounts.actors import Actor
from desk.jobs import UNFINISHED, file_of, jobs_of, own_job, start, state_of, stop_job, why_failed
from desk.papers.bundles import RequestedBundle, begin_bundle, period_names, unit_names
from desk.papers.papers import RequestedPaper
from models import Job
from screens.acts import act, attempt
from screens.looks import look, look_in
from screens.shell import language, say

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


def show_jobs(actor: Actor) -> None:
    """One's own latest work; looked at again every two seconds while some is unfinished."""
    with look() as (session, _):
        jobs = [job for job in jobs_of(session, actor, SHOWN) if job.kind in BUNDLES]
    if not jobs:
        return
    st.header(say("papers.jobs"))
    busy = _busy(jobs)
    st.fragment(_jobs, run_every=EVERY if busy else None)(actor, busy)


def _busy(jobs: list[Job]) -> bool:
    return any(state_of(job) in UNFINISHED for job in jobs)


def _jobs(actor: Actor, busy: bool) -> None:
    with look() as (session, _):
        jobs = [job for job in jobs_of(session, actor, SHOWN) if job.kind in BUNDLES]
        periods = period_names(session, jobs)
    if busy and not _busy(jobs):
        st.rerun()
    for job in jobs:
        with st.container(border=True):
            name = say(f"papers.many_{job.kind}")
            st.markdown(f"**{name}** · {periods.get(job.id, '')}")
            _show(actor, job)


def _show(actor: Actor, job: Job) -> None:
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
        st.download_button(
            say("papers.download", name=job.file_name),
            lambda: _file(actor, job.id),
            job.file_name,
            "application/zip",
            key=f"papers_bundle_{job.id}",
            icon=":material/download:",
            on_click="ignore",
        )


def _file(actor: Actor, job_id: int) -> bytes:
    with look_in() as session:  # a download asks outside of any page
        return file_of(own_job(session, actor, job_id)) or b""


def _stop(job_id: int) -> None:
    attempt(lambda session, actor: stop_job(session, actor, job_id))

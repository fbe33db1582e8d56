"""Reviewing comments: what the triage is least sure of comes first; its versions below."""

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import partial

import pandas as pd
import streamlit as st

from accounts.actors import Actor
from desk.comments.labels import current_version
from desk.comments.triage import WORKS, Waiting, choose_version, review, versions, waiting
from desk.jobs import UNFINISHED, begin_job, jobs_of, start, state_of, why_failed
from models import Job, TriageVersion
from models.comments import LABELS
from models.responses import FORMS
from screens.acts import act, fresh, tell_done
from screens.looks import look
from screens.plain import show_table
from screens.shell import day, language, number, say
from screens.watching import part

EVERY = 2  # seconds
SCORES = ("macro_f1", "precision", "calibration_error")
OWN_SCORES = ("reviews_before", "reviews_after")


def screen() -> None:
    """The comments that wait for the actor's label; for analysts the versions, and training."""
    st.title(say("shell.page_telaah"))
    st.markdown(say("triage.lead"))
    tell_done()
    with look() as (session, actor):
        if not actor.analyst:
            st.caption(say("triage.counts_once_confirmed"))
        found = waiting(session, actor)
    st.header(say("triage.waiting"))
    if not found:
        st.caption(say("triage.none"))
    for one in found:
        with st.container(border=True):
            _ask(one)
    if actor.analyst:
        _show_versions(actor)


def _ask(one: Waiting) -> None:
    st.text(one.text)
    read = _named(one.label, one.secondary)
    st.caption(say("triage.read_as", label=read, confidence=number(Fraction(one.confidence))))
    if one.abstained:
        st.caption(say("triage.needs_a_reader"))
    if one.proposed:
        st.caption(say("triage.proposed", label=_name(one.proposed)))
    key = fresh(f"triage_{one.response_id}")
    with st.form(key, border=False, enter_to_submit=False):
        label = st.selectbox(
            say("triage.label"),
            LABELS,
            index=LABELS.index(one.proposed or one.label),
            format_func=_name,
            key=f"{key}_label_{language()}",
        )
        second = st.selectbox(
            say("triage.second"),
            FORMS,
            index=FORMS.index(one.secondary) if one.secondary else None,
            format_func=_name,
            placeholder=say("triage.no_second"),
            key=f"{key}_second_{language()}",
        )
        if st.form_submit_button(say("triage.keep"), type="primary", key=f"{key}_keep"):
            act(
                say("triage.kept"),
                lambda session, actor: review(session, actor, one.response_id, label, second),
            )


def _named(label: str, secondary: str | None) -> str:
    return " + ".join(_name(one) for one in (label, secondary) if one)


def _name(label: str) -> str:
    return say(f"triage.{label}")


def _show_versions(actor: Actor) -> None:
    st.header(say("triage.versions"))
    st.caption(say("triage.versions_what"))
    with st.container(horizontal=True):
        for kind in WORKS:
            if st.button(say(f"triage.{kind}"), key=f"triage_{kind}"):
                act(None, partial(begin_job, kind=kind), then=lambda job: start(job.id))
    _show_job(actor)
    with look() as (session, actor):
        found, current = versions(session, actor), current_version(session)
    if current is None:
        st.caption(say("triage.no_version"))
        return
    show_table(_table(found, current))
    _ask_version(found, current)


def _table(found: Sequence[TriageVersion], current: TriageVersion) -> pd.DataFrame:
    rows = []
    for version in found:
        scores = json.loads(version.scores)
        holds = f" ({say('triage.holds')})" if version.id == current.id else ""
        row = [f"{version.id}{holds}", day(version.created_at), str(version.reviews)]
        own = [_right(scores.get(key)) for key in OWN_SCORES]
        rows.append([*row, *(number(Fraction(scores[key])) for key in SCORES), *own])
    headings = ("version", "made", "reviews", *SCORES, *OWN_SCORES)
    return pd.DataFrame(rows, columns=[say(f"triage.{key}") for key in headings])


def _right(scores: Mapping[str, float] | None) -> str:
    """The share right of the instance's own reviews; a dash where they are too few."""
    return number(Fraction(scores["accuracy"])) if scores else "–"


def _ask_version(found: Sequence[TriageVersion], current: TriageVersion) -> None:
    others = [version.id for version in found if version.id != current.id]
    if not others:
        return
    key = fresh("triage_choose")
    with st.form(key, border=False, enter_to_submit=False):
        version = st.selectbox(say("triage.version"), others, key=f"{key}_version")
        if st.form_submit_button(say("triage.choose"), key=f"{key}_button"):
            act(
                say("triage.chosen"),
                lambda session, actor: choose_version(session, actor, version),
            )


def _show_job(actor: Actor) -> None:
    """One's own latest work of this kind; looked at again while it is unfinished."""
    job = _latest(actor)
    if job is not None:
        busy = state_of(job) in UNFINISHED
        part(_tell_job, EVERY if busy else None)(actor, busy)


def _tell_job(actor: Actor, busy: bool) -> None:
    job = _latest(actor)
    if job is None or (busy and state_of(job) not in UNFINISHED):
        st.rerun()
    told = f"{say(f'triage.{job.kind}')}: {say(f'papers.state_{state_of(job)}')}"
    if state_of(job) in UNFINISHED:
        st.progress(job.done / job.total if job.total else 0.0, text=told)
    else:
        st.caption(told)
    if job.problem:
        st.text(why_failed(job, language()))


def _latest(actor: Actor) -> Job | None:
    with look() as (session, _):
        return next((job for job in jobs_of(session, actor) if job.kind in WORKS), None)

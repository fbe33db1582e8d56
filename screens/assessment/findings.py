"""Findings and advice: analysts write and decide, units and institutions answer."""

from collections.abc import Sequence
from typing import Literal

import pandas as pd
import streamlit as st

from accounts.actors import Actor, runs_unit
from analysis.rulebook.scheme import Scheme
from desk.assessment.findings import (
    Followed,
    NewFinding,
    answer_finding,
    assessed_units,
    decide_finding,
    findings_of,
    write_finding,
)
from desk.assessment.rounds import judged_under
from desk.people import name_of
from desk.reasons import LONGEST
from models import AssessmentRound, FindingStep, Session, now
from models.findings import FINDING_KINDS
from screens import charts
from screens.acts import act, ask_decision, fresh, tell_done
from screens.choices import choose_round, warn_of_demonstration
from screens.looks import look
from screens.plain import plain
from screens.proofs import act_with_proof, ask_proof, show_proof
from screens.shell import day, language, number, say

COLOURS: dict[str, Literal["orange", "blue", "red", "green"]] = {
    "told": "orange",
    "answered": "blue",
    "sent_back": "red",
    "accepted": "green",
}


def screen() -> None:
    """Asks for the round; shows what is open and what is closed, with what each may do."""
    st.title(say("shell.page_temuan"))
    st.markdown(say("findings.lead"))
    tell_done()
    with look() as (session, actor):
        a_round = choose_round(session, actor, "findings")
        if a_round is None:
            return
        scheme = judged_under(session, a_round)
        if actor.analyst:
            _ask_finding(session, actor, a_round, scheme)
        found = findings_of(session, actor, a_round.id)
        if not found:
            empty = "empty" if actor.analyst else "empty_to_units"
            st.info(say(f"findings.{empty}"), icon=":material/task_alt:")
            return
        warn_of_demonstration(any(one.unit.institution.demonstration for one in found))
        _show_open(found)
        for one in found:
            _show(session, actor, one, scheme)


def _show_open(found: Sequence[Followed]) -> None:
    """Days since each open one was told, the longest first."""
    moment = now()
    waiting = sorted(
        (one for one in found if one.open), key=lambda one: one.days(moment), reverse=True
    )
    if not waiting:
        st.success(say("findings.all_accepted"), icon=":material/check_circle:")
        return
    days = [one.days(moment) for one in waiting]
    names = [_title(one, at) for at, one in enumerate(waiting, 1)]
    texts = [
        f"{number(value, 0)} · {_status(one)}" for value, one in zip(days, waiting, strict=True)
    ]
    frame = pd.DataFrame({"name": names, "value": days, "text": texts})
    rows = [
        (one.unit.name, _kind(one.finding.kind), _status(one), number(value, 0))
        for one, value in zip(waiting, days, strict=True)
    ]
    headings = ("words.unit", "findings.kind", "findings.status", "findings.days")
    table = pd.DataFrame(rows, columns=[say(key) for key in headings])
    end = max(4, *days)
    ticks = [round(end * part / 4) for part in range(5)]
    sentence = say("findings.open_sentence", number=number(len(waiting), 0))
    charts.show(charts.bars(frame, ticks, say("findings.days")), sentence, table, "findings_open")


def _title(one: Followed, at: int) -> str:
    return f"{at}. {one.unit.name}: {_kind(one.finding.kind)}"


def _kind(kind: str) -> str:
    return say(f"findings.kind_{kind}")


def _status(one: Followed) -> str:
    return say(f"findings.status_{one.status}")


def _show(session: Session, actor: Actor, one: Followed, scheme: Scheme) -> None:
    finding = one.finding
    with st.container(border=True):
        st.badge(_status(one), color=COLOURS[one.status])
        st.markdown(f"**{plain(one.unit.name)}** · {_kind(finding.kind)}")
        st.text(finding.text)
        about = [node.name[language()] for node in scheme.indicators() if node.key == finding.item]
        told = say("findings.told_on", date=day(finding.created_at))
        days = say("findings.for_days", days=number(one.days(now()), 0))
        st.caption(" · ".join([*map(plain, about), told, days]))
        for step in finding.steps:
            _show_step(session, step)
        if one.status in ("told", "sent_back") and runs_unit(actor, one.unit):
            _ask_answer(finding.id)
        if one.status == "answered" and actor.analyst:
            _ask_decision(finding.id)


def _show_step(session: Session, step: FindingStep) -> None:
    who = plain(name_of(session, step.user_id))
    date = day(step.created_at)
    st.markdown(say(f"findings.step_{step.status}", who=who, date=date))
    st.text(step.text)
    show_proof(session, step.evidence_hash, f"finding_proof_{step.id}")


def _ask_answer(finding: int) -> None:
    key = fresh(f"answer_{finding}")
    with (
        st.expander(say("findings.answer"), icon=":material/reply:", key=f"{key}_open"),
        st.form(key, border=False, enter_to_submit=False),
    ):
        text = st.text_area(say("findings.answer_text"), max_chars=LONGEST, key=f"{key}_text")
        file = ask_proof(f"{key}_file")
        if st.form_submit_button(say("findings.send"), type="primary"):
            act_with_proof(
                say("findings.answered"),
                file,
                lambda session, actor, proof: answer_finding(session, actor, finding, text, proof),
            )


def _ask_decision(finding: int) -> None:
    words = ("findings.decision", "findings.accept", "findings.send_back")
    if decision := ask_decision(f"decide_finding_{finding}", *words):
        act(
            say("findings.decided"),
            lambda session, actor: decide_finding(session, actor, finding, *decision),
        )


def _ask_finding(session: Session, actor: Actor, a_round: AssessmentRound, scheme: Scheme) -> None:
    units = {unit.id: unit for unit in assessed_units(session, actor, a_round.id)}
    if not units:
        st.caption(say("findings.nothing_assessed"))
        return
    names = {node.key: node.name[language()] for node in scheme.indicators()}
    key = fresh("write_finding")
    with (
        st.expander(say("findings.new"), icon=":material/add:", key=f"{key}_open"),
        st.form(key, border=False, enter_to_submit=False),
    ):
        unit = st.selectbox(
            say("words.unit"),
            list(units),
            format_func=lambda one: f"{units[one].name} · {units[one].institution.name}",
            key=f"{key}_unit",
        )
        kind = st.selectbox(
            say("findings.kind"), FINDING_KINDS, format_func=_kind, key=f"{key}_kind"
        )
        item = st.selectbox(
            say("findings.item"),
            list(names),
            index=None,
            format_func=names.__getitem__,
            placeholder="–",
            key=f"{key}_item",
        )
        text = st.text_area(say("findings.text"), max_chars=LONGEST, key=f"{key}_text")
        if st.form_submit_button(say("findings.tell"), type="primary"):
            act(
                say("findings.told"),
                lambda session, actor: write_finding(
                    session, actor, a_round.id, NewFinding(unit, kind, text, item)
                ),
            )

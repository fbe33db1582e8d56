"""The questions of the form, each with what was wrong with its answer beside it."""

import streamlit as st

from analysis.errors import Problem
from locales.refusals import sentence
from models.responses import LONGEST_COMMENT, READERS
from screens import shell
from screens.citizen.form import Form
from screens.heard import player
from screens.looks import look_in
from screens.plain import plain
from survey.asking import find_unit
from survey.checks import offered_provenances
from survey.kiosks import interviewers_by_key, provenance_of

MISSING = "missing"  # the choice "don't know": stored as no answer


def token(form: Form) -> str:
    """The visit's code, which stands in the link of a slip; "" where nobody wants one."""
    key, brought = form.widget("token"), st.query_params.get("v", "")
    if key not in st.session_state:
        st.session_state[key] = brought
    if form.place.open_link and not (brought or form.wait):
        return ""
    typed = st.text_input(
        shell.say("light.token" if form.place.open_link else "light.needed_token"),
        key=key,
        on_change="ignore",
        persist_state="session",
    )
    st.caption(shell.say("light.token_hint"))
    _beside(form, "token")
    return typed.strip()


def service(form: Form) -> str | None:
    services = form.place.services
    if not services:
        return None
    chosen = st.selectbox(
        shell.say("rate.service"),
        services,
        index=None,
        format_func=services.__getitem__,
        placeholder=shell.say("rate.service_hint"),
        filter_mode="contains",
        key=form.widget("service"),
        on_change="ignore",
        persist_state="session",
    )
    _beside(form, "service")
    return chosen


def questions(form: Form) -> dict[str, int | str | None]:
    """What was chosen for each item: an answer, MISSING, or None for nothing."""
    st.header(shell.say("rate.questions"), anchor=False)
    st.caption(shell.say("rate.this_visit"))
    language, instrument = shell.language(), form.place.instrument
    choices: dict[str, int | str | None] = {}
    for number, item in enumerate(instrument.questions, 1):
        words: dict[int | str, str] = {key: text[language] for key, text in item.answers.items()}
        words[MISSING] = instrument.missing[language]
        label = {"number": number, "all": len(instrument.questions), "text": item.text[language]}
        recording = form.place.aids.recordings.get((item.key, language))
        with st.container(border=True):
            if recording:
                player(form.place.code, recording)
            choices[item.key] = st.radio(
                shell.say("rate.question", **label),
                words,
                index=None,
                format_func=words.__getitem__,
                width="stretch",
                key=form.widget(item.key),
                on_change="ignore",
                persist_state="session",
            )
            _beside(form, item.key)
    return choices


def experience(form: Form) -> list[str]:
    language, asked = shell.language(), form.place.instrument.experience
    st.header(shell.say("rate.experience"), anchor=False)
    with st.container(border=True):
        st.write(asked.text[language])
        st.caption(asked.hint[language])
        choices = {**asked.forms, "none": asked.none, "declined": asked.declined}
        ticked = [
            choice
            for choice, text in choices.items()
            if st.checkbox(
                text[language],
                key=form.widget(f"experience_{choice}"),
                on_change="ignore",
                persist_state="session",
            )
        ]
        _beside(form, "experience")
    return ticked


def provenance(form: Form) -> str:
    """Who fills it in; "" while nobody has said so."""
    interviewer = _registered_as(form.place.code)
    st.header(shell.say("rate.about"), anchor=False)
    if "e" in st.query_params and not interviewer:
        st.error(shell.say("light.unknown_interviewer"))
    words = {who: shell.say(f"rate.{who}") for who in offered_provenances(interviewer)}
    with st.container(border=True):
        chosen = st.radio(
            shell.say("rate.who"),
            words,
            index=len(words) - 1 if interviewer else None,
            format_func=words.__getitem__,
            width="stretch",
            key=form.widget("provenance"),
            on_change="ignore",
            persist_state="session",
        )
        _beside(form, "provenance")
    return chosen or ""


def respondent(form: Form) -> dict[str, str]:
    language = shell.language()
    given = {}
    with st.expander(shell.say("rate.respondent")):
        st.caption(shell.say("rate.respondent_hint"))
        for asked in form.place.instrument.respondent.fields:
            words = {key: text[language] for key, text in asked.options.items()}
            given[asked.key] = st.selectbox(
                asked.text[language],
                words,
                index=None,
                format_func=words.__getitem__,
                placeholder=shell.say("rate.skip"),
                filter_mode=None,
                key=form.widget(f"respondent_{asked.key}"),
                on_change="ignore",
                persist_state="session",
            )
            _beside(form, asked.key)
    return {key: value for key, value in given.items() if value is not None}


def comment(form: Form) -> str:
    # No max_chars: Streamlit would cut what is too long without a word.
    comment = st.text_area(
        shell.say("rate.comment"), key=form.widget("comment"), persist_state="session"
    )
    length, most = shell.number(len(comment), 0), shell.number(LONGEST_COMMENT, 0)
    st.caption(shell.say("rate.length", length=length, most=most))
    st.caption(shell.say("rate.comment_hint"))
    _beside(form, "comment")
    return comment


def readers(form: Form) -> str:
    """Who may read the comment; without a choice the Ombudsman alone."""
    words = {who: shell.say(f"rate.{who}") for who in reversed(READERS)}
    chosen = st.radio(
        shell.say("rate.readers"),
        words,
        format_func=words.__getitem__,
        width="stretch",
        key=form.widget("readers"),
        on_change="ignore",
        persist_state="session",
    )
    _beside(form, "readers")
    return chosen


def _registered_as(unit_code: str) -> str:
    """As whom the interviewer in the address may fill in the unit's forms; empty: as nobody."""
    key = st.query_params.get("e", "")
    if not key:
        return ""
    with look_in() as session:
        unit = find_unit(session, unit_code)
        asking = interviewers_by_key(session, shell.secret(), [key]).get(key)
        return provenance_of(asking, unit) if unit else ""


def _beside(form: Form, name: str) -> None:
    for problem in form.problems:
        if problem.place.key == name:
            st.error(told(problem))


def told(problem: Problem) -> str:
    """The problem as a sentence in the page's language."""
    return sentence(shell.language(), problem, written=plain)

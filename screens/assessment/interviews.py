"""The Ombudsman's interviews of a unit's users, one user after the other, on a phone."""

from typing import get_args

import streamlit as st

from accounts.actors import Actor
from analysis.rulebook.fieldwork import RUNGS, FieldInstrument, InterviewArea, instruments_of
from analysis.rulebook.instrument import ExperienceQuestion
from desk.assessment.interviews import (
    DECLINED,
    FORMS,
    NONE,
    InterviewAnswers,
    InterviewRecord,
    interviewed,
    interviews_of,
    record,
    taken_numbers,
)
from models import Session, Unit
from screens.acts import act, fresh
from screens.assessment.judging import STYLE
from screens.shell import language, number, say

AREAS = get_args(InterviewArea)
NEXT = "interviews_next"


def show_interviews(session: Session, actor: Actor, unit: Unit, year: int) -> None:
    """Asks for the questionnaire and the user's number; then the questions."""
    instruments = {area: one for area, one in instruments_of(year).items() if area in AREAS}
    if not instruments:
        st.info(say("interviews.none"), icon=":material/info:")
        return
    area = st.selectbox(
        say("interviews.instrument"),
        list(instruments),
        format_func=lambda area: instruments[area].title[language()],
        key="interviews_area",
    )
    instrument = instruments[area]
    kept = interviews_of(session, actor, unit.id, year, area)
    everyone = interviewed(session, year, [unit.id]).get((unit.id, area))
    respondents = number(everyone.respondents if everyone else 0, 0)
    needed = number(instrument.subjects.value, 0)
    st.caption(say("interviews.so_far", respondents=respondents, needed=needed))
    taken = taken_numbers(session, actor, unit.id, year, area)
    numbers = [at for at in range(1, instrument.subjects.value + 1) if at not in taken]
    if not numbers:
        st.info(say("interviews.all_taken"), icon=":material/info:")
        return
    key = f"interviews_{unit.id}_{year}_{area}"
    if NEXT in st.session_state or key not in st.session_state:
        left = next((at for at in numbers if at not in kept), numbers[0])
        st.session_state[key] = st.session_state.pop(NEXT, left)
    respondent = st.selectbox(
        say("interviews.respondent"),
        numbers,
        format_func=lambda at: f"{at} ✓" if at in kept else str(at),
        key=key,
    )
    entry = fresh(f"{key}_{respondent}")
    st.html(STYLE)
    with st.form(entry, enter_to_submit=False):
        given = kept.get(respondent, {})
        answers = (
            _ask_experience(instrument.experience, given, entry)
            if instrument.experience
            else _ask_rungs(instrument, given, entry)
        )
        if st.form_submit_button(say("interviews.save"), type="primary"):
            following = next((at for at in numbers if at not in {*kept, respondent}), respondent)

            def work(session: Session, actor: Actor) -> None:
                record(session, actor, InterviewRecord(unit.id, year, area, respondent, answers))
                st.session_state[NEXT] = following

            act(say("interviews.saved", respondent=respondent), work)
    with st.expander(say("judging.about")):
        st.caption(instrument.note[language()])


def _ask_experience(
    experience: ExperienceQuestion, given: InterviewAnswers, key: str
) -> InterviewAnswers:
    st.markdown(f"**{experience.text[language()]}**")
    st.caption(experience.hint[language()])
    before = given.get(FORMS, ())
    options = experience.forms | {NONE: experience.none, DECLINED: experience.declined}
    chosen = [
        form
        for form, text in options.items()
        if st.checkbox(
            text[language()],
            isinstance(before, list) and form in before,
            key=f"{key}_{form}",
        )
    ]
    return {FORMS: chosen}


def _ask_rungs(instrument: FieldInstrument, given: InterviewAnswers, key: str) -> InterviewAnswers:
    answers = {}
    for item in instrument.items:
        before = given.get(item.key)
        chosen = st.radio(
            item.text[language()],
            RUNGS[::-1],
            index=RUNGS[::-1].index(before) if isinstance(before, int) else None,
            format_func=lambda at, item=item: item.rungs[at][language()],
            key=f"{key}_{item.key}",
        )
        if chosen is not None:
            answers[item.key] = chosen
    return answers

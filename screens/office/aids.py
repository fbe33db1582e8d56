"""What the unit's form offers those who don't read: recorded questions, a film in sign language."""

from functools import partial

import streamlit as st

from analysis.errors import BadInput
from analysis.rulebook.instrument import Instrument
from desk.office.aids import (
    ENDINGS,
    LARGEST,
    RecordedQuestion,
    asked_of,
    check_sound,
    set_film,
    set_recording,
    unit_aids,
)
from locales import languages
from models import Unit
from screens.acts import act, ask_first, fresh
from screens.choices import choose_unit
from screens.heard import player
from screens.looks import look
from screens.plain import plain
from screens.problems import show_problems
from screens.shell import language, say
from survey.aids import Aids

MEGABYTE = 1_000_000


def screen() -> None:
    """Shows what the unit's form has, adds to it and takes away."""
    st.title(say("shell.page_rekaman"))
    st.markdown(say("aids.lead"))
    with look() as (session, actor):
        unit = choose_unit(session, actor, "aids")
        if unit is None:
            return
        instrument = asked_of(session, actor, unit.id)
        aids = unit_aids(session, actor, unit.id, instrument)
    _film(unit, aids.film)
    st.header(say("aids.recordings"))
    if instrument is None:
        st.info(say("aids.no_period"))
        return
    _recorded(unit, instrument, aids)
    _add(unit, instrument)


def _film(unit: Unit, address: str) -> None:
    st.header(say("aids.film"))
    with st.form("aids_film"):
        typed = st.text_input(say("aids.film_address"), address, placeholder="https://")
        if st.form_submit_button(say("aids.save"), type="primary"):
            act(say("aids.saved"), partial(set_film, unit_id=unit.id, address=typed))


def _recorded(unit: Unit, instrument: Instrument, aids: Aids) -> None:
    if not aids.recordings:
        st.caption(say("aids.none"))
    for item in instrument.questions:
        for spoken, name in languages().items():
            number = aids.recordings.get((item.key, spoken))
            if number is None:
                continue
            with st.container(border=True):
                st.markdown(f"{plain(item.text[language()])} · {name}")
                player(unit.code, number)
                means = say("aids.remove_means", question=plain(item.text[language()]))
                key = f"aids_remove_{number}"
                if ask_first(say("aids.remove"), means, say("aids.remove"), key):
                    question = RecordedQuestion(unit.id, instrument, item.key, spoken)
                    act(say("aids.removed"), partial(set_recording, question=question, file=None))


def _add(unit: Unit, instrument: Instrument) -> None:
    texts = {item.key: item.text[language()] for item in instrument.questions}
    item = st.selectbox(
        say("aids.question"), texts, format_func=texts.__getitem__, key="aids_question"
    )
    names = languages()
    spoken = st.selectbox(
        say("aids.language"), names, format_func=names.__getitem__, key="aids_language"
    )
    file = st.file_uploader(
        say("aids.file", megabytes=LARGEST // MEGABYTE),
        type=list(ENDINGS),
        max_upload_size=LARGEST // MEGABYTE,
        key=fresh("aids_file"),
    )
    if not st.button(say("aids.add"), type="primary", disabled=file is None, key="aids_add"):
        return
    try:
        sound = check_sound(file.name, file.getvalue()) if file else None
    except BadInput as error:
        show_problems(error)
        return
    question = RecordedQuestion(unit.id, instrument, item, spoken)
    act(say("aids.added"), partial(set_recording, question=question, file=sound))

"""How a survey's answers were collected: typed by its office for the report, with photographs."""

import streamlit as st

from accounts.actors import Actor
from analysis.errors import BadInput
from desk.evidence import LARGEST, PHOTOS_KEPT, check_photo
from desk.papers.collecting import (
    LONGEST_CAPTION,
    MOST_PHOTOS,
    NewNote,
    NewPhoto,
    ShownPhoto,
    SurveyOf,
    add_photo,
    collecting_of,
    leave_out_photo,
    may_tell,
    note_collecting,
    photos_of,
)
from models import CollectionNote, Period
from models.collecting import LONGEST_TOLD
from screens.acts import act, fresh
from screens.looks import look
from screens.problems import show_problems
from screens.proofs import MEGABYTE, show_photo
from screens.shell import say

TOLD = ("team", "place", "way")


def ask(actor: Actor, unit: int | None, period: Period) -> None:
    """What the report says of team, place, way and days, and its photographs; for its office."""
    whose = SurveyOf(unit, period.id)
    with look() as (session, looking):
        if not may_tell(session, looking, whose):
            return
        note = collecting_of(session, looking, whose)
        photos = photos_of(session, looking, whose)
    done = say("collecting.told" if note else "collecting.not_told", photos=len(photos))
    with st.expander(f"{say('collecting.title')} · {done}", icon=":material/groups:"):
        st.caption(say("collecting.lead"))
        _ask_note(whose, note, period)
        _show_photos(whose, photos)
        if len(photos) < MOST_PHOTOS:
            _ask_photo(whose)


def _ask_note(whose: SurveyOf, note: CollectionNote | None, period: Period) -> None:
    key = f"{fresh('collecting')}_{whose.unit}_{whose.period}"
    with st.form(key, border=False, enter_to_submit=False):
        texts = [
            st.text_area(
                say(f"collecting.{name}"),
                getattr(note, name) if note else "",
                max_chars=LONGEST_TOLD,
                height=90,
                placeholder=say(f"collecting.{name}_example"),
                key=f"{key}_{name}",
            )
            for name in TOLD
        ]
        days = st.date_input(
            say("collecting.days"),
            (note.first_day, note.last_day) if note else (period.starts, period.ends),
            min_value=period.starts,
            max_value=period.ends,
            format="DD/MM/YYYY",
            key=f"{key}_days",
        )
        if not st.form_submit_button(say("words.save"), type="primary"):
            return
    if not (isinstance(days, tuple) and len(days) == 2):
        st.error(say("collecting.two_days"), icon=":material/error:")
        return
    team, place, way = texts
    first, last = days
    _keep(whose, NewNote(team, place, way, first, last))


def _keep(whose: SurveyOf, new: NewNote) -> None:
    act(
        say("collecting.kept"),
        lambda session, actor: note_collecting(session, actor, whose, new),
    )


def _show_photos(whose: SurveyOf, photos: list[ShownPhoto]) -> None:
    st.markdown(f"**{say('collecting.photos')}**")
    for one in photos:
        with st.container(border=True):
            if one.picture is None:
                st.warning(say("proofs.lost"), icon=":material/broken_image:")
            else:
                show_photo(one.digest, one.caption, f"collecting_{one.digest[:16]}")
            if st.button(
                say("collecting.leave_out"),
                key=f"collecting_out_{whose.unit}_{one.digest[:16]}",
                icon=":material/delete:",
            ):
                _leave_out(whose, one.digest)


def _leave_out(whose: SurveyOf, digest: str) -> None:
    act(
        say("collecting.left_out"),
        lambda session, actor: leave_out_photo(session, actor, whose, digest),
    )


def _ask_photo(whose: SurveyOf) -> None:
    key = f"{fresh('collecting_photo')}_{whose.unit}_{whose.period}"
    with st.form(key, border=False, enter_to_submit=False):
        file = st.file_uploader(
            say("collecting.photo", megabytes=LARGEST // MEGABYTE),
            type=list(PHOTOS_KEPT),
            max_upload_size=LARGEST // MEGABYTE,
            key=f"{key}_file",
        )
        caption = st.text_input(
            say("collecting.caption"), max_chars=LONGEST_CAPTION, key=f"{key}_caption"
        )
        sent = st.form_submit_button(say("collecting.add"), icon=":material/add_a_photo:")
    if not sent:
        return
    if file is None:
        st.error(say("collecting.no_file"), icon=":material/error:")
        return
    try:
        photo = check_photo(file.name, file.getvalue())
    except BadInput as error:
        show_problems(error)
        return
    _add(whose, NewPhoto(photo, caption))


def _add(whose: SurveyOf, new: NewPhoto) -> None:
    act(
        say("collecting.added"),
        lambda session, actor: add_photo(session, actor, whose, new),
    )

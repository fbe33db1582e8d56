"""Field assessment: analysts judge units, interview users, settle where two assessors differ."""

import streamlit as st

from accounts.actors import Actor
from analysis.errors import BadInput
from desk.assessment.sampled import not_assigned
from desk.places import institutions_with_units
from models import Institution, Session, Unit, now
from screens.acts import tell_done
from screens.assessment.disagreements import show_disagreements
from screens.assessment.field_files import show_files
from screens.assessment.interviews import show_interviews
from screens.assessment.judging import Task, show_cards, show_table
from screens.choices import choose_unit, pick_institution, warn_of_simulated_round
from screens.looks import look
from screens.problems import show_problems
from screens.shell import say

FIRST_YEAR = 2016
WAYS = ("cards", "table", "files", "interviews", "disagreements")


def screen() -> None:
    """Asks for year and way of working, and for the unit where one is worked on."""
    st.title(say("shell.page_penilaian"))
    tell_done()
    way = st.segmented_control(
        say("assess.way"),
        WAYS,
        format_func=lambda way: say(f"assess.{way}"),
        default=WAYS[0],
        required=True,
        key="assess_way",
    )
    year = ask_year("assess_year")
    with look() as (session, actor):
        warn_of_simulated_round(session, year)
        if way == "disagreements":
            show_disagreements(session, actor, year)
        elif way == "files":
            institution = _choose_institution(session, actor)
            if institution:
                show_files(session, actor, institution, year, "official")
        else:
            unit = choose_unit(session, actor, "assess")
            if unit:
                _work(session, actor, unit, year, way)


def ask_year(key: str) -> int:
    """The year of the round, at first this one."""
    return st.selectbox(say("words.year"), range(now().year, FIRST_YEAR - 1, -1), key=key)


def _work(session: Session, actor: Actor, unit: Unit, year: int, way: str) -> None:
    if problems := not_assigned(session, actor.user_id, year, [unit.id]):
        show_problems(BadInput(problems))
        return
    task = Task(actor, unit, year, "official")
    if way == "cards":
        show_cards(session, task)
    elif way == "table":
        show_table(session, task)
    else:
        show_interviews(session, actor, unit, year)


def _choose_institution(session: Session, actor: Actor) -> Institution | None:
    """Of all that have units."""
    found = institutions_with_units(session, actor)
    if not found:
        st.info(say("words.no_unit"), icon=":material/info:")
        return None
    return pick_institution(found, "assess")

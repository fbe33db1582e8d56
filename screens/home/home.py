"""The first page after log-in: what waits for the person, by date, each with the way to it."""

from datetime import date
from itertools import groupby

import streamlit as st

from desk.home.tasks import WaitingTask
from desk.home.waiting import units_run_by, waiting_for
from desk.unit.steps import keep_steps_of
from models import now
from reports.calendar import CalendarDay, calendar_ics
from screens.handing import NamedFile, hand_out
from screens.home.list import WaitingGroup, draw, sentence, when
from screens.looks import look
from screens.shell import address, address_in_the_browser, day, engine, say, signed_in

ALONE = 3  # of one kind are told one by one, more of them together


def screen() -> None:
    """The list; below it the same to take along."""
    st.title(say("shell.page_beranda"))
    actor = signed_in()
    with look() as (session, _):
        mine = units_run_by(session, actor)
    kept = keep_steps_of(engine(), actor, mine)
    with look() as (session, _):
        tasks, today = waiting_for(session, actor), actor.today
    if not kept:
        st.info(say("words.busy"), icon=":material/hourglass_top:")
    if not tasks:
        st.success(say("home.nothing"), icon=":material/check_circle:")
        st.caption(say("home.unseen"))
        return
    st.markdown(say("home.lead"))
    found = grouped(tasks)
    draw(found, today)
    _take(found, tasks, today)


def grouped(tasks: list[WaitingTask]) -> list[WaitingGroup]:
    """Those of a kind that are many stand together where the first of them stands."""
    kinds = sorted(tasks, key=lambda task: task.kind)
    number = {kind: len(list(found)) for kind, found in groupby(kinds, lambda task: task.kind)}
    groups: dict[object, WaitingGroup] = {}
    for at, task in enumerate(tasks):
        together = number[task.kind] > ALONE
        groups.setdefault(task.kind if together else at, WaitingGroup([])).tasks.append(task)
    return list(groups.values())


def _take(groups: list[WaitingGroup], tasks: list[WaitingTask], today: date) -> None:
    """As text to copy, and as a calendar."""
    with st.expander(say("home.take"), icon=":material/ios_share:"):
        st.caption(say("home.take_lead"))
        st.code(_text(groups, today), language=None, wrap_lines=True)
        content = _calendar(tasks, today)
        file = NamedFile("suara-layanan.ics", "text/calendar")
        hand_out(say("home.calendar"), file, lambda *_: content, "home_calendar")


def _text(groups: list[WaitingGroup], today: date) -> str:
    lines = [
        say("home.text_line", at=at, when=when(group.tasks[0], today), what=group.sentence)
        for at, group in enumerate(groups, 1)
    ]
    where = f"{address_in_the_browser()}{address('beranda')}"
    return "\n".join([say("home.text_title", day=day(today)), *lines, where])


def _calendar(tasks: list[WaitingTask], today: date) -> bytes:
    """Each on its day; what is late or waits already, today."""
    base = address_in_the_browser()
    days = [
        CalendarDay(
            uid=f"{task.uid}@suara-layanan",
            day=max(task.day, today),
            title=sentence(task),
            text=when(task, today),
            address=f"{base}{address(task.path, **task.choices)}",
        )
        for task in tasks
    ]
    return calendar_ics(days, say("home.calendar_name"), now())

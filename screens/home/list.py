"""The list of what waits, as it is read: by eye, by keyboard and by ear."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from textwrap import shorten

import streamlit as st

from desk.home.tasks import WaitingTask
from screens.shell import address, day, number, say

LONGEST = 140  # characters of what somebody wrote
MOST = 100  # of one kind


@dataclass(frozen=True)
class WaitingGroup:
    """Tasks that are told as one: a single one, or all of a kind."""

    tasks: list[WaitingTask]

    @property
    def sentence(self) -> str:
        """What waits, in words."""
        if len(self.tasks) == 1:
            return sentence(self.tasks[0])
        return say(f"home.many_{self.tasks[0].kind}", number=number(len(self.tasks), 0))


def draw(groups: Sequence[WaitingGroup], today: date) -> None:
    """A line each, with its day and its way; several of a kind open on demand."""
    lines = "".join(_line(group, today) for group in groups)
    st.html(f'<ol class="waiting">{lines}</ol>')


def sentence(task: WaitingTask) -> str:
    """What waits, in words; what people wrote is cut short."""
    about = {
        name: number(value, 0)
        if isinstance(value, int)
        else shorten(value, LONGEST, placeholder="…")
        for name, value in task.about.items()
    }
    return say(f"home.{task.kind}", **about)


def when(task: WaitingTask, today: date) -> str:
    """The task's day as seen from today: "in 12 days", "3 days late", "since 2 May 2026"."""
    days = (task.day - today).days
    if not task.due:
        return say("home.today") if days >= 0 else say("home.since", day=day(task.day))
    if days < 0:
        return say("home.late_one") if days == -1 else say("home.late_days", days=-days)
    close = {0: "home.today", 1: "home.tomorrow"}
    return say(close[days]) if days in close else say("home.in_days", days=days)


def _line(group: WaitingGroup, today: date) -> str:
    first = group.tasks[0]
    what = f'<span class="what">{escape(group.sentence)}</span>'
    if len(group.tasks) == 1:
        return f"<li{_late(first, today)}>{_day(first, today)}{what}{_way(first)}</li>"
    each = "".join(
        f"<li{_late(task, today)}>{_day(task, today)}"
        f'<span class="what">{escape(sentence(task))}</span>{_way(task)}</li>'
        for task in group.tasks[:MOST]
    )
    if len(group.tasks) > MOST:
        more = say("home.more", number=number(len(group.tasks) - MOST, 0))
        each += f'<li><span class="what">{escape(more)}</span></li>'
    summary = f"<summary>{escape(say('home.all_of'))}</summary>"
    return (
        f"<li{_late(first, today)}>{_day(first, today)}{what}"
        f"<details>{summary}<ul>{each}</ul></details></li>"
    )


def _late(task: WaitingTask, today: date) -> str:
    return ' class="late"' if task.late(today) else ""


def _day(task: WaitingTask, today: date) -> str:
    whole = f' title="{escape(day(task.day))}"' if task.due else ""
    return f'<span class="when"{whole}>{escape(when(task, today))}</span>'


def _way(task: WaitingTask) -> str:
    """A plain link: Streamlit's own open a new tab."""
    title = say("home.go", page=say(f"menu.page_{task.path}"))
    where = escape(address(task.path, **task.choices))
    return f'<a class="log-in" href="{where}">{escape(title)}</a>'

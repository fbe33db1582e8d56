"""The activity log: who did what, when."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from desk.admin.events import Event, count_events, list_acts, list_events
from locales import show_moment, texts
from screens import shell
from screens.looks import look
from screens.plain import plain

PER_PAGE = 25
LONGEST_LIST = 3
PAGE = "audit_page"
# Details that are keys themselves, and where their words stand.
SPOKEN = {
    "role": "words.{}",
    "status": "follow_up.status_{}",
    "medium": "announcing.medium_{}",
    "paper": "papers.{}",
    "kind": "papers.many_{}",
    "alarm": "screening.alarm_{}",
}


def screen() -> None:
    """Events, newest first, of one kind or all; a page at a time."""
    with look() as (session, actor):
        acts = list_acts(session, actor)
        st.title(shell.say("shell.page_catatan"))
        st.write(shell.say("audit.lead"))
        act = st.selectbox(
            shell.say("audit.act"),
            acts,
            index=None,
            placeholder=shell.say("words.all"),
            format_func=_act,
            key="audit_act",
            on_change=_turn,
            args=(0,),
        )
        number = count_events(session, actor, act)
        page = min(st.session_state.get(PAGE, 0), max(0, (number - 1) // PER_PAGE))
        events = list_events(session, actor, act, page, PER_PAGE)
    if not events:
        st.info(shell.say("audit.none"))
        return
    _show(events)
    _turn_pages(page, len(events), number)


def _show(events: list[Event]) -> None:
    name, zone = _zone()
    st.markdown("\n".join(_line(event, zone) for event in events))
    st.caption(shell.say("audit.zone", zone=name))


def _line(event: Event, zone: tzinfo) -> str:
    """An entry of a Markdown list: what and who; below it when, and the details."""
    about = " · ".join(filter(None, (_moment(event.moment, zone), _details(event.details))))
    return f"- **{plain(_act(event.act))}** · {plain(_who(event.who))}  \n  :small[{plain(about)}]"


def _turn_pages(page: int, shown: int, number: int) -> None:
    first = page * PER_PAGE + 1
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.button(
            shell.say("words.newer"),
            key="audit_newer",
            icon=":material/chevron_left:",
            disabled=page == 0,
            on_click=_turn,
            args=(page - 1,),
        )
        st.caption(
            shell.say(
                "audit.shown",
                first=shell.number(first, 0),
                last=shell.number(first + shown - 1, 0),
                number=shell.number(number, 0),
            ),
            width="content",
        )
        st.button(
            shell.say("words.older"),
            key="audit_older",
            icon=":material/chevron_right:",
            icon_position="right",
            disabled=first + shown > number,
            on_click=_turn,
            args=(page + 1,),
        )


def _turn(page: int) -> None:
    st.session_state[PAGE] = max(0, page)


def _zone() -> tuple[str, tzinfo]:
    """The visitor's time zone; Jakarta's where the browser names none that is known."""
    for name in (st.context.timezone, "Asia/Jakarta"):
        try:
            return str(name), ZoneInfo(str(name))
        except (ZoneInfoNotFoundError, ValueError):
            continue
    raise LookupError("Asia/Jakarta")


def _moment(moment: datetime, zone: tzinfo) -> str:
    return show_moment(shell.language(), moment.astimezone(zone))


def _who(name: str) -> str:
    if name == "command line":
        return shell.say("audit.command_line")
    if name.startswith("unknown:"):
        return shell.say("audit.unknown_name")
    return name


def _act(act: str) -> str:
    return _known(f"audit.act_{act}", act)


def _details(details: Mapping[str, object]) -> str:
    """The details in one line: "pengguna: budi; peran: Petugas unit"."""
    return "; ".join(
        f"{_known(f'audit.key_{key}', key)}: {_value(key, value)}"
        for key, value in details.items()
        if value is not None
    )


def _value(key: str, value: object) -> str:
    if key in SPOKEN:
        return _known(SPOKEN[key].format(value), str(value))
    if isinstance(value, list):
        if len(value) > LONGEST_LIST:
            return shell.say("audit.items", number=shell.number(len(value), 0))
        return ", ".join(map(str, value))
    return str(value)


def _known(key: str, otherwise: str) -> str:
    """The text under the key; later kinds of acts may have none yet."""
    return shell.say(key) if key in texts(shell.language()) else otherwise

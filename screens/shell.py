"""What all screens share: the visitor's language, who signed in, the database."""

import logging
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

import streamlit as st

from accounts.actors import Actor, Forbidden
from accounts.log_in import COOKIE, find_actor
from analysis.rulebook.certainty import load_certainty
from locales import (
    LANGUAGES,
    Language,
    show_date,
    show_month,
    show_number,
    show_percent,
    show_signed,
)
from locales import say as say_in
from models import now, reading
from models.places import TIMEZONES
from survey.instance import engine as engine
from survey.instance import secret as secret

LANGUAGE = "shell_language"
SWITCH = "shell_language_switch"
TIMEZONE = "shell_timezone"
DRAWN_FOR = "shell_drawn_for"
AGAIN = "shell_again"
EVERY = 20  # seconds
SHORT_NAMES: dict[Language, str] = {"id": "Indonesia", "en": "English"}

logger = logging.getLogger(__name__)


def language() -> Language:
    """The visitor's language: of ?lang=, of this visit, or of the last one; Indonesian first."""
    asked = (
        st.query_params.get("lang"),
        st.session_state.get(LANGUAGE),
        st.context.cookies.get("lang"),
        "id",
    )
    chosen = next(known for wish in asked for known in LANGUAGES if wish == known)
    st.session_state[LANGUAGE] = chosen
    return chosen


def actor() -> Actor | None:
    """Who signed in, with the roles as they are at this moment; None for the public."""
    cookie = st.context.cookies.get(COOKIE)
    if not cookie:
        return None
    with reading(engine()) as session:
        return find_actor(session, cookie, now())


def begin_for(actor: Actor | None) -> None:
    """Keeps for this visit for whom the page is drawn, and in which zone its days are told.

    The public's are the capital's. What was kept for somebody else is let go: a browser that
    logged out and in again comes back to the same visit.
    """
    before = st.session_state.get(DRAWN_FOR)
    if before is not None and (actor is None or before.user_id != actor.user_id):
        st.session_state.clear()
    st.session_state[DRAWN_FOR] = actor
    st.session_state[TIMEZONE] = actor.timezone if actor else TIMEZONES[0]


def drawn_for_them() -> bool:
    """Whether the page was drawn for who signed in now, with the roles of now."""
    return DRAWN_FOR not in st.session_state or actor() == st.session_state[DRAWN_FOR]


def signed_in() -> Actor:
    """Who signed in. Raises Forbidden where nobody is."""
    found = actor()
    if found is None:
        raise Forbidden("nobody signed in")
    return found


def address_in_the_browser() -> str:
    """The address under which the visitor reached this service."""
    address = urlsplit(st.context.url or "")
    return f"{address.scheme}://{address.netloc}" if address.netloc else ""


def say(key: str, **values: object) -> str:
    """The text under ``key`` ("dashboard.respondents") in the visitor's language."""
    return say_in(language(), key, **values)


def number(value: Any, decimals: int = 2) -> str:
    """The number as the visitor writes it: 78,74 in Indonesian."""
    return show_number(language(), value, decimals)


def percent(share: Any, decimals: int = 0) -> str:
    """A share of a whole, with the sign: 12,5% in Indonesian."""
    return show_percent(language(), share, decimals)


def level() -> str:
    """At which level intervals stand, in percent without the sign."""
    return number(100 * load_certainty().level, 0)


def signed(value: float | None) -> str:
    """A difference with its sign; a dash where there is none."""
    return "–" if value is None else show_signed(language(), value)


def day(value: date) -> str:
    """The date in the visitor's words; of a moment the day that it was where the visitor works."""
    if isinstance(value, datetime):
        value = value.astimezone(_zone()).date()
    return show_date(language(), value)


def today() -> date:
    """The day that it is where the visitor works."""
    return now().astimezone(_zone()).date()


def _zone() -> ZoneInfo:
    return ZoneInfo(st.session_state.get(TIMEZONE, TIMEZONES[0]))


def month(value: date) -> str:
    """The month of a date in the visitor's words."""
    return show_month(language(), value)


def header(signed_in: bool) -> None:
    """The row above every screen: the switch of language, and the way in for officials.

    Above it, once, that the database answers again.
    """
    if st.session_state.pop(AGAIN, False):
        st.warning(say("shell.again"), icon=":material/info:")
    st.session_state[SWITCH] = language()
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.segmented_control(
            "Bahasa / Language",
            list(LANGUAGES),
            format_func=SHORT_NAMES.__getitem__,
            key=SWITCH,
            on_change=_switch_language,
            required=True,
            label_visibility="collapsed",
        )
        if not signed_in:
            _log_in_link()


def path() -> str:
    """The path of the page that is open, as the browser's address ends: "tindak-lanjut"."""
    return (st.context.url or "").rpartition("/")[2]


def tabs(pages: Sequence[st.Page], icons: Sequence[str]) -> None:
    """The row of links above a screen to the pages of its subject, see frame.js; none of none."""
    if not pages:
        return
    with st.container(horizontal=True, gap=None, key="shell_tabs"):
        for page, icon in zip(pages, icons, strict=True):
            st.page_link(page, label=say(f"menu.page_{page.url_path}"), icon=icon)


def address(path: str, **choices: str) -> str:
    """The address of a screen on this server, in the visitor's language, with what is chosen."""
    return f"/{path}?{urlencode({**choices, 'lang': language()})}"


def signed_in_as(person: Actor) -> None:
    """At the foot of the menu: who signed in, and the way out."""
    with st.sidebar:
        with st.container(gap=None):
            st.caption(say("shell.signed_in_as"))
            st.text(person.name)
        address, title = f"/sandi?lang={language()}", say("log_in.change")
        st.html(f'<a class="log-in" href="{address}">{title}</a>', width="content")
        st.html(
            '<form class="log-out" method="post" action="/keluar">'
            f"<button>{say('shell.log_out')}</button></form>"
        )


def refuse() -> None:
    """In place of a screen that the visitor has no right to."""
    if actor() is None:
        st.title(say("shell.log_in_first"))
        st.write(say("shell.log_in_first_why"))
        _log_in_link()
    else:
        st.error(say("shell.forbidden"), icon=":material/lock:")


def after_a_fault() -> bool:
    """Whether the page is drawn anew by itself: Streamlit then knows no page but the first."""
    return AGAIN in st.session_state


def _log_in_link() -> None:
    """A plain link: Streamlit's own open a new tab."""
    address = f"/masuk?lang={language()}"
    st.html(f'<a class="log-in" href="{address}">{say("shell.log_in")}</a>', width="content")


def _switch_language() -> None:
    chosen = st.session_state[SWITCH]
    if chosen in LANGUAGES:
        st.session_state[LANGUAGE] = chosen
        st.query_params["lang"] = chosen

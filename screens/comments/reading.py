"""The reading room: what citizens wrote, by kind and element, and how that changes."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from random import randrange
from typing import TypeVar
from urllib.parse import quote

import altair as alt
import pandas as pd
import streamlit as st

from accounts.actors import runs_unit
from analysis.disclosure import SMALLEST_GROUP
from desk.comments.reading import (
    UNREAD,
    Count,
    Quote,
    Room,
    Wanted,
    alike,
    periods_read,
    reading_room,
)
from models import Period, Unit
from models.responses import FORMS
from reports.style import INK, TEXT
from screens import charts
from screens.choices import choose_unit
from screens.looks import look
from screens.plain import plain
from screens.shell import language, number, say
from survey.schemes import used_scheme

KINDS = (*FORMS, "praise", "neutral", UNREAD)
SENTIMENTS = ("negative", "neutral", "positive")
QUOTES_SHOWN = 50
ROW_HEIGHT = 58
BELOW = 9  # the circles stand under their names
SHUFFLE = "reading_shuffle"

K = TypeVar("K", int, str)


def _told_apart(periods: Sequence[Period]) -> dict[int, str]:
    """The names of the periods, with their code where two have the same."""
    times = Counter(period.name for period in periods)
    return {
        one.id: one.name if times[one.name] == 1 else f"{one.name} ({one.code})" for one in periods
    }


def screen() -> None:
    """Asks for the unit; shows its trends and its comments."""
    st.title(say("shell.page_komentar"))
    with look() as (session, actor):
        unit = choose_unit(session, actor, "reading")
        if unit is None:
            return
        room = reading_room(session, actor, unit.id)
        found = periods_read(session, room)
        periods = _told_apart(found)
        elements = {
            node.key: node.name[language()]
            for period in found
            for node in used_scheme(period).children
        }
    st.markdown(say("reading.lead_all" if room.reads_all else "reading.lead_unit"))
    if not room.quotes and not room.serious:
        told = "reading.none" if room.reads_all else "reading.empty"
        st.info(say(told, smallest=SMALLEST_GROUP), icon=":material/forum:")
        return
    _trends(room, periods, elements)
    _quotes(room, unit, periods, elements, runs_unit(actor, unit))


def _trends(room: Room, periods: Mapping[int, str], elements: Mapping[str, str]) -> None:
    st.header(say("reading.trends"))
    kinds = {kind: say(f"reading.kind_{kind}") for kind in KINDS}
    by_form, by_element = st.tabs([say("reading.by_form"), say("reading.by_element")])
    with by_form:
        _trend("reading_forms", "reading.forms_shown", room.forms(), periods, kinds)
        if not room.reads_all:
            st.caption(say("reading.serious", smallest=SMALLEST_GROUP))
    with by_element:
        _trend("reading_elements", "reading.elements_shown", room.elements(), periods, elements)


def _trend(
    key: str,
    sentence: str,
    counts: Sequence[Count],
    periods: Mapping[int, str],
    names: Mapping[str, str],
) -> None:
    if not counts:
        st.caption(say("reading.nothing_counted"))
        return
    shown = [name for name in names if any(one.name == name for one in counts)]
    found = {(one.period, one.name): one for one in counts}
    frame = pd.DataFrame(
        {
            "period": period,
            "name": names[name],
            "value": one.number if one else 0,
            "text": _written(one),
        }
        for name in shown
        for key_of, period in periods.items()
        for one in [found.get((key_of, name))]
    )
    table = frame.pivot(index="name", columns="period", values="text")
    ordered = table.loc[[names[name] for name in shown], list(periods.values())]
    told = ordered.rename_axis(None, axis=1).rename_axis(say("reading.kind")).reset_index()
    charts.show(_chart(frame), say(sentence), told, key)


def _written(one: Count | None) -> str:
    if one is None:
        return "–"
    text = number(one.number, 0)
    return say("reading.at_least", number=text) if one.at_least else text


def _chart(frame: pd.DataFrame) -> charts.Chart:
    """A row of circles for each name, a circle a period, as large as its number."""
    names = list(dict.fromkeys(frame["name"]))
    tips = frame.assign(tip=frame["name"] + ", " + frame["period"] + ": " + frame["text"])
    base = alt.Chart(tips).encode(
        x=alt.X(
            "period:O",
            sort=list(dict.fromkeys(frame["period"])),
            title=None,
            axis=alt.Axis(labelAngle=0, labelExpr="split(datum.label, ' ')", domain=False),
        ),
        y=alt.Y("name:N", sort=names, axis=None),
        tooltip=alt.Tooltip("tip:N"),
    )
    known = base.transform_filter("datum.value > 0")
    circles = known.mark_circle(aria=False, color=INK, opacity=1, yOffset=BELOW).encode(
        size=alt.Size("value:Q", scale=alt.Scale(range=[0, 500], zero=True), legend=None)
    )
    texts = known.mark_text(aria=False, align="left", dx=15, dy=BELOW, color=TEXT, fontSize=12)
    headings = base.mark_text(aria=False, align="left", dy=-16, color=TEXT, fontSize=13)
    return alt.layer(
        circles,
        texts.encode(text=alt.Text("text:N")),
        headings.encode(x=alt.value(0), text=alt.Text("name:N")),
    ).properties(height=alt.Step(ROW_HEIGHT))


def _quotes(
    room: Room,
    unit: Unit,
    periods: Mapping[int, str],
    elements: Mapping[str, str],
    mine: bool,
) -> None:
    st.header(say("reading.quotes"))
    kinds = {kind: say(f"reading.kind_{kind}") for kind in _occurring(room.quotes)}
    feelings = {one: say(f"reading.sentiment_{one}") for one in SENTIMENTS}
    left, right = st.columns(2)
    with left:
        period = _choose("period", say("dashboard.period"), periods)
        label = _choose("label", say("reading.kind"), kinds)
    with right:
        element = _choose("element", say("reading.element"), elements)
        sentiment = _choose("sentiment", say("reading.sentiment"), feelings)
    seed = st.session_state.setdefault(SHUFFLE, randrange(2**32))
    found = room.wanted(Wanted(period, label, element, sentiment), seed)
    shown = {"found": number(len(found), 0), "shown": number(min(len(found), QUOTES_SHOWN), 0)}
    st.caption(say("reading.found", **shown))
    if st.toggle(say("reading.together"), key="reading_together"):
        _groups(found, elements)
    else:
        _list(found, elements)
    if mine:
        _plan_link(unit, element)


def _list(found: Sequence[Quote], elements: Mapping[str, str]) -> None:
    for one in found[:QUOTES_SHOWN]:
        _quote(one, elements)
    if len(found) > QUOTES_SHOWN and st.button(say("reading.others"), key="reading_others"):
        st.session_state[SHUFFLE] = randrange(2**32)
        st.rerun()


def _groups(found: Sequence[Quote], elements: Mapping[str, str]) -> None:
    with st.spinner(say("reading.comparing")):
        together = alike(found)
    grouped = sum(len(group.quotes) for group in together)
    st.caption(say("reading.alone", number=number(len(found) - grouped, 0)))
    for at, group in enumerate(together):
        title = say(
            "reading.group",
            concern=say(f"reading.concern_{group.concern}"),
            number=len(group.quotes),
        )
        with st.expander(title, key=f"reading_group_{at}"):
            if group.title:
                st.caption(say("reading.group_words", title=plain(group.title)))
            for one in group.quotes[:QUOTES_SHOWN]:
                _quote(one, elements)


def _occurring(quotes: Iterable[Quote]) -> list[str]:
    found = {one.label for one in quotes}
    found |= {one.triaged.secondary for one in quotes if one.triaged and one.triaged.secondary}
    return [kind for kind in KINDS if kind in found]


def _choose(name: str, label: str, words: Mapping[K, str]) -> K | None:
    """One of them, or none for all."""
    return st.selectbox(
        label,
        list(words),
        index=None,
        format_func=words.__getitem__,
        placeholder=say("reading.all"),
        key=f"reading_{name}",
    )


def _quote(one: Quote, elements: Mapping[str, str]) -> None:
    with st.container(border=True):
        st.text(one.text)
        about = [say("reading.urgent")] if one.urgent else []
        about.append(say(f"reading.kind_{one.label}"))
        if one.triaged and one.triaged.abstained:
            about.append(say("reading.unsure"))
        if one.triaged and one.triaged.aspect:
            about.append(say(f"reading.aspect_{one.triaged.aspect}"))
        if one.triaged and one.triaged.withheld:
            about.append(say("reading.withheld"))
        if one.triaged:
            about += [elements.get(key, key) for key in one.triaged.elements]
        st.caption(" · ".join(map(plain, about)))


def _plan_link(unit: Unit, element: str | None) -> None:
    """To the follow-up plan of the unit, where the element is chosen already."""
    chosen = f"&unsur={quote(element)}" if element else ""
    address = f"/tindak-lanjut?unit={quote(unit.code)}{chosen}&lang={language()}"
    st.html(f'<a href="{escape(address)}">{escape(say("reading.to_plan"))}</a>')

"""Survey periods of an institution: its coordinator opens and closes them."""

from datetime import date
from functools import partial

import pandas as pd
import streamlit as st

from analysis.rulebook.defaults import load_defaults
from analysis.rulebook.instrument import instrument_ids, load_instrument
from desk.home.closing import ClosingEffect, closing_effects
from desk.office.periods import NewPeriod, close_in_slices, open_period
from desk.places import periods_within
from models import Period
from models.periods import HEADLINES
from screens.acts import act, act_in_slices, tell_done
from screens.choices import choose_institution
from screens.looks import look
from screens.plain import plain, show_table
from screens.shell import day, language, number, say


def screen() -> None:
    """Lists the periods; opens a new one; closes one for good."""
    st.title(say("shell.page_periode"))
    tell_done()
    with look() as (session, actor):
        institution = choose_institution(session, actor, "periods")
        if institution is None:
            return
        periods = periods_within(session, actor, institution.id)
        _show(periods)
        running = [period for period in periods if period.closed_at is None]
        effects = closing_effects(session, actor, running)
    for period in running:
        _ask_close(period, effects[period.id])
    _ask_open(institution.id)


def _show(periods: list[Period]) -> None:
    if not periods:
        st.info(say("periods.none"), icon=":material/event:")
        return
    rows = [
        (
            period.name,
            period.code,
            day(period.starts),
            day(period.ends),
            period.instrument.key,
            say("periods.closed" if period.closed_at else "periods.open"),
        )
        for period in periods
    ]
    headings = ("name", "code", "starts", "ends", "instrument", "state")
    frame = pd.DataFrame(rows, columns=[say(f"periods.{key}") for key in headings])
    show_table(frame)


def _ask_close(period: Period, effect: ClosingEffect) -> None:
    """Says first what closing does to all units; before the last day that must be confirmed."""
    name, key = plain(period.name), f"close_{period.id}"
    with st.popover(say("periods.close", name=name), icon=":material/lock:"):
        st.markdown(_what_closing_does(effect))
        sure = not effect.early or st.checkbox(
            say("periods.close_early", units=number(effect.units, 0)), key=f"{key}_early"
        )
        closed = st.button(
            say("periods.close_for_good"), key=key, type="primary", disabled=not sure
        )
    if closed and sure:
        act_in_slices(
            say("periods.is_closed", name=name), partial(close_in_slices, period_id=period.id)
        )


def _what_closing_does(effect: ClosingEffect) -> str:
    told = [say("periods.close_means", units=number(effect.units, 0))]
    if effect.days_left is not None:
        told.insert(0, say("periods.close_left", days=effect.days_left))
    if effect.short:
        told.append(say("periods.close_short", number=number(effect.short, 0)))
    if effect.piles:
        told.append(say("periods.close_piles", number=number(effect.piles, 0)))
    return "\n\n".join(told)


def _ask_open(institution: int) -> None:
    st.header(say("periods.new"))
    titles = {key: load_instrument(key).title[language()] for key in instrument_ids()}
    with st.form("open_period", enter_to_submit=False):
        name = st.text_input(say("periods.name"), max_chars=200, key="period_name")
        code = st.text_input(
            say("periods.code"), max_chars=60, key="period_code", help=say("periods.code_help")
        )
        left, right = st.columns(2)
        starts = left.date_input(
            say("periods.starts"), value=None, format="DD/MM/YYYY", key="period_starts"
        )
        ends = right.date_input(
            say("periods.ends"), value=None, format="DD/MM/YYYY", key="period_ends"
        )
        instrument = st.selectbox(
            say("periods.instrument"),
            list(titles),
            index=list(titles).index(load_defaults().questionnaire),
            format_func=titles.__getitem__,
            key="period_instrument",
        )
        headline = st.radio(
            say("periods.headline"),
            HEADLINES,
            format_func=lambda rule: say(f"periods.headline_{rule}"),
            key="period_headline",
        )
        st.caption(say("periods.headline_means"))
        st.caption(say("periods.fixed"))
        if not st.form_submit_button(say("periods.open_it"), type="primary"):
            return
    if not (name.strip() and code.strip() and isinstance(starts, date) and isinstance(ends, date)):
        st.error(say("periods.incomplete"), icon=":material/error:")
        return
    new = NewPeriod(institution, code.strip(), name.strip(), starts, ends, instrument, headline)
    act(
        say("periods.is_open", name=plain(name)),
        lambda session, actor: open_period(session, actor, new),
    )

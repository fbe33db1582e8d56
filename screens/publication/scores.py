"""A year's scores on the analyst's desk: zones, ranks, the map, what changed, publishing."""

import pandas as pd
import streamlit as st

from accounts.actors import require_analyst
from analysis.index.league import areas
from analysis.rulebook.scheme import Scheme
from desk.index.league import league_of, units_of
from desk.index.perception import ScoredRound, Scoring, assessed_years, year_shown
from desk.index.surveyed import IMPORT
from screens.acts import tell_done
from screens.choices import warn_of_demonstration, warn_of_simulated_round
from screens.index import lacking, league, spread, tiles, yearly
from screens.index.schemes import ask_scheme, ask_stand_in
from screens.looks import look
from screens.plain import plain
from screens.publication import explain, publishing
from screens.shell import language, say, signed_in
from screens.watching import part
from survey.counts import OPEN_LINK

VIEWS = ("institutions", "zones", "map", "change", "units")


def screen() -> None:
    """Asks for scheme and year; shows scores and how they came about; publishes them."""
    st.title(say("shell.page_indeks"))
    tell_done()
    left, right = st.columns([3, 1])
    with left:
        scheme = ask_scheme("scores_scheme")
    with look() as (session, actor):
        years = assessed_years(session, actor)
        if not years:
            st.info(say("scores.nothing"), icon=":material/info:")
            return
        year = right.selectbox(say("words.year"), years, key="scores_year")
        stand_in = ask_stand_in(scheme, "scores_stand_in")
        without = st.multiselect(
            say("scores.without"),
            (OPEN_LINK, IMPORT),
            format_func=lambda source: say(f"scores.without_{source}"),
            placeholder=say("scores.without_nothing"),
            key="scores_without",
        )
        scored = year_shown(session, actor, Scoring(scheme, year, stand_in, without))
        warn_of_demonstration(any(unit.institution.demonstration for unit in scored.units))
        league.introduce(scheme, year, scored.not_independent, without)
        warn_of_simulated_round(session, year)
        part(_views)(scored, league_of(scored), stand_in)
        publishing.ask_preparation(session, scored, stand_in)
        publishing.show_waiting(session, actor)


def _views(scored: ScoredRound, frame: pd.DataFrame, stand_in: bool) -> None:
    """What one looks at without scoring the year again."""
    require_analyst(signed_in())
    scheme = scored.result.scheme
    names = [say(f"scores.{view}") for view in VIEWS]
    tabs = dict(zip(VIEWS, st.tabs(names, key="scores_view", on_change="rerun"), strict=True))
    if tabs["institutions"].open:
        with tabs["institutions"]:
            address = explain.linked(scored.year, scheme, stand_in)
            found = league.show_league(frame, scheme, "scores", address)
            league.hand_out_file(found, scheme, "scores")
    if tabs["zones"].open:
        with tabs["zones"]:
            spread.show_zones(frame, "scores")
            spread.show_distribution(frame, scheme, "scores")
    if tabs["map"].open:
        with tabs["map"]:
            tiles.show_map(areas(scheme, frame), frame, scheme, "scores_map")
    if tabs["change"].open:
        with tabs["change"]:
            yearly.show(scored, frame, stand_in)
    if tabs["units"].open:
        with tabs["units"]:
            _units(scored, frame, scheme)


def _units(scored: ScoredRound, frame: pd.DataFrame, scheme: Scheme) -> None:
    """The units of one institution, or of all, with what an unscored one lacks."""
    names = dict(zip(frame["code"], frame["name"], strict=True))
    institution = st.selectbox(
        say("words.institution"),
        list(names),
        index=None,
        format_func=names.__getitem__,
        placeholder=say("words.all"),
        key="scores_of",
    )
    units = units_of(scored)
    if institution is not None:
        units = units[units["institution"] == institution]
    nodes = {node.key: node.name[language()] for node in scheme.nodes()}
    told = {
        missing: say("league.missing", missing=", ".join(nodes.get(one, one) for one in missing))
        for missing in units["missing"].unique()
        if missing
    }
    units = units.assign(remark=units["missing"].map(told))
    of = dict(zip(units["code"], units["institution"], strict=True))
    address = explain.linked(scored.year, scheme, scored.not_independent)
    league.show_scores(
        units, scheme, "scores_units", lambda code: f"{address(of[code])}&unit={code}"
    )
    for unit, found in zip(scored.units, scored.result.units, strict=True):
        if institution in (None, unit.institution.code) and unit.id in scored.waivers:
            st.markdown(f"**{plain(unit.name)}**")
            waiver, has_score = scored.waivers[unit.id], found.score is not None
            lacking.show_waiver(scored.year, waiver, unit, has_score)

"""What scores look like, alike on the analyst's desk and on the public page."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from analysis.scheme import Scheme
from reports.style import INK, ZONES
from screens import charts
from screens.shell import language, number, say

MOST_TOLD = 10


def introduce(scheme: Scheme, not_independent: bool, without: Sequence[str]) -> None:
    """Whose measure it is, what in it is not official, and what its evidence lacks."""
    if scheme.owner == "project":
        st.warning(say("league.own_model"), icon=":material/info:")
    if scheme.note:
        st.caption(scheme.note[language()])
    if doubtful := [standing for standing in scheme.standings if standing != "stated"]:
        words = say("league.or").join(say(f"league.{standing}") for standing in doubtful)
        st.caption(say("league.standings", standings=words))
    if not_independent:
        st.warning(say("league.not_independent"), icon=":material/warning:")
    for source in without:
        st.caption(say(f"league.without_{source}"))


def category(scheme: Scheme) -> str:
    """The heading of a score's label: an "opini" is the Ombudsman's alone."""
    return say("league.opinion" if scheme.owner == "ombudsman" else "league.category")


def show_zones(rows: Sequence[Mapping[str, Any]]) -> None:
    """How many are in each zone."""
    counts = Counter(row["zone"] for row in rows)
    with st.container(horizontal=True):
        for zone in ZONES:
            st.metric(say(f"league.{zone}"), number(counts[zone], 0), border=True, width="content")


def _ticks(scheme: Scheme) -> list[float]:
    """Five numbers over the scale of the scheme."""
    low, high = map(float, scheme.span)
    return [low + (high - low) * part / 4 for part in range(5)]


def show_league(rows: Sequence[Mapping[str, Any]], scheme: Scheme, key: str) -> None:
    """Scores, best first, as bars in the colour of their zone and as a table.

    A row has name, score (text or None), grade, zone, label, rank, and others by heading.
    """
    ordered = sorted(
        (row for row in rows if row["score"] is not None),
        key=lambda row: float(row["score_value"]),
        reverse=not scheme.inverted,
    )
    if ordered:
        frame = pd.DataFrame(
            {
                "name": [row["name"] for row in ordered],
                "value": [float(row["score_value"]) for row in ordered],
                "text": [f"{row['score']}  {row['grade'] or ''}" for row in ordered],
            }
        )
        colours = [ZONES.get(row["zone"], INK) for row in ordered]
        chart = charts.bars(frame, _ticks(scheme), say("league.score"), colours)
        best = ", ".join(f"{row['name']} {row['score']}" for row in ordered[:MOST_TOLD])
        charts.draw(chart, f"{say('league.score')}: {best}", key)
    shown = ("rank", "name", "score", "grade", "zone", "label", "rank_in_province", "remark")
    headings = {name: say(f"league.{name}") for name in shown} | {"label": category(scheme)}
    unscored = [row for row in rows if row["score"] is None]
    table = pd.DataFrame([*ordered, *unscored], columns=list(shown))
    table["zone"] = table["zone"].map(lambda zone: say(f"league.{zone}"), na_action="ignore")
    table = table.dropna(axis=1, how="all")
    st.dataframe(table.rename(columns=headings), hide_index=True, width="stretch", key=key)

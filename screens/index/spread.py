"""How many institutions are in each zone, class by class, and how their scores spread."""

from itertools import pairwise

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from analysis.index.league import zone_counts
from analysis.rulebook.scheme import Scheme
from locales import show_range
from models.places import KINDS
from reports.style import INK, TEXT, ZONES
from screens import charts
from screens.shell import number, say

BINS = 25
FEWEST = 5  # whose quartiles say something
NONE = "#c9d0d2"


def show_zones(league: pd.DataFrame, key: str) -> None:
    """A number a zone, and a bar a class, split by zone."""
    zones = [*ZONES, "none"] if league["zone"].isna().any() else list(ZONES)
    names = {zone: say(f"league.{zone}") for zone in zones}
    counts = zone_counts(league, list(ZONES))
    totals = counts.sum()
    with st.container(horizontal=True):
        for zone in zones:
            st.metric(names[zone], number(totals[zone], 0), border=True, width="content")
    if len(league) <= len(zones) or not totals[list(ZONES)].sum():
        return
    kinds = [kind for kind in KINDS if kind in counts.index]
    found = counts.to_dict("index")
    rows = [
        {
            "class": say(f"league.{kind}"),
            "zone": names[zone],
            "number": found[kind][zone],
            "order": at,
            "tip": f"{say(f'league.{kind}')}, {names[zone]}: {number(found[kind][zone], 0)}",
        }
        for kind in kinds
        for at, zone in enumerate(zones)
    ]
    colours = [*ZONES.values(), NONE][: len(zones)]
    chart = (
        alt.Chart(pd.DataFrame(rows))
        .mark_bar(aria=False, size=22)
        .encode(
            y=alt.Y("class:N", sort=None, title=None),
            x=alt.X("number:Q", stack="normalize", axis=alt.Axis(format="%", title=None)),
            color=alt.Color(
                "zone:N",
                scale=alt.Scale(domain=[names[zone] for zone in zones], range=colours),
                legend=alt.Legend(title=None, orient="top"),
            ),
            order=alt.Order("order:Q"),
            tooltip=alt.Tooltip("tip:N"),
        )
        .properties(height=alt.Step(38))
    )
    table = counts.loc[kinds, zones].map(lambda found: number(found, 0))
    table.insert(0, say("league.kind"), [say(f"league.{kind}") for kind in kinds])
    green = totals["green"] / totals.sum() * 100
    sentence = say("spread.zones_sentence", share=number(green), all=number(len(league), 0))
    charts.show(chart, sentence, table.rename(columns=names), f"{key}_zones")


def show_distribution(league: pd.DataFrame, scheme: Scheme, key: str) -> None:
    """How many institutions have which score, each in the colour of its zone."""
    scored = league[league["score"].notna()]
    if len(scored) < FEWEST:
        return
    frame = binned(scored, *map(float, scheme.span))
    labels = charts.decimal_mark()
    bars = (
        alt.Chart(frame)
        .mark_rect(aria=False, stroke="white")
        .encode(
            x=alt.X(
                "start:Q",
                scale=alt.Scale(domain=[float(end) for end in scheme.span], nice=False),
                axis=alt.Axis(title=say("league.score"), labelExpr=labels),
            ),
            x2=alt.X2("end:Q"),
            y=alt.Y(
                "below:Q",
                axis=alt.Axis(title=say("spread.institutions"), tickMinStep=1, format="d"),
            ),
            y2=alt.Y2("top:Q"),
            color=alt.Color("colour:N", scale=None),
            tooltip=alt.Tooltip("tip:N"),
        )
    )
    quartiles = np.quantile(scored["score"], [0.25, 0.5, 0.75])
    median = alt.Chart(pd.DataFrame({"at": [quartiles[1]]}))
    rule = median.mark_rule(aria=False, color=TEXT, strokeDash=[4, 3], strokeWidth=2)
    told = dict(zip(("first", "median", "third"), map(number, quartiles), strict=True))
    ends = {"low": number(scored["score"].min()), "high": number(scored["score"].max())}
    sentence = say("spread.sentence", **told, **ends)
    numbers = frame.groupby("range", sort=False)["number"].sum().map(lambda one: number(one, 0))
    table = numbers.reset_index().set_axis(
        [say("league.score"), say("spread.institutions")], axis=1
    )
    chart = alt.layer(bars, rule.encode(x=alt.X("at:Q"))).properties(height=260)
    charts.show(chart, sentence, table, f"{key}_spread")


def binned(scored: pd.DataFrame, low: float, high: float) -> pd.DataFrame:
    """The scores in steps of equal width; a step with several zones is stacked."""
    edges = np.linspace(low, high, BINS + 1)
    ends = list(pairwise(edges))
    places = np.clip(np.digitize(scored["score"], edges) - 1, 0, BINS - 1)
    zones = scored["zone"].fillna("none")
    counts = pd.crosstab(places, zones).reindex(columns=[*ZONES, "none"], fill_value=0)
    rows = []
    for place, numbers in counts.to_dict("index").items():
        start, end = ends[int(str(place))]
        named, below = show_range(number(start, 0), number(end, 0)), 0
        for zone, found in numbers.items():
            colour = ZONES.get(str(zone), INK)
            tip = f"{named}: {number(found, 0)}"
            rows.append((start, end, below, below + found, found, colour, named, tip))
            below += found
    columns = ["start", "end", "below", "top", "number", "colour", "range", "tip"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame[frame["number"] > 0]

"""How many institutions are in each zone, class by class, and how their scores spread."""

from fractions import Fraction
from itertools import pairwise

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from analysis.league import zone_counts
from analysis.scheme import Scheme
from models.places import KINDS
from reports.style import INK, TEXT, ZONES
from screens import charts
from screens.shell import number, say

BINS = 25
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
            order="order:Q",
            tooltip="tip:N",
        )
        .properties(height=alt.Step(38))
    )
    table = counts.loc[kinds, zones].map(lambda found: number(found, 0))
    table.insert(0, say("league.kind"), [say(f"league.{kind}") for kind in kinds])
    green = totals["green"] / totals.sum() * 100
    sentence = say("spread.zones_sentence", share=number(green), all=number(len(league), 0))
    charts.show(chart, sentence, table.rename(columns=names), f"{key}_zones")


def show_distribution(league: pd.DataFrame, scheme: Scheme, key: str) -> None:
    """How many institutions have which score, the middle marked, bands in their colours."""
    scores = league["score"].dropna().to_numpy()
    if not len(scores):
        return
    low, high = map(float, scheme.span)
    numbers, edges = np.histogram(scores, bins=BINS, range=(low, high))
    middle = (edges[:-1] + edges[1:]) / 2
    frame = pd.DataFrame(
        {
            "start": edges[:-1],
            "end": edges[1:],
            "number": numbers,
            "colour": [_colour(scheme, one) for one in middle],
        }
    )
    frame["range"] = [f"{number(a, 0)}–{number(b, 0)}" for a, b in pairwise(edges)]
    frame["tip"] = frame["range"] + ": " + frame["number"].astype(str)
    quartiles = np.quantile(scores, [0.25, 0.5, 0.75])
    bars = (
        alt.Chart(frame)
        .mark_bar(aria=False, stroke="white")
        .encode(
            x=alt.X(
                "start:Q",
                scale=alt.Scale(domain=(low, high), nice=False),
                axis=alt.Axis(title=say("league.score"), labelExpr=charts.decimal_mark()),
            ),
            x2="end:Q",
            y2=alt.datum(0),
            y=alt.Y(
                "number:Q",
                axis=alt.Axis(title=say("spread.institutions"), tickMinStep=1, format="d"),
            ),
            color=alt.Color("colour:N", scale=None),
            tooltip="tip:N",
        )
    )
    median = alt.Chart(pd.DataFrame({"at": [quartiles[1]]}))
    rule = median.mark_rule(aria=False, color=TEXT, strokeDash=[4, 3], strokeWidth=2).encode(
        x="at:Q"
    )
    told = dict(zip(("first", "median", "third"), map(number, quartiles), strict=True))
    sentence = say("spread.sentence", **told, low=number(scores.min()), high=number(scores.max()))
    shown = frame[frame["number"] > 0]
    table = pd.DataFrame(
        {
            say("league.score"): shown["range"],
            say("spread.institutions"): shown["number"].astype(str),
        }
    )
    charts.show(alt.layer(bars, rule).properties(height=260), sentence, table, f"{key}_spread")


def _colour(scheme: Scheme, score: float) -> str:
    band = scheme.band(Fraction(score))
    return ZONES.get(str(band.zone), INK) if band else INK

"""Charts, all in one style: readable in print and by the colour-blind.

Each is shown with a sentence that says what it shows, and with its numbers as a table.
"""

from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from screens.shell import say

Chart = alt.Chart | alt.LayerChart | alt.FacetChart

INK = "#0b5d66"
ZONES = {"green": "#2e7d4f", "yellow": "#e0a800", "red": "#b3392f"}
ACCENT = "#c2571a"
TEXT = "#1d2a2e"
ROW_HEIGHT = 46


def show(chart: Chart, sentence: str, table: pd.DataFrame, key: str) -> None:
    """The chart under its sentence, its numbers folded away below it."""
    st.markdown(sentence)
    st.altair_chart(chart, width="stretch", key=f"{key}_chart", alt=sentence)
    with st.expander(say("charts.table")):
        st.dataframe(table, hide_index=True, width="stretch", key=f"{key}_table")


def bars(
    frame: pd.DataFrame, ticks: Sequence[float], axis: str, colours: Sequence[str] | None = None
) -> Chart:
    """Horizontal bars: columns ``name``, ``value``, ``text``; the order given stays.

    Each name stands above its bar, so that a phone's width is the bar's.
    """
    start, end = ticks[0], ticks[-1]
    room_for_text = start + (end - start) * 1.12
    base = alt.Chart(frame.assign(colour=colours or INK)).encode(
        y=alt.Y("name:N", sort=frame["name"].to_list(), axis=None),
        tooltip=["name", "text"],
    )
    drawn = base.mark_bar(size=14, yOffset=9, cornerRadiusEnd=3).encode(
        x=alt.X(
            "value:Q",
            scale=alt.Scale(domain=(start, room_for_text), nice=False),
            axis=alt.Axis(title=axis, values=list(ticks), format="~g"),
        ),
        x2=alt.datum(start),
        color=alt.Color("colour:N", scale=None),
    )
    names = base.mark_text(align="left", dy=-9, color=TEXT, fontSize=13).encode(
        x=alt.value(0), text="name:N"
    )
    numbers = base.mark_text(align="left", dx=6, dy=9, color=TEXT, fontSize=12).encode(
        x="value:Q", text="text:N"
    )
    return alt.layer(drawn, names, numbers).properties(height=alt.Step(ROW_HEIGHT))


def series(frame: pd.DataFrame, ticks: Sequence[float], axis: str) -> Chart:
    """A line over time: columns ``name`` (in order), ``value`` (blank: no point), ``text``."""
    base = alt.Chart(frame).encode(
        x=alt.X("name:O", sort=None, title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
        y=alt.Y(
            "value:Q",
            scale=alt.Scale(domain=(ticks[0], ticks[-1]), nice=False),
            axis=alt.Axis(title=axis, values=list(ticks), format="~g"),
        ),
        tooltip=["name", "text"],
    )
    line = base.mark_line(color=INK)
    points = base.mark_circle(color=INK, size=70, opacity=1)
    texts = base.mark_text(dy=-14, color=TEXT).encode(text="text:N")
    return alt.layer(line, points, texts).properties(height=260)

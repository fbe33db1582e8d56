"""Charts, all in one style: readable in print and by the colour-blind.

Each is shown with a sentence that says what it shows, and with its numbers as a table.
"""

from collections.abc import Sequence
from textwrap import wrap

import altair as alt
import pandas as pd
import streamlit as st

from reports.style import INK, TEXT
from screens.plain import show_table
from screens.shell import say

Chart = alt.Chart | alt.LayerChart | alt.FacetChart

ROW_HEIGHT = 46
LINE_HEIGHT = 15
LONGEST_LINE = 44  # a phone's width


def show(chart: Chart, sentence: str, table: pd.DataFrame, key: str) -> None:
    """The chart under its sentence, its numbers folded away below it."""
    st.markdown(sentence)
    draw(chart, sentence, key)
    with st.expander(say("charts.table")):
        show_table(table)


def draw(chart: Chart, sentence: str, key: str) -> None:
    """The chart alone, with the sentence for those who can't see it.

    What Vega itself would tell them is English, and its numbers are unrounded.
    """
    quiet = chart.configure(aria=False)
    st.altair_chart(quiet, width="stretch", key=f"{key}_chart", alt=sentence.replace("*", ""))


def bars(
    frame: pd.DataFrame, ticks: Sequence[float], axis: str, colours: Sequence[str] | None = None
) -> Chart:
    """Horizontal bars: columns ``name``, ``value``, ``text``; the order given stays.

    Each name stands above its bar, so that a phone's width is the bar's.
    """
    start, end = ticks[0], ticks[-1]
    room_for_text = start + (end - start) * 1.12
    lines, height = _lines(frame["name"].to_list())
    below = 9 + height / 2
    base = alt.Chart(_with_tip(frame).assign(colour=colours or INK, lines=lines)).encode(
        y=alt.Y("name:N", sort=frame["name"].to_list(), axis=None), tooltip="tip:N"
    )
    drawn = base.mark_bar(aria=False, size=14, yOffset=below, cornerRadiusEnd=3).encode(
        x=alt.X(
            "value:Q",
            scale=alt.Scale(domain=(start, room_for_text), nice=False),
            axis=alt.Axis(title=axis, values=list(ticks), format="d"),
        ),
        x2=alt.datum(start),
        color=alt.Color("colour:N", scale=None),
    )
    names = base.mark_text(
        aria=False,
        align="left",
        dy=-9 - height / 2,
        color=TEXT,
        fontSize=13,
        lineBreak="\n",
        lineHeight=LINE_HEIGHT,
    ).encode(x=alt.value(0), text="lines:N")
    numbers = base.mark_text(
        aria=False, align="left", dx=6, dy=below, color=TEXT, fontSize=12
    ).encode(x="value:Q", text="text:N")
    return alt.layer(drawn, names, numbers).properties(height=alt.Step(ROW_HEIGHT + height))


def _lines(names: Sequence[str]) -> tuple[list[str], int]:
    """The names in lines, as many for each, and the height that more than one line takes."""
    broken = [wrap(name, LONGEST_LINE) for name in names]
    most = max((len(lines) for lines in broken), default=1)
    padded = ["\n".join([""] * (most - len(lines)) + lines) for lines in broken]
    return padded, (most - 1) * LINE_HEIGHT


def _with_tip(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(tip=frame["name"] + ": " + frame["text"])


def series(frame: pd.DataFrame, ticks: Sequence[float], axis: str) -> Chart:
    """A line over time: columns ``name`` (in order), ``value`` (blank: no point), ``text``."""
    base = alt.Chart(_with_tip(frame)).encode(
        x=alt.X("name:O", sort=None, title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
        y=alt.Y(
            "value:Q",
            scale=alt.Scale(domain=(ticks[0], ticks[-1]), nice=False),
            axis=alt.Axis(title=axis, values=list(ticks), format="d"),
        ),
        tooltip="tip:N",
    )
    line = base.mark_line(aria=False, color=INK)
    points = base.mark_circle(aria=False, color=INK, size=70, opacity=1)
    texts = base.mark_text(aria=False, dy=-14, color=TEXT).encode(text="text:N")
    return alt.layer(line, points, texts).properties(height=260)

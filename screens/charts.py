"""Charts, all in one style: readable in print and by the colour-blind.

Each is shown with a sentence that says what it shows, and with its numbers as a table.
"""

from collections.abc import Sequence
from textwrap import wrap
from xml.sax.saxutils import quoteattr

import altair as alt
import pandas as pd
import streamlit as st

from analysis.rulebook.scheme import Scheme
from analysis.uncertainty.change import Change
from reports.headline_picture import data_uri
from reports.style import INK, TEXT, times_axis, zoomed
from screens.plain import show_table, spoken
from screens.shell import language, say, signed

Chart = alt.Chart | alt.LayerChart | alt.FacetChart

ROW_HEIGHT = 46
LINE_HEIGHT = 15
LONGEST_LINE = 44  # a phone's width
SOFT, EMPTY = "#cfe3e5", "#f4f7f7"


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
    st.altair_chart(quiet, width="stretch", key=f"{key}_chart", alt=spoken(sentence))


def draw_svg(svg: str, alt: str) -> None:
    """A picture of ours at the width of its place; Streamlit takes SVG only as an image."""
    st.html(f'<img src="{data_uri(svg)}" alt={quoteattr(alt)} style="width:100%">')


def bars(
    frame: pd.DataFrame, ticks: Sequence[float], axis: str, colours: Sequence[str] | None = None
) -> Chart:
    """Horizontal bars: columns ``name``, ``value``, ``text``; the order given stays.

    Each name stands above its bar, so that a phone's width is the bar's. With columns ``low``
    and ``high`` a line across the bar's end shows the interval.
    """
    frame = _with_interval(frame)
    start, end = ticks[0], ticks[-1]
    room_for_text = start + (end - start) * 1.12
    lines, height = _lines(frame["name"].to_list())
    below = 9 + height / 2
    base = alt.Chart(_with_tip(frame).assign(colour=colours or INK, lines=lines)).encode(
        y=alt.Y("name:N", sort=frame["name"].to_list(), axis=None), tooltip=alt.Tooltip("tip:N")
    )
    drawn = base.mark_bar(aria=False, size=14, yOffset=below, cornerRadiusEnd=3).encode(
        x=alt.X(
            "value:Q",
            scale=alt.Scale(domain=(start, room_for_text), nice=False),
            axis=alt.Axis(title=axis, values=list(ticks), format="d"),
        ),
        x2=alt.X2Datum(start),
        color=alt.Color("colour:N", scale=None),
    )
    intervals = base.mark_rule(aria=False, color=TEXT, strokeWidth=2, yOffset=below).encode(
        x=alt.X("low:Q"), x2=alt.X2("high:Q")
    )
    numbers = base.mark_text(
        aria=False, align="left", dx=6, dy=below, color=TEXT, fontSize=12
    ).encode(x=alt.X("high:Q"), text=alt.Text("text:N"))
    layers = alt.layer(drawn, intervals, _names(base, height), numbers)
    return layers.properties(height=alt.Step(ROW_HEIGHT + height))


def _with_interval(frame: pd.DataFrame) -> pd.DataFrame:
    """Where an interval is unknown, its ends are the value itself."""
    given = [frame[end] if end in frame else frame["value"] for end in ("low", "high")]
    low, high = (column.where(column.notna(), frame["value"]) for column in given)
    return frame.assign(low=low, high=high)


def _lines(names: Sequence[str]) -> tuple[list[str], int]:
    """The names in lines, as many for each, and the height that more than one line takes."""
    broken = [wrap(name, LONGEST_LINE) for name in names]
    most = max((len(lines) for lines in broken), default=1)
    padded = ["\n".join([""] * (most - len(lines)) + lines) for lines in broken]
    return padded, (most - 1) * LINE_HEIGHT


def _names(base: alt.Chart, height: float) -> alt.Chart:
    """Each name above its row, from the left edge on."""
    names: alt.Chart = base.mark_text(
        aria=False,
        align="left",
        dy=-9 - height / 2,
        color=TEXT,
        fontSize=13,
        lineBreak="\n",
        lineHeight=LINE_HEIGHT,
    ).encode(x=alt.value(0), text=alt.Text("lines:N"))
    return names


def _with_tip(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(tip=frame["name"] + ": " + frame["text"])


def series(frame: pd.DataFrame, scheme: Scheme) -> Chart:
    """The index over time: columns ``name`` (in order), ``value`` (blank: no point), ``text``.

    With columns ``low`` and ``high`` each point carries its interval; with a column ``run`` only
    points of the same run are joined. The scheme's bands begin at dashed lines; of its scale the
    part is drawn that holds all.
    """
    frame = _with_tip(_with_interval(frame)).assign(at=range(len(frame)))
    frame = frame.assign(run=frame.get("run", 0))
    ends = [*frame["low"].dropna().astype(float), *frame["high"].dropna().astype(float)]
    low, high = zoomed(scheme.span, ends)
    scale = alt.Scale(domain=(low, high), nice=False)
    up = alt.Y(
        "value:Q",
        scale=scale,
        axis=alt.Axis(title=scheme.short, tickCount=6, format="d"),
    )
    base = alt.Chart(frame).encode(
        x=alt.X("at:O", axis=times_axis(frame["name"].to_list())),
        y=up,
        tooltip=alt.Tooltip("tip:N"),
    )
    line = base.mark_line(aria=False, color=INK).encode(detail=alt.Detail("run:N"))
    points = base.mark_circle(aria=False, color=INK, size=70, opacity=1)
    intervals = base.mark_rule(aria=False, color=INK, strokeWidth=2).encode(
        y=alt.Y("low:Q"), y2=alt.Y2("high:Q")
    )
    texts = base.mark_text(aria=False, dy=-10, color=TEXT).encode(
        y=alt.Y("high:Q"), text=alt.Text("text:N")
    )
    layers = alt.layer(*_edges(scheme, scale, (low, high)), intervals, line, points, texts)
    return layers.properties(height=280)


def _edges(scheme: Scheme, scale: alt.Scale, part: tuple[float, float]) -> list[alt.Chart]:
    """Where the bands begin that are seen, each with its name at the right."""
    bands, (low, high) = scheme.bands.value if scheme.bands else [], part
    seen = [(float(one.start), one.grade or "") for one in bands if low < one.start < high]
    if not seen:
        return []
    frame = pd.DataFrame(seen, columns=["edge", "band"])
    base = alt.Chart(frame).encode(y=alt.Y("edge:Q", scale=scale))
    rules = base.mark_rule(aria=False, color=TEXT, strokeDash=[3, 3], opacity=0.6)
    names = base.mark_text(aria=False, align="right", dx=-2, dy=-7, color=TEXT)
    return [rules, names.encode(x=alt.value("width"), text=alt.Text("band:N"))]


def differences(frame: pd.DataFrame, axis: str) -> Chart:
    """Differences with their intervals around nil: columns ``name``, ``value``, ``low``,
    ``high``, ``text`` and ``changed``, by which they are filled or hollow."""
    lines, height = _lines(frame["name"].to_list())
    reach = max(frame[["low", "high", "value"]].abs().max().max(), 0.01) * 1.1
    base = alt.Chart(_with_tip(_with_interval(frame)).assign(lines=lines)).encode(
        y=alt.Y("name:N", sort=frame["name"].to_list(), axis=None), tooltip=alt.Tooltip("tip:N")
    )
    across = alt.X(
        "value:Q",
        scale=alt.Scale(domain=(-reach, reach), nice=False),
        axis=alt.Axis(title=axis, format="+.1f", tickCount=5, labelExpr=decimal_mark()),
    )
    below = 9 + height / 2
    nil = alt.Chart(frame).mark_rule(aria=False, color=TEXT, strokeDash=[3, 3])
    nil = nil.encode(x=alt.XDatum(0))
    intervals = base.mark_rule(aria=False, color=INK, strokeWidth=2, yOffset=below).encode(
        x=alt.X("low:Q"), x2=alt.X2("high:Q")
    )
    points = base.mark_point(
        aria=False, size=90, yOffset=below, color=INK, strokeWidth=2, opacity=1
    ).encode(
        x=across,
        fill=alt.condition("datum.changed", alt.value(INK), alt.value("white")),
    )
    layers = alt.layer(nil, intervals, points, _names(base, height))
    return layers.properties(height=alt.Step(ROW_HEIGHT + height))


def difference(name: str, change: Change) -> dict[str, object]:
    """The row of ``differences`` for one change."""
    low, high = change.interval or (None, None)
    return {
        "name": name,
        "value": change.difference,
        "low": low,
        "high": high,
        "text": signed(change.difference),
        "changed": bool(change.changed),
    }


def decimal_mark() -> str:
    """How Vega writes an axis's numbers in the visitor's language."""
    return "replace(datum.label, '.', ',')" if language() == "id" else "datum.label"


def priorities(frame: pd.DataFrame, across: str, up: str) -> Chart:
    """An importance-performance map: columns ``code``, ``name``, ``text``, ``mean`` and
    ``importance``; the lines stand at the averages, and what is to mend first is top left."""
    base = alt.Chart(_with_tip(frame))
    x = alt.X(
        "mean:Q",
        scale=alt.Scale(zero=False, padding=24),
        axis=alt.Axis(title=across, labelExpr=decimal_mark()),
    )
    y = alt.Y(
        "importance:Q", scale=alt.Scale(zero=False, padding=24), axis=alt.Axis(title=up, format="%")
    )
    lines = [
        base.mark_rule(aria=False, color=TEXT, strokeDash=[3, 3]).encode(x=alt.X("mean(mean):Q")),
        base.mark_rule(aria=False, color=TEXT, strokeDash=[3, 3]).encode(
            y=alt.Y("mean(importance):Q")
        ),
    ]
    points = base.mark_circle(aria=False, size=110, color=INK, opacity=1).encode(
        x=x, y=y, tooltip=alt.Tooltip("tip:N")
    )
    codes = base.mark_text(aria=False, dy=-14, color=TEXT, fontSize=13).encode(
        x=x, y=y, text=alt.Text("code:N")
    )
    return alt.layer(*lines, points, codes).properties(height=320)


def heatmap(frame: pd.DataFrame, across: str, up: str) -> Chart:
    """Numbers by time and day: columns ``time`` and ``day`` (in order, with every one to be
    drawn), ``number`` (blank: left empty) and ``tip``. The darker, the more."""
    times, days = (frame[column].unique().tolist() for column in ("time", "day"))
    base = alt.Chart(frame).encode(
        x=alt.X("time:O", sort=times, title=across, axis=_seldom(times, 6)),
        y=alt.Y("day:O", sort=days, title=up, axis=_seldom(days, 15)),
        tooltip=alt.Tooltip("tip:N"),
    )
    empty = base.mark_rect(aria=False, stroke="white", color=EMPTY)
    scale = alt.Scale(range=[SOFT, INK], domainMin=0)
    cells = (
        base.mark_rect(aria=False, stroke="white")
        .encode(color=alt.Color("number:Q", scale=scale, legend=None))
        .transform_filter("isValid(datum.number)")
    )
    return alt.layer(empty, cells).properties(height=alt.Step(26))


def columns(frame: pd.DataFrame, across: str, up: str) -> Chart:
    """A column for each ``name``, in order, as high as ``value``; with ``text``."""
    names = frame["name"].tolist()
    bars = alt.Chart(_with_tip(frame)).mark_bar(aria=False, color=INK)
    drawn: Chart = bars.encode(
        x=alt.X("name:O", sort=names, title=across, axis=_seldom(names, 8)),
        y=alt.Y("value:Q", title=up, axis=alt.Axis(format="d", tickMinStep=1)),
        tooltip=alt.Tooltip("tip:N"),
    ).properties(height=200)
    return drawn


def _seldom(names: Sequence[str], most: int) -> alt.Axis:
    """An axis that names all, or every second, fourth, eighth: so many at most."""
    step = 1
    while len(names) > most * step:
        step *= 2
    return alt.Axis(values=names[::step], labelAngle=0, labelOverlap=True, ticks=False)

"""Charts for paper, all in one style: read in grey and by the colour-blind.

Every value stands in figures beside its mark; colour only repeats what a word says.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

import altair as alt
import pandas as pd
import vl_convert

from reports.legible import legible
from reports.style import ACCENT, INK, TEXT, times_axis, zoomed

PaperChart = alt.LayerChart | alt.FacetChart

WIDTH = 640  # pixels: the text width of an A4 page at 96 to the inch
LONGEST_LINE = 44
LETTERS = 100  # that stand side by side across it
LINE_HEIGHT = 14
QUIET = "#c9d3d5"
# The fonts that the two writers bring along: typst, and vl-convert.
SERIF, SANS = "Libertinus Serif", "Liberation Sans"


@dataclass(frozen=True)
class SvgPicture:
    """A picture that is drawn already, its letters of the family ``SERIF``."""

    svg: str


@dataclass(frozen=True)
class Bar:
    """One bar, of a name of its own; ``text`` stands at the right, ``marked`` sets it apart."""

    name: str
    value: float
    text: str
    marked: bool = False


@dataclass(frozen=True)
class Edge:
    """Where a band begins, and its name."""

    value: float
    name: str


@dataclass(frozen=True)
class Dot:
    """A value at a time; None: a gap. ``text`` stands above it and its ``interval``."""

    name: str
    value: float | None
    text: str
    interval: tuple[float, float] | None = None


def bars(
    rows: Sequence[Bar], marks: Sequence[float], axis: str, edges: Sequence[Edge] = ()
) -> PaperChart:
    """Horizontal bars in the order given, over the edges of bands."""
    names = [wrap(_legible(row.name), LONGEST_LINE, max_lines=2, placeholder=" …") for row in rows]
    lines = max((len(name) for name in names), default=1)
    frame = pd.DataFrame(
        {
            "name": ["\n".join(name) for name in names],
            "value": [row.value for row in rows],
            "text": [_legible(row.text) for row in rows],
            "colour": [ACCENT if row.marked else INK for row in rows],
        }
    )
    end = marks[-1]
    room_for_text = end + (end - marks[0]) * 0.5
    scale = alt.Scale(domain=(marks[0], room_for_text), nice=False)
    base = alt.Chart(frame).encode(
        y=alt.Y("name:N", sort=None, title=None, axis=_names_axis()),
        x=alt.X("value:Q", scale=scale, axis=_values_axis(axis, marks)),
    )
    drawn = base.mark_bar(size=11).encode(
        x2=alt.X2Datum(marks[0]), color=alt.Color("colour:N", scale=None)
    )
    texts = base.mark_text(align="left", dx=6, color=TEXT, fontSize=12).encode(
        x=alt.XDatum(end), text=alt.Text("text:N")
    )
    step = 8 + LINE_HEIGHT * lines
    return _finished([*_edges(edges, scale), drawn, texts], height=70 + step * len(rows))


def series(
    dots: Sequence[Dot], span: tuple[float, float], edges: Sequence[Edge] = ()
) -> PaperChart:
    """The index over time, each with its interval, over the edges of bands; a gap where none is.

    ``span``: the ends of its scale, of which the part is drawn that holds all.
    """
    frame = pd.DataFrame(
        {
            "at": range(len(dots)),
            "value": [dot.value for dot in dots],
            "low": [dot.interval[0] if dot.interval else dot.value for dot in dots],
            "high": [dot.interval[1] if dot.interval else dot.value for dot in dots],
            "text": [_legible(dot.text) for dot in dots],
        }
    )
    low, high = zoomed(span, [*frame["low"].dropna(), *frame["high"].dropna()])
    scale = alt.Scale(domain=(low, high), nice=False)
    base = alt.Chart(frame).encode(
        x=alt.X("at:O", title=None, axis=times_axis([_legible(dot.name) for dot in dots], LETTERS)),
        y=alt.Y("value:Q", scale=scale, axis=alt.Axis(title=None, tickCount=6, format="d")),
    )
    line = base.mark_line(color=INK, strokeWidth=2)
    intervals = base.mark_rule(color=INK, strokeWidth=2).encode(
        y=alt.Y("low:Q"), y2=alt.Y2("high:Q")
    )
    points = base.mark_point(color=INK, filled=True, size=70, opacity=1)
    words = base.mark_text(dy=-12, color=TEXT, fontSize=12).encode(
        y=alt.Y("high:Q"), text=alt.Text("text:N")
    )
    seen = [edge for edge in edges if low < edge.value < high]
    return _finished([*_levels(seen, scale), line, intervals, points, words], height=260)


def svg(chart: PaperChart | SvgPicture) -> str:
    """The chart as SVG, its letters in the type of the PDF."""
    if isinstance(chart, SvgPicture):
        return chart.svg
    return vl_convert.vegalite_to_svg(_specified(chart, SERIF))


def png(chart: PaperChart | SvgPicture) -> bytes:
    """The chart as PNG, 300 pixels to the inch at the text width."""
    if isinstance(chart, SvgPicture):
        return vl_convert.svg_to_png(chart.svg.replace(SERIF, SANS), scale=3, ppi=96)
    return vl_convert.vegalite_to_png(_specified(chart, SANS), scale=3, ppi=96)


def _legible(text: str) -> str:
    return legible(text, in_picture=True)


def _finished(layers: Sequence[alt.Chart], height: int) -> PaperChart:
    return alt.layer(*layers).properties(
        width=WIDTH,
        height=height,
        autosize=alt.AutoSizeParams(type="fit", contains="padding"),
    )


def _edges(edges: Sequence[Edge], scale: alt.Scale) -> list[alt.Chart]:
    if not edges:
        return []
    frame = pd.DataFrame({"edge": [edge.value for edge in edges], "band": [e.name for e in edges]})
    base = alt.Chart(frame).encode(x=alt.X("edge:Q", scale=scale))
    rules = base.mark_rule(color=TEXT, strokeDash=[3, 3], opacity=0.55)
    names = base.mark_text(align="left", dx=3, dy=-7, color=TEXT, fontSize=12).encode(
        y=alt.value(0), text=alt.Text("band:N")
    )
    return [rules, names]


def _levels(edges: Sequence[Edge], scale: alt.Scale) -> list[alt.Chart]:
    """Edges of bands across, each with the name of the band that begins there."""
    if not edges:
        return []
    frame = pd.DataFrame({"edge": [edge.value for edge in edges], "band": [e.name for e in edges]})
    base = alt.Chart(frame).encode(y=alt.Y("edge:Q", scale=scale))
    rules = base.mark_rule(color=TEXT, strokeDash=[3, 3], opacity=0.55)
    names = base.mark_text(align="right", dx=-3, dy=-7, color=TEXT, fontSize=12).encode(
        x=alt.value("width"), text=alt.Text("band:N")
    )
    return [rules, names]


def _names_axis() -> alt.Axis:
    return alt.Axis(
        labelExpr="split(datum.label, '\\n')",
        labelLimit=420,
        labelLineHeight=LINE_HEIGHT,
        labelAlign="left",
        labelPadding=268,
        domain=False,
        ticks=False,
    )


def _values_axis(title: str, marks: Sequence[float]) -> alt.Axis:
    return alt.Axis(title=_legible(title), titleAnchor="start", values=list(marks), format="d")


def _specified(chart: PaperChart, font: str) -> str:
    quiet = chart.configure(font=font, background="white", padding=4)
    styled = quiet.configure_axis(
        labelColor=TEXT,
        titleColor=TEXT,
        labelFontSize=12,
        titleFontSize=12,
        titleFontWeight="normal",
        gridColor=QUIET,
        domainColor=QUIET,
        tickColor=QUIET,
    ).configure_view(stroke=None)
    return json.dumps(styled.to_dict())

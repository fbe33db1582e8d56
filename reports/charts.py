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

from reports.style import ACCENT, INK, TEXT, ticks

PaperChart = alt.LayerChart | alt.FacetChart

WIDTH = 640  # pixels: the text width of an A4 page at 96 to the inch
LONGEST_LINE = 44
LINE_HEIGHT = 14
QUIET = "#c9d3d5"
# The fonts that the two writers bring along: typst, and vl-convert.
SERIF, SANS = "Libertinus Serif", "Liberation Sans"


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


def bars(
    rows: Sequence[Bar], marks: Sequence[float], axis: str, edges: Sequence[Edge] = ()
) -> PaperChart:
    """Horizontal bars in the order given, over the edges of bands."""
    names = [wrap(row.name, LONGEST_LINE, max_lines=2, placeholder=" …") for row in rows]
    lines = max((len(name) for name in names), default=1)
    frame = pd.DataFrame(
        {
            "name": ["\n".join(name) for name in names],
            "value": [row.value for row in rows],
            "text": [row.text for row in rows],
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
        x2=alt.datum(marks[0]), color=alt.Color("colour:N", scale=None)
    )
    texts = base.mark_text(align="left", dx=6, color=TEXT, fontSize=12).encode(
        x=alt.datum(end), text="text:N"
    )
    step = 8 + LINE_HEIGHT * lines
    return _finished([*_edges(edges, scale), drawn, texts], height=70 + step * len(rows))


def series(
    names: Sequence[str],
    values: Sequence[float | None],
    texts: Sequence[str],
    span: tuple[float, float],
) -> PaperChart:
    """The index over time on its scale, ``span``; a gap where there is none."""
    frame = pd.DataFrame({"name": names, "value": values, "text": texts})
    low, high = span
    room_for_text = high + (high - low) * 0.1
    base = alt.Chart(frame).encode(
        x=alt.X("name:O", sort=None, title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
        y=alt.Y(
            "value:Q",
            scale=alt.Scale(domain=(low, room_for_text), nice=False),
            axis=alt.Axis(title=None, values=ticks(low, high), format="d"),
        ),
    )
    line = base.mark_line(color=INK, strokeWidth=2)
    points = base.mark_point(color=INK, filled=True, size=70, opacity=1)
    words = base.mark_text(dy=-14, color=TEXT, fontSize=12).encode(text="text:N")
    return _finished([line, points, words], height=240)


def svg(chart: PaperChart) -> str:
    """The chart as SVG, its letters in the type of the PDF."""
    return vl_convert.vegalite_to_svg(_specified(chart, SERIF))


def png(chart: PaperChart) -> bytes:
    """The chart as PNG, 300 pixels to the inch at the text width."""
    return vl_convert.vegalite_to_png(_specified(chart, SANS), scale=3, ppi=96)


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
        y=alt.value(0), text="band:N"
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
    return alt.Axis(title=title, titleAnchor="start", values=list(marks), format="d")


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

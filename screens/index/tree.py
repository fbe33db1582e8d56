"""A scheme as a picture: each node as high as its share of the whole, its parts to its right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from textwrap import wrap

import altair as alt
import pandas as pd

from analysis.rulebook.scheme import Node, Scheme
from screens import charts

LEAVES = 0.46  # of the width: the names of the lowest parts are the longest
LOWEST = 17  # pixels of the lowest node, so that its name can be read
HEIGHTS = (240, 820)
LETTER = 10  # pixels below which a name can not be read, and is left to table and tooltip
GAP = 0.0015
LINE = 13  # pixels
SHORTEST = 14  # characters of a line, before a name takes another one


@dataclass(frozen=True)
class NodePlace:
    """Where a node stands: from ``top`` to ``bottom``, 0-1 of the whole."""

    node: Node
    depth: int
    top: float
    bottom: float

    @property
    def share(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True)
class Look:
    """How a node is drawn: its second text, its colour, and the colour of its letters."""

    text: str
    colour: str
    letters: str


def places(scheme: Scheme) -> list[NodePlace]:
    """The nodes below the root, parents first, by their shares of the whole."""
    found: list[NodePlace] = []

    def descend(parent: Scheme | Node, depth: int, top: Fraction, height: Fraction) -> None:
        weights = sum((one.weight.value for one in parent.children), Fraction(0))
        for child in parent.children:
            own = height * child.weight.value / weights
            found.append(NodePlace(child, depth, float(top), float(top + own)))
            descend(child, depth + 1, top, own)
            top += own

    descend(scheme, 0, Fraction(0), Fraction(1))
    return found


def picture(
    scheme: Scheme, look: Callable[[NodePlace], Look], name: Callable[[Node], str]
) -> charts.Chart:
    """The tree from left to right; parts without parts of their own reach the right edge."""
    drawn = places(scheme)
    starts = _starts(1 + max(one.depth for one in drawn))
    least = min(one.share for one in drawn)
    height = int(min(max(LOWEST / least, HEIGHTS[0]), HEIGHTS[1]))
    frame = pd.DataFrame([_row(one, starts, look(one), name(one.node), height) for one in drawn])
    down = alt.Scale(domain=(1, 0), nice=False)
    base = alt.Chart(frame).encode(
        x=alt.X("left:Q", axis=None, scale=alt.Scale(domain=(0, 1), nice=False)),
        y=alt.Y("top:Q", axis=None, scale=down),
    )
    boxes = base.mark_rect(aria=False, stroke="white", cornerRadius=2).encode(
        x2=alt.X2("right:Q"),
        y2=alt.Y2("bottom:Q"),
        color=alt.Color("colour:N", scale=None),
        tooltip=alt.Tooltip("tip:N"),
    )
    texts = [
        base.transform_filter(f"datum.left == {start} && datum.right == {end}")
        .transform_filter(f"(datum.bottom - datum.top) * {height} > {LETTER}")
        .mark_text(
            aria=False,
            align="left",
            baseline="middle",
            dx=5,
            lineBreak="\n",
            lineHeight=LINE,
            fontSize=13 if start == 0 else 11,
            fontWeight="bold" if start == 0 else "normal",
            limit=alt.ExprRef(f"width * {end - start} - 9"),
        )
        .encode(
            y=alt.Y("middle:Q", axis=None, scale=down),
            text=alt.Text("text:N"),
            color=alt.Color("letters:N", scale=None),
        )
        for start, end in sorted(set(zip(frame["left"], frame["right"], strict=True)))
    ]
    return alt.layer(boxes, *texts).properties(height=height)


def _starts(levels: int) -> list[float]:
    """Where the columns begin: the last takes its part, the others share the rest."""
    if levels == 1:
        return [0.0]
    return [round((1 - LEAVES) * at / (levels - 1), 4) for at in range(levels)]


def fitted(text: str, lines: int) -> list[str]:
    """The text in the shortest lines of which there is room for so many.

    >>> fitted("Sikap pelaksana  75,00", 1), fitted("Sikap pelaksana  75,00", 3)
    (['Sikap pelaksana  75,00'], ['Sikap', 'pelaksana', '75,00'])
    """
    widths = range(SHORTEST, max(SHORTEST, len(text)) + 1)
    return next(found for width in widths if len(found := wrap(text, width)) <= max(lines, 1))


def _row(
    one: NodePlace, starts: Sequence[float], look: Look, name: str, height: int
) -> dict[str, object]:
    right = starts[one.depth + 1] if one.node.children else 1.0
    text = f"{name}  {look.text}"
    lines = fitted(text, int(one.share * height / LINE))
    return {
        "left": starts[one.depth],
        "right": right,
        "top": one.top + GAP / 2,
        "bottom": one.bottom - GAP / 2,
        "middle": (one.top + one.bottom) / 2 - (len(lines) - 1) * LINE / 2 / height,
        "text": "\n".join(lines),
        "tip": text,
        "colour": look.colour,
        "letters": look.letters,
    }

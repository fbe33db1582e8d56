"""Where the data of a score may err: the citizens' part, a sample, and the assessors' judgements.

An error stands at a node, as the standard error of its value on the scheme's scale. That of a
judged part is made of its items': each judgement strays by the standard deviation of one assessor
about what assessors agree on, independently of the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.arrays import Floats
from analysis.errors import bad
from analysis.index.composite import Column
from analysis.robustness.tree import RankedUnits, shares_of
from analysis.rulebook.scheme import ENDLESS, OF_THOSE_PRESENT, ROOT, Node, Scheme, reach
from analysis.uncertainty.score_error import SURVEYED

ErrorSource = Literal["citizens", "assessors"]
# Scales on which a raw point is worth the same everywhere.
STRAIGHT = ("identity", "ladder", "goalposts", "min_max", "z_score")
# Of a scale without ends: more would be no error but a slip, and too large for what is drawn.
MOST_ENDLESS = 1e9
CLOSE = 1e-9
SOURCES: tuple[ErrorSource, ...] = ("citizens", "assessors")


@dataclass(frozen=True)
class ErrorCell:
    """The errors of a node: (units,) ``centre``, ``error`` (0: none) and degrees of ``freedom``.

    ``span``: the ends of its scale; None where it has none.
    """

    key: str
    source: ErrorSource
    centre: Floats
    error: Floats
    freedom: Floats
    span: tuple[float, float] | None

    def block(self, units: slice) -> "ErrorCell":
        """The errors of some units."""
        return ErrorCell(
            self.key,
            self.source,
            self.centre[units],
            self.error[units],
            self.freedom[units],
            self.span,
        )

    def drawn(self, normal: Floats) -> Floats:
        """(runs, units) values from standard normal ones, t after Fisher's expansion from them.

        Of the assessors: the value + t x error, cut at the ends of the scale, as the ladder cuts
        judgements. Of the citizens: on the logit scale of the span, as the interval of an index
        that people see, l = logit p + t x error / (width p (1 - p)), p the centre's place; a
        centre nearer to an end than its error stands one error inside (assumed).
        """
        t = _as_t(normal, self.freedom)
        if self.span is None:
            return self.centre + t * self.error
        low, high = self.span
        if self.source == "assessors":
            return np.clip(self.centre + t * self.error, low, high)
        width = high - low
        least = np.minimum(self.error / width, 0.5)
        place = np.clip((self.centre - low) / width, least, 1 - least)
        certain = self.error == 0
        inner = np.where(certain, 0.5, place)
        # expit(logit p + s t) without a logarithm.
        slope = self.error / (width * inner * (1 - inner))
        away = np.exp(-np.clip(t * slope, -500, 500))
        drawn: Floats = np.where(
            certain, self.centre, low + width / (1 + away * (1 - inner) / inner)
        )
        return drawn


def _as_t(normal: Floats, freedom: Floats) -> Floats:
    """Quantiles of t from those of the normal distribution (Fisher 1925), to the second order.

    As of four degrees of freedom where there are fewer.
    """
    if np.isinf(freedom).all():
        return normal
    over = 1 / np.maximum(freedom, 4)
    squared = normal**2
    first = (squared + 1) / 4
    second = ((5 * squared + 16) * squared + 3) / 96
    t: Floats = normal * (1 + over * (first + over * second))
    return t


def given_errors(
    units: RankedUnits,
    errors: Mapping[str, Column],
    columns: Mapping[str, Column],
) -> list[ErrorCell]:
    """The errors that a file gives: by node the standard error of each unit, on the value's scale.

    ``columns``: the raw values, by which min-max has its slope. None: that unit has no error.
    Raises BadInput for errors of a node and of another below it.
    """
    for key in errors:
        if below := sorted(_below(units.scheme, key) & set(errors)):
            raise bad("error_twice", node=key, below=below)
    return [_given(units, key, column, columns.get(key, ())) for key, column in errors.items()]


def judged_errors(
    units: RankedUnits, share_of_rung: float, without: Sequence[str] = ()
) -> list[ErrorCell]:
    """The assessors' errors of each part of the tree where everything is judged on the ladder.

    The part's standard error is rung x share x sqrt(sum of squared shares of its items), a rung
    being 25 of 100 points, where all means in it are arithmetic. Where only finished scores are
    known, that of all judged parts stands at the score. ``without``: nodes that have an error of
    their own; nothing at or above them is taken.
    """
    scheme, known = units.scheme, units.scores.nodes
    errors: dict[str, float] = {}

    def descend(parent: Scheme | Node) -> None:
        for child in parent.children:
            if child.key in without or child.key not in known:
                continue
            if _judged(child) and not _below(scheme, child.key) & set(without):
                errors[child.key] = _rung_error(child)
            else:
                descend(child)

    if any(child.key in known for child in scheme.children):
        descend(scheme)
    elif ROOT not in without:
        errors[ROOT] = _rung_error(scheme)
    size = len(units.places)
    return [
        _cell(units, _node(scheme, key), "assessors", np.full(size, share_of_rung * error))
        for key, error in errors.items()
        if error
    ]


def unknown_errors(units: RankedUnits, cells: Sequence[ErrorCell]) -> list[str]:
    """Indicators that rest on samples of people, or on judgements that are more than put on a
    scale, and of whose errors nothing is known.
    """
    covered = {key for cell in cells for key in (cell.key, *_below(units.scheme, cell.key))}
    alone = {cell.key for cell in cells if cell.source == "assessors" and cell.key == ROOT}
    return [
        node.key
        for node in units.scheme.indicators()
        if (node.evidence in SURVEYED and (alone or node.key not in covered))
        or (_on_ladder(node) and _bent(node) and node.key not in covered and not alone)
    ]


def sampled_error(
    units: RankedUnits, node: Node, centre: Floats, error: Floats, freedom: Floats
) -> ErrorCell:
    """The errors of a survey's figure, on the scheme's scale; NaN: unknown, taken as none."""
    known = np.nan_to_num(error)
    where = np.where(known > 0, centre, units.of(node.key))
    free = np.where(np.isnan(freedom), np.inf, freedom)
    return ErrorCell(node.key, "citizens", where, known, free, span_of(node))


def scale_slope(node: Node, column: Column = ()) -> float:
    """How far the scheme's value of an indicator moves with one of its raw value.

    Raises BadInput where that is not the same for all values, or hangs on more than the value.
    """
    rule = node.normalise.value
    if _bent(node):
        raise bad("error_without_slope", node=node.key)
    (low, high), (start, end) = rule.between, rule.onto
    present = [float(value) for value in column if value is not None]
    if rule.kind == "z_score":
        return float(rule.spread) / float(np.std(present, ddof=1))
    if rule.kind == "min_max":
        return float(end - start) / (max(present) - min(present))
    return float((end - start) / (high - low))


def span_of(node: Scheme | Node) -> tuple[float, float] | None:
    """The ends of a node's scale; None where it has none."""
    low, high = reach(node)
    return None if high >= ENDLESS else (float(low), float(high))


def _given(units: RankedUnits, key: str, errors: Column, column: Column) -> ErrorCell:
    node = _node(units.scheme, key)
    given = np.array([float(errors[at] or 0) for at in units.places])
    slope = scale_slope(node, column) if isinstance(node, Node) and not node.children else 1.0
    _refuse_beyond(node, key, given, slope)
    if not isinstance(node, Node):
        return _cell(units, node, "citizens", given)
    return _cell(units, node, "assessors" if _judged(node) else "citizens", given * slope)


def _refuse_beyond(node: Scheme | Node, key: str, given: Floats, slope: float) -> None:
    """Raises BadInput for errors that no figure on such a scale can have."""
    span = span_of(node)
    most = (MOST_ENDLESS if span is None else (span[1] - span[0]) / 2) / slope
    if len(given) and given.max() > most * (1 + CLOSE):
        raise bad("error_beyond", node=key, found=float(given.max()), most=most)


def _cell(units: RankedUnits, node: Scheme | Node, source: ErrorSource, error: Floats) -> ErrorCell:
    key = node.key if isinstance(node, Node) else ROOT
    free = np.full(len(error), np.inf)
    return ErrorCell(key, source, units.of(key), error, free, span_of(node))


def _judged(node: Node) -> bool:
    """Whether all that is below was judged on the ladder."""
    if node.children:
        return all(map(_judged, node.children))
    return _on_ladder(node) and not _bent(node)


def _on_ladder(node: Node) -> bool:
    return node.normalise.value.kind == "ladder" and node.evidence in (None, "judgement")


def _bent(node: Node) -> bool:
    """Whether a raw point is not worth the same everywhere on the indicator's scale."""
    rule = node.normalise.value
    done = node.per or node.outliers or rule.caps or rule.base is not None
    among = node.changed and rule.kind in OF_THOSE_PRESENT
    return bool(rule.kind not in STRAIGHT or done or among)


def _rung_error(node: Scheme | Node) -> float:
    """The error of a node's value where each judgement below errs by one rung."""
    if isinstance(node, Node) and not node.children:
        return scale_slope(node) if _judged(node) else 0.0
    each = np.array([_rung_error(child) for child in node.children])
    return float(np.sqrt(((each * shares_of(node)) ** 2).sum()))


def _node(scheme: Scheme, key: str) -> Scheme | Node:
    return next((one for one in scheme.nodes() if one.key == key), scheme)


def _below(scheme: Scheme, key: str) -> set[str]:
    node = _node(scheme, key)
    children = node.children
    return {one.key for child in children for one in (child, *_all_below(child))}


def _all_below(node: Node) -> list[Node]:
    return [one for child in node.children for one in (child, *_all_below(child))]

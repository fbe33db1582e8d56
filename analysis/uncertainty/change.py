"""This period against an earlier one: what changed, and what shows no sign of it.

A series with bands needs nothing more: ``uncertainty`` of a tally by month or by year.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isnan

import numpy as np
from scipy.special import stdtr, stdtrit

from analysis.errors import Problem
from analysis.index.tally import Tally
from analysis.rulebook.certainty import load_certainty
from analysis.rulebook.scheme import Node, Scheme
from analysis.rules import Text
from analysis.uncertainty.moments import Moments, Scale, linear, moments, scale_of
from analysis.uncertainty.uncertainty import (
    OF_MEAN,
    Design,
    nodes_of,
    reasons,
    spread_of,
)


@dataclass(frozen=True)
class Change:
    """The difference of two periods, after minus before, on the scale of what is compared.

    ``interval``: Welch's, at the rules' level, after ``together`` of all that are looked at at
    once; ``p``: two-sided; ``adjusted``: p after Holm. None where there is ``no_interval`` in
    either period. ``error`` and ``freedom``: of the difference.
    """

    difference: float | None
    interval: tuple[float, float] | None = None
    p: float | None = None
    adjusted: float | None = None
    no_interval: Problem | None = None
    error: float | None = None
    freedom: float | None = None

    @property
    def changed(self) -> bool | None:
        """Whether p, adjusted where it was, is under 1 - level; None where it is unknown."""
        p = self.p if self.adjusted is None else self.adjusted
        return None if p is None else p < 1 - load_certainty().level

    @property
    def verdict(self) -> Text | Problem:
        """ "changed", "no sign of change", or why neither can be said."""
        words = load_certainty().changes
        return self.no_interval or (words.changed if self.changed else words.no_sign)


@dataclass(frozen=True)
class MeanEstimate:
    """A mean, its variance without correction for a finite population, and its freedom."""

    mean: float
    variance: float
    freedom: float
    no_interval: Problem | None


def index_changes(before: Tally, after: Tally, scheme: Scheme) -> dict[object, Change]:
    """By group (unit, service) of both tallies, counted in pairs by the same single column."""
    old, new = (
        dict(
            zip(
                tally.counted[tally.by[0]],
                _figures(moments(tally), scale_of(tally, scheme), nodes_of(tally, scheme)),
                strict=True,
            )
        )
        for tally in (before, after)
    )
    return {group: welch(old[group], new[group]) for group in new if group in old}


def element_changes(before: Tally, after: Tally, scheme: Scheme) -> dict[str, Change]:
    """By element in use in both periods, in points of its mean; each tally has one group."""
    old, new = (
        {
            node.key: _figures(given.of_element(at), OF_MEAN, [node])[0]
            for at, node in enumerate(nodes_of(tally, scheme))
        }
        for tally, given in ((before, moments(before)), (after, moments(after)))
    )
    return {element: welch(old[element], new[element]) for element in new if element in old}


def together(changes: Sequence[Change]) -> list[Change]:
    """The changes for being looked at together: p by Holm (1979), intervals by Bonferroni.

    Holm's verdict is the finer one; where it finds a change that Bonferroni's interval doesn't,
    none stands beside it, since it would contradict. Those without p are in no count.
    """
    many = sum(one.p is not None for one in changes)
    level = 1 - (1 - load_certainty().level) / max(many, 1)
    return [_simultaneous(one, level) for one in holm(changes)]


def _simultaneous(one: Change, level: float) -> Change:
    if one.difference is None or one.error is None or one.freedom is None:
        return one
    low, high = _interval(one.difference, one.error, one.freedom, level)
    contradicts = bool(one.changed) and low <= 0 <= high
    return replace(one, interval=None if contradicts else (low, high))


def holm(changes: Sequence[Change]) -> list[Change]:
    """The changes with p adjusted for being looked at together; source: Holm 1979.

    Those without p are in no count.
    """
    known = sorted((one.p, at) for at, one in enumerate(changes) if one.p is not None)
    result, largest = list(changes), 0.0
    for rank, (p, at) in enumerate(known):
        largest = max(largest, min(1.0, p * (len(known) - rank)))
        result[at] = replace(changes[at], adjusted=largest)
    return result


def apart(one: MeanEstimate, other: MeanEstimate, groups: int) -> bool:
    """Whether the highest and the lowest of so many groups differ, at the rules' level.

    They were chosen by looking, so p counts for every pair that might have been (Bonferroni):
    groups (groups - 1) / 2.
    """
    p = welch(other, one).p
    pairs = groups * (groups - 1) / 2
    return p is not None and p * pairs < 1 - load_certainty().level


def welch(before: MeanEstimate, after: MeanEstimate) -> Change:
    """After minus before: interval and p by t, with Welch and Satterthwaite's freedom."""
    why_not = before.no_interval or after.no_interval
    difference = after.mean - before.mean
    if why_not:
        return Change(None if isnan(difference) else difference, no_interval=why_not)
    variance = before.variance + after.variance
    error = variance**0.5
    freedom = variance**2 / sum(one.variance**2 / one.freedom for one in (before, after))
    interval = _interval(difference, error, freedom, load_certainty().level)
    p = float(2 * stdtr(freedom, -abs(difference) / error))
    return Change(difference, interval, p, error=error, freedom=freedom)


def _interval(difference: float, error: float, freedom: float, level: float) -> tuple[float, float]:
    reach = float(stdtrit(freedom, (1 + level) / 2)) * error
    return difference - reach, difference + reach


def _figures(given: Moments, scale: Scale, elements: Sequence[Node]) -> list[MeanEstimate]:
    found, each = linear(given, scale), np.arange(len(given.respondents))
    spread = spread_of(found, given.respondents, Design(each, each, np.ones(len(each))))
    columns = found.index.tolist(), spread.variance.tolist(), spread.freedom.tolist()
    return [
        MeanEstimate(*row) for row in zip(*columns, reasons(elements, given, spread), strict=True)
    ]

"""Answer patterns that are alike, and come on the same day more often than chance makes them.

Alike: they differ in one item at most. Straight lines (the same answer throughout) are left
out: honest people in a hurry draw them too.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import gamma

from analysis.arrays import Floats, Integers, Places
from analysis.screening.responses import UNKNOWN, Bools, ScreenedResponses, numbered


@dataclass(frozen=True)
class DuplicateResponses:
    """``p`` (U,): of so many alike pairs on the same days; ``group``: responses with at least the
    asked number of others alike on their day; ``excess``: by how many times more, as a
    logarithm. Both (n,)."""

    p: Floats
    group: Bools
    excess: Floats


@dataclass(frozen=True)
class Graph:
    """By unit (U,): the ``edges`` of a graph on its responses, and the ``paths`` of two edges."""

    edges: Floats
    paths: Floats


def duplicates(responses: ScreenedResponses, least: int) -> DuplicateResponses:
    """Knox's count of pairs alike in pattern and day, in each unit by itself, against its mean and
    variance if patterns fell on days at random (Barton and David 1966), with a gamma tail."""
    kept = ~responses.straight & (responses.day != UNKNOWN)
    n = responses.count(kept)
    kept &= (n >= 2 * least)[responses.unit]
    answers, day, unit = responses.answers[kept], responses.day[kept], responses.unit[kept]
    on_day, count = numbered(unit, day)
    near = _near(answers, responses.places, unit)
    near_today = _near(answers, responses.places, on_day)
    today = count[on_day] - 1
    group, excess = np.zeros(len(responses), bool), np.zeros(len(responses))
    group[kept] = near_today >= least - 1
    excess[kept] = np.log((near_today + 1) / (near * today / (n[unit] - 1) + 1))
    graphs = _graph(near, unit, responses.units), _graph(today, unit, responses.units)
    seen = _graph(near_today, unit, responses.units).edges
    enough = np.flatnonzero((n >= 2 * least) & (seen >= least * (least - 1) / 2))
    p = np.ones(responses.units)
    p[enough] = _tail(seen[enough], *(one[enough] for one in _chance(*graphs, n)))
    return DuplicateResponses(p, group, excess)


def _tail(seen: Floats, expected: Floats, variance: Floats) -> Floats:
    """The chance of so many or more, 1 where nothing varies."""
    p = np.ones(len(seen))
    some = variance > 0
    seen, expected, variance = seen[some], expected[some], variance[some]
    p[some] = gamma.sf(seen, expected**2 / variance, scale=variance / expected)
    return p


def _near(answers: Integers, places: Integers, within: Integers) -> Integers:
    """(n,) how many others ``within`` the same differ in one item at most.

    Two patterns alike agree once one item is left out: counted by what is left of each pattern,
    equal ones once for every item.
    """
    coded = answers @ places
    equal = _others(coded, within)
    left = sum(_others(coded - answers[:, at] * places[at], within) for at in range(len(places)))
    near: Integers = left - (len(places) - 1) * equal
    return near


def _others(key: Integers, within: Integers) -> Integers:
    number, count = numbered(key, within)
    others: Integers = count[number] - 1
    return others


def _graph(degree: Integers, unit: Places, units: int) -> Graph:
    """The graph of each unit, given the number of neighbours of each response."""
    ends = degree.astype(float)
    return Graph(
        np.bincount(unit, ends, units) / 2, np.bincount(unit, ends * (ends - 1), units) / 2
    )


def _chance(one: Graph, other: Graph, n: Integers) -> tuple[Floats, Floats]:
    """Mean and variance of the edges that two graphs on n points share at random, by unit."""
    # Of fewer than four points nothing is asked; n - 3 would be no divisor.
    n = np.maximum(n.astype(float), 4)
    expected = 2 * one.edges * other.edges / (n * (n - 1))
    sharing = 4 * one.paths * other.paths / (n * (n - 1) * (n - 2))
    apart = _apart(one) * _apart(other)
    variance = expected + sharing + 4 * apart / (n * (n - 1) * (n - 2) * (n - 3)) - expected**2
    return expected, variance


def _apart(graph: Graph) -> Floats:
    """Ordered pairs of edges without a common end."""
    return graph.edges * (graph.edges - 1) - 2 * graph.paths

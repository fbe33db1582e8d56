"""The least set of steps that lifts an institution to a higher band, exactly.

Steps go up the ladder rung by rung; what citizens say rises in hundredths of a point. The search
(scipy's ``milp``, HiGHS) works on floats and is asked for a hair too little; every plan it finds is
scored again in fractions, and what falls short is cut off and searched past.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil, floor, inf, lcm

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis.errors import Problem, bad
from analysis.index.composite import Column, institution_score, score
from analysis.rulebook.scheme import Band, Node, Scheme, reach

ALTERNATIVES = 3
HUNDREDTH = Fraction(1, 100)
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class PlanLimits:
    """What the planner may do and what it costs; all costs above 0.

    ``rung``: of one rung of the ladder, begun rungs count whole; ``point``: of one point of what
    is no ladder; ``own``: of a rung or point of these nodes instead. ``fixed``: nodes that may not
    move; ``most_steps``: rungs a unit; ``budget``: of the whole plan.
    """

    rung: Fraction = Fraction(1)
    point: Fraction = Fraction(1)
    own: Mapping[str, Fraction] = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()
    most_steps: int | None = None
    budget: Fraction | None = None

    def cost(self, node: Node) -> Fraction:
        """Of one rung or one point of the node."""
        return self.own.get(node.key, self.rung if on_ladder(node) else self.point)


@dataclass(frozen=True)
class PlannedRise:
    """What one unit does at one node: its raw value from ``start`` to ``end``."""

    unit: int
    node: Node
    start: Fraction
    end: Fraction
    cost: Fraction


@dataclass(frozen=True)
class Plan:
    """Steps by unit and in the scheme's order, and the unrounded score that they lead to."""

    steps: tuple[PlannedRise, ...]
    cost: Fraction
    after: Fraction
    columns: Mapping[str, Column]


@dataclass(frozen=True)
class Planned:
    """The least plan and up to three others of the same cost.

    ``edge``: the unrounded score at which the band begins, see ``Scheme.edge``.
    """

    band: Band
    edge: Fraction
    before: Fraction
    plans: tuple[Plan, ...]


@dataclass(frozen=True)
class _Kind:
    """What one step adds to the score and costs; ``unit``: whose steps are limited together."""

    gain: Fraction
    cost: Fraction
    unit: int | None
    rungs: bool


@dataclass(frozen=True)
class _Move:
    """Steps of one kind, and who may take how many of them, in this order.

    ``after``: the place of the move of one step that must come first.
    """

    kind: _Kind
    members: tuple[tuple[int, Node, int], ...]
    after: int | None = None

    @property
    def most(self) -> int:
        return sum(most for _, _, most in self.members)


def on_ladder(node: Node) -> bool:
    """Whether the node's raw value is a rung of the ladder 0-4, or a mean of such."""
    return not node.children and node.normalise.value.kind == "ladder"


def higher_bands(scheme: Scheme, score: Fraction) -> list[Band]:
    """The bands above that of the score, the next one first."""
    bands = scheme.bands.value if scheme.bands else []
    above = (band for band in bands if not scheme.reaches(score, band))
    return sorted(above, key=lambda band: band.start)


def plan(
    scheme: Scheme,
    columns: Mapping[str, Column],
    target: Band | None = None,
    limits: PlanLimits | None = None,
) -> Planned | Problem:
    """The cheapest steps that lift the mean of n units to the band, by default to the next.

    ``columns``: n raw values by node key, as ``score`` takes them in percent. The score has to
    reach half a last decimal below the band (88.00: 87.995), or the band itself where unrounded
    scores are banded (above 50: more than 50). Nothing is ever lowered; where less
    is better nothing is moved. Refused where a unit has no score, there is no higher band, the
    limits do not allow it, or a step's worth is not constant (geometric or harmonic means,
    min-max). Raises BadInput for costs that are not above 0, and as ``score`` does.
    """
    limits = limits or PlanLimits()
    _check_costs(limits)
    totals = score(scheme, columns).total
    before = institution_score(totals)
    if before is None:
        scored = sum(total is not None for total in totals)
        return Problem("provisional", scored=scored, units=len(totals))
    if refusal := _refuse(scheme, before, target):
        return refusal
    band = target or higher_bands(scheme, before)[0]
    path = _Path(scheme, columns, _moves(scheme, columns, limits), before, band)
    plans = tuple(_cheapest(path, limits))
    return Planned(band, scheme.edge(band), before, plans) if plans else Problem("unreachable")


def _refuse(scheme: Scheme, before: Fraction, target: Band | None) -> Problem | None:
    if scheme.bands is None:
        return Problem("no_bands")
    if not (above := higher_bands(scheme, before)):
        return Problem("top_grade")
    if target and target not in above:
        return Problem("target_not_above")
    parents: list[Scheme | Node] = [scheme, *(node for node in scheme.nodes() if node.children)]
    if any(parent.mean.value != "arithmetic" for parent in parents):
        return Problem("other_mean")
    if any(node.normalise.value.kind == "min_max" for node in scheme.indicators()):
        return Problem("relative")
    return None


def _check_costs(limits: PlanLimits) -> None:
    costs = {"rung": limits.rung, "point": limits.point, **limits.own}
    for name, cost in costs.items():
        if cost <= 0:
            raise bad("cost_not_above_zero", name=name, found=cost)


def worth(scheme: Scheme) -> dict[str, Fraction]:
    """What one point of each node's raw value adds to its unit's score."""
    shares: dict[str, Fraction] = {}

    def descend(parent: Scheme | Node, share: Fraction) -> None:
        weights = sum((child.weight.value for child in parent.children), Fraction(0))
        for child in parent.children:
            shares[child.key] = share * child.weight.value / weights
            descend(child, shares[child.key])

    descend(scheme, Fraction(1))
    for node in scheme.indicators():
        (low, high), (start, end) = node.normalise.value.between, node.normalise.value.onto
        shares[node.key] *= (end - start) / (high - low)
    return shares


def _moves(scheme: Scheme, columns: Mapping[str, Column], limits: PlanLimits) -> list[_Move]:
    """What may rise: steps of the same gain and cost together, begun rungs by themselves."""
    gains = worth(scheme)
    moves: list[_Move] = []
    alike: dict[_Kind, list[tuple[Fraction, int, Node]]] = {}
    for node in scheme.nodes():
        if node.key not in columns or node.key in limits.fixed or node.inverted:
            continue
        column = columns[node.key]
        rungs, cost, gain = on_ladder(node), limits.cost(node), gains[node.key] / len(column)
        for unit, value in enumerate(column):
            kind = _Kind(gain, cost, unit if limits.most_steps is not None else None, rungs)
            if value is None or not _room(node, value):
                continue
            if rungs and value.denominator > 1:
                moves += _begun(kind, unit, node, value, len(moves))
            else:
                kind = kind if rungs else _Kind(gain * HUNDREDTH, cost * HUNDREDTH, None, False)
                alike.setdefault(kind, []).append((value, unit, node))
    for kind, members in alike.items():
        weakest_first = sorted(members, key=lambda member: member[0])
        rooms = tuple((unit, node, _room(node, value)) for value, unit, node in weakest_first)
        moves.append(_Move(kind, rooms))
    return moves


def _begun(kind: _Kind, unit: int, node: Node, value: Fraction, place: int) -> Iterator[_Move]:
    """The rest of a rung, and the rungs above it that may come after."""
    yield _Move(replace(kind, gain=kind.gain * (ceil(value) - value)), ((unit, node, 1),))
    if above := _room(node, value) - 1:
        yield _Move(kind, ((unit, node, above),), after=place)


def _top(node: Node) -> Fraction:
    return reach(node)[1] if node.children else node.normalise.value.between[1]


def _room(node: Node, value: Fraction) -> int:
    """How many steps are left above the value."""
    left = _top(node) - value
    return ceil(left) if on_ladder(node) else floor(left / HUNDREDTH)


@dataclass(frozen=True)
class _Path:
    """From a score to a band: the columns that it is of, and what may rise."""

    scheme: Scheme
    columns: Mapping[str, Column]
    moves: Sequence[_Move]
    before: Fraction
    band: Band

    @property
    def least(self) -> int:
        """What has to be gained, in the ``finest`` gain that there is."""
        needed = (self.scheme.edge(self.band) - self.before) * self.finest
        return ceil(needed) if self.band.above is None else floor(needed) + 1

    @property
    def finest(self) -> int:
        """All gains are whole multiples of one over this."""
        return _whole([one.kind.gain for one in self.moves])[1]


def _cheapest(path: _Path, limits: PlanLimits) -> Iterator[Plan]:
    """Plans that reach the edge, of the least cost that any has."""
    cuts: list[Whole] = []
    found, least = 0, limits.budget
    while found <= ALTERNATIVES and path.moves:
        taken = _search(path, limits.most_steps, least, cuts)
        if taken is None:
            return
        cuts.append(taken)
        one = _read(path.scheme, path.columns, path.moves, taken)
        if path.scheme.reaches(one.after, path.band):
            found, least = found + 1, one.cost
            yield one


def _search(
    path: _Path,
    most_steps: int | None,
    budget: Fraction | None,
    cuts: Sequence[Whole],
) -> Whole | None:
    """How many steps of each move are cheapest, other than those ``cuts``; None: there are none.

    Whole multiples of one denominator, so that half of it may be left out of what is needed.
    """
    moves = path.moves
    n, size = len(moves), len(moves) * (1 + 2 * len(cuts))
    gains, _ = _whole([one.kind.gain for one in moves])
    costs, cent = _whole([one.kind.cost for one in moves])
    rows = _Rows(size)
    largest = max(gains)
    least = Fraction(2 * path.least - 1, 2 * largest)
    rows.add({at: gain / largest for at, gain in enumerate(gains)}, low=float(least))
    if budget is not None:
        rows.add(dict(enumerate(costs)), high=floor(budget * cent))
    for at, one in enumerate(moves):
        if one.after is not None:
            rows.add({at: 1, one.after: -one.most}, high=0)
    for unit in {one.kind.unit for one in moves} - {None}:
        own = {at: 1 for at, one in enumerate(moves) if one.kind.unit == unit}
        rows.add(own, high=most_steps or 0)
    for number, cut in enumerate(cuts):
        _cut_off(rows, moves, cut, n * (1 + 2 * number))
    found = milp(
        np.array([*costs, *[0] * (size - n)], float),
        integrality=np.ones(size),
        bounds=Bounds(0, [*(one.most for one in moves), *[1] * (size - n)]),
        constraints=LinearConstraint(np.array(rows.lines), rows.lows, rows.highs),
        options={"mip_rel_gap": 0},
    )
    return None if found.x is None else np.rint(found.x[:n]).astype(np.int64)


class _Rows:
    """The constraints: low <= line x <= high."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.lines: list[npt.NDArray[np.float64]] = []
        self.lows: list[float] = []
        self.highs: list[float] = []

    def add(self, entries: Mapping[int, float], low: float = -inf, high: float = inf) -> None:
        line = np.zeros(self.size)
        line[list(entries)] = list(entries.values())
        self.lines.append(line)
        self.lows.append(low)
        self.highs.append(high)


def _cut_off(rows: _Rows, moves: Sequence[_Move], cut: Whole, start: int) -> None:
    """One of the moves has to be taken more often or less often than in ``cut``.

    Two switches a move, from ``start`` on: x >= (cut + 1) more; x <= most - (most - cut + 1) less.
    """
    switches = range(start, start + 2 * len(moves))
    rows.add(dict.fromkeys(switches, 1), low=1)
    for at, (one, taken) in enumerate(zip(moves, cut.tolist(), strict=True)):
        more, less = switches[2 * at], switches[2 * at + 1]
        rows.add({at: 1, more: -(taken + 1)}, low=0)
        rows.add({at: 1, less: one.most - taken + 1}, high=one.most)


def _whole(values: Sequence[Fraction]) -> tuple[list[int], int]:
    """The values as whole multiples of one over the number that is also given."""
    common = lcm(*(value.denominator for value in values))
    return [int(value * common) for value in values], common


def _read(
    scheme: Scheme, columns: Mapping[str, Column], moves: Sequence[_Move], taken: Whole
) -> Plan:
    """The plan that takes each move so often, with the score as ``score`` computes it."""
    changed = {key: list(column) for key, column in columns.items()}
    costs: dict[tuple[int, str], Fraction] = {}
    for one, number in zip(moves, taken.tolist(), strict=True):
        for unit, node, most in one.members:
            steps = min(number, most)
            number -= steps
            if steps:
                costs[unit, node.key] = costs.get((unit, node.key), 0) + steps * one.kind.cost
                changed[node.key][unit] = _raised(node, changed[node.key][unit], steps)
    steps_in_order = tuple(
        PlannedRise(unit, node, start, end, costs[unit, node.key])
        for unit in range(len(next(iter(columns.values()))))
        for node in scheme.nodes()
        if (unit, node.key) in costs
        and (start := columns[node.key][unit]) is not None
        and (end := changed[node.key][unit]) is not None
    )
    after = institution_score(score(scheme, changed).total) or Fraction(0)
    return Plan(steps_in_order, sum(costs.values(), Fraction(0)), after, changed)


def _raised(node: Node, value: Fraction | None, steps: int) -> Fraction:
    """The value so many rungs or hundredths higher; a begun rung is finished first."""
    value = value or Fraction(0)
    return Fraction(floor(value) + steps) if on_ladder(node) else value + steps * HUNDREDTH

"""The least set of acts that lifts an institution to a higher band, exactly.

An act raises one item of one subject by one rung of the ladder: of a service product, of somebody
interviewed, of the unit. Where only the points of a dimension are known, they rise by hundredths.
What citizens answer, in surveys or interviews, cannot be bought, so nothing raises it. The search
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
from analysis.rulebook.scheme import OF_THOSE_PRESENT, Band, Node, Scheme, reach

ALTERNATIVES = 3
RUNG, HUNDREDTH = Fraction(1), Fraction(1, 100)
TOP_RUNG = Fraction(4)
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class PlanLimits:
    """What the planner may do and what it costs; all costs above 0.

    ``rung``: of one act, begun rungs count whole; ``point``: of one point of what is no ladder;
    ``own``: of an act or a point at these nodes instead. ``fixed``: nodes that may not move;
    ``most_steps``: acts of a unit; ``budget``: of the whole plan.
    """

    rung: Fraction = Fraction(1)
    point: Fraction = Fraction(1)
    own: Mapping[str, Fraction] = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()
    most_steps: int | None = None
    budget: Fraction | None = None

    def cost(self, node: Node) -> Fraction:
        """Of one act or one point at the node."""
        return self.own.get(node.key, self.rung if on_ladder(node) else self.point)


@dataclass(frozen=True)
class JudgedPlace:
    """Where an act can be done: one item of one subject, as a unit is judged on it.

    ``unit``: the position of the unit; ``node``: the key of the node in which it counts;
    ``subject``: which product or person, empty: the unit as a whole; ``value``: 0-4; ``share``:
    of the node's value that is this place's.
    """

    unit: int
    node: str
    item: str
    subject: str
    value: Fraction
    share: Fraction = Fraction(1)


@dataclass(frozen=True)
class PlannedRise:
    """Acts of one unit at one place: its judgement from ``start`` to ``end``."""

    place: JudgedPlace
    node: Node
    start: Fraction
    end: Fraction
    cost: Fraction

    @property
    def unit(self) -> int:
        """The position of the unit."""
        return self.place.unit


@dataclass(frozen=True)
class Plan:
    """Acts by unit and in the scheme's order, and the unrounded score that they lead to."""

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
    """What one act adds to the score and costs; ``unit``: whose acts are limited together."""

    gain: Fraction
    cost: Fraction
    unit: int | None


@dataclass(frozen=True)
class _Move:
    """Acts of one kind, and where how many of them may be done, in this order.

    ``after``: the position of the move of one act that must come first.
    """

    kind: _Kind
    members: tuple[tuple[JudgedPlace, int], ...]
    after: int | None = None

    @property
    def most(self) -> int:
        return sum(most for _, most in self.members)


def on_ladder(node: Node) -> bool:
    """Whether the node's raw value is a rung of the ladder 0-4, or a mean of such."""
    return not node.children and node.normalise.value.kind == "ladder"


def can_be_planned(node: Node) -> bool:
    """Whether it is judged, more being better; of a node with children, whether any of them is.

    >>> from analysis.rulebook.scheme import load_scheme
    >>> [one.key for one in load_scheme("perception-2022").indicators() if not can_be_planned(one)]
    ['satisfaction']
    """
    if node.inverted:
        return False
    if node.children:
        return any(map(can_be_planned, node.children))
    judged = node.evidence in (None, "judgement")
    return judged and node.normalise.value.kind in ("ladder", "identity")


def whole_places(scheme: Scheme, columns: Mapping[str, Column]) -> list[JudgedPlace]:
    """Each unit judged once on each node that has values: where nothing finer is known."""
    return [
        JudgedPlace(unit, node.key, node.key, "", value)
        for node in scheme.nodes()
        if node.key in columns and can_be_planned(node)
        for unit, value in enumerate(columns[node.key])
        if value is not None
    ]


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
    places: Sequence[JudgedPlace] | None = None,
) -> Planned | Problem:
    """The cheapest acts that lift the mean of n units to the band, by default to the next.

    ``columns``: n raw values by node key, as ``score`` takes them in percent; ``places``: where
    acts can be done, by default ``whole_places``. The score has to reach half a last decimal below
    the band (88.00: 87.995), or the band itself where unrounded scores are banded (above 50: more
    than 50). Nothing is ever lowered; only what ``can_be_planned`` is raised. Refused where a unit
    has no score, there is no higher band, the limits do not allow it, or an act's worth is not
    constant (geometric or harmonic means, min-max). Raises BadInput for costs that are not above
    0, and as ``score`` does.
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
    found = whole_places(scheme, columns) if places is None else places
    path = _Path(scheme, columns, _moves(scheme, found, limits, len(totals)), before, band)
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
    if any(map(_bent, scheme.indicators())):
        return Problem("relative")
    return None


def _bent(node: Node) -> bool:
    """Whether a step is not worth the same for each value, or hangs on who else is there."""
    rule = node.normalise.value
    return rule.kind in (*OF_THOSE_PRESENT, "logarithm") or rule.caps or node.changed


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


def _moves(
    scheme: Scheme, places: Sequence[JudgedPlace], limits: PlanLimits, units: int
) -> list[_Move]:
    """What may rise: steps of the same gain and cost together, begun rungs by themselves."""
    gains, nodes = worth(scheme), {node.key: node for node in scheme.nodes()}
    moves: list[_Move] = []
    alike: dict[_Kind, list[tuple[JudgedPlace, int]]] = {}
    for place in places:
        node = nodes[place.node]
        room, size = _room(node, place.value), _size(node)
        if place.node in limits.fixed or not can_be_planned(node) or not room:
            continue
        limited = limits.most_steps is not None and on_ladder(node)
        gain = gains[place.node] * place.share / units
        unit = place.unit if limited else None
        kind = _Kind(gain * size, limits.cost(node) * size, unit)
        if on_ladder(node) and place.value.denominator > 1:
            moves += _begun(kind, place, room, len(moves))
        else:
            alike.setdefault(kind, []).append((place, room))
    for kind, members in alike.items():
        weakest_first = sorted(members, key=lambda member: member[0].value)
        moves.append(_Move(kind, tuple(weakest_first)))
    return moves


def _begun(kind: _Kind, place: JudgedPlace, room: int, position: int) -> Iterator[_Move]:
    """The rest of a rung, and the rungs above it that may come after."""
    rest = ceil(place.value) - place.value
    yield _Move(replace(kind, gain=kind.gain * rest), ((place, 1),))
    if room > 1:
        yield _Move(kind, ((place, room - 1),), after=position)


def _size(node: Node) -> Fraction:
    return RUNG if on_ladder(node) else HUNDREDTH


def _room(node: Node, value: Fraction) -> int:
    """How many steps are left above the value."""
    if on_ladder(node):
        return ceil(TOP_RUNG - value)
    top = reach(node)[1] if node.children else node.normalise.value.between[1]
    return floor((top - value) / HUNDREDTH)


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
    """How many acts of each move are cheapest, other than those ``cuts``; None: there are none.

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
    nodes = {node.key: node for node in scheme.nodes()}
    steps: dict[JudgedPlace, int] = {}
    costs: dict[JudgedPlace, Fraction] = {}
    for one, number in zip(moves, taken.tolist(), strict=True):
        for place, most in one.members:
            here = min(number, most)
            number -= here
            if here:
                steps[place] = steps.get(place, 0) + here
                costs[place] = costs.get(place, Fraction(0)) + here * one.kind.cost
    ends = {place: _raised(nodes[place.node], place.value, here) for place, here in steps.items()}
    changed = {key: list(column) for key, column in columns.items()}
    for place, end in ends.items():
        before = changed[place.node][place.unit] or Fraction(0)
        changed[place.node][place.unit] = before + (end - place.value) * place.share
    order = list(nodes)
    ordered = sorted(ends, key=lambda one: (one.unit, order.index(one.node), one.subject, one.item))
    rises = tuple(
        PlannedRise(place, nodes[place.node], place.value, ends[place], costs[place])
        for place in ordered
    )
    after = institution_score(score(scheme, changed).total) or Fraction(0)
    return Plan(rises, sum(costs.values(), Fraction(0)), after, changed)


def _raised(node: Node, value: Fraction, steps: int) -> Fraction:
    """The value so many rungs or hundredths higher; a begun rung is finished first."""
    return Fraction(floor(value) + steps) if on_ladder(node) else value + steps * HUNDREDTH

"""The screening of units' periods: alarms with their groups, and what is only noted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import Floats
from analysis.screening.bursts import bursts
from analysis.screening.comments import alike
from analysis.screening.contrast import Contrast, Rating, contrast
from analysis.screening.copied import copied
from analysis.screening.devices import clusters
from analysis.screening.duplicates import duplicates
from analysis.screening.responses import UNKNOWN, Bools, ScreenedResponses
from analysis.screening.rules import Alarm, Rules, load_rules


@dataclass(frozen=True)
class Flag:
    """An alarm, the ``group`` (n,) of responses that it is about, and how sure it is.

    ``p``: of what raised it, by chance, None where it is a plain count; ``points``: how much
    more the group gives than all others, of 100.
    """

    alarm: Alarm
    group: Bools
    p: float | None
    points: float

    @property
    def number(self) -> int:
        """The responses of the group."""
        return int(self.group.sum())


@dataclass(frozen=True)
class Screening:
    """``flags``: the alarms; ``shares``: what is noted where it is high, by notice, 0-1, None
    where nobody can know or few are concerned; ``evidence``: by indicator its smallest p."""

    flags: list[Flag]
    shares: Mapping[str, float | None]
    evidence: Mapping[Alarm, float]

    @property
    def strongest(self) -> float:
        """The smallest p of all indicators."""
        return min(self.evidence.values(), default=1.0)


@dataclass(frozen=True)
class _Look:
    """What one indicator sees: by unit (U,) its ``p`` and how the ``group`` (n,) rates it."""

    p: Floats
    group: Bools
    rates: Contrast


def screen(
    responses: ScreenedResponses,
    earlier: ScreenedResponses | None = None,
    comments: Sequence[str] = (),
) -> Screening:
    """Screens the period of one unit, as ``screen_each`` does."""
    (found,) = screen_each(responses, earlier, comments)
    return found


def screen_each(
    responses: ScreenedResponses,
    earlier: ScreenedResponses | None = None,
    comments: Sequence[str] = (),
) -> list[Screening]:
    """Screens the period of each unit by itself.

    ``earlier``: the same units' period before; ``comments``: of each response, "" where none.

    An alarm is raised where a group of the least size stands out by how it came, at its
    indicator's level, and gives more points than all others, at the same level. Copied
    periods and comments stand out by what they say, whichever it is.
    """
    rules = load_rules()
    rating = Rating(responses.points, responses.unit, responses.units)
    looks = {
        alarm: _Look(p, group, contrast(rating, group))
        for alarm, (p, group) in _arrivals(responses, rules).items()
    }
    evidence = {alarm: _higher(responses, look, rules) for alarm, look in looks.items()}
    if earlier is not None:
        back = copied(responses, earlier)
        looks["copied"] = _Look(back.p, back.group, contrast(rating, back.group))
        evidence["copied"] = np.where(_enough(responses, back.group, rules), back.p, 1.0)
    flags = _flags(responses, looks, evidence, rules)
    same = _comments(responses, comments, rules)
    for unit, points in enumerate(contrast(rating, same).points.tolist() if same.any() else ()):
        if same[rows := responses.rows_of(unit)].any():
            flags[unit].append(Flag("comments", same[rows], None, points))
    told = shares_of_each(responses, rules)
    return [
        Screening(flags[unit], told[unit], {key: float(p[unit]) for key, p in evidence.items()})
        for unit in range(responses.units)
    ]


def _flags(
    responses: ScreenedResponses,
    looks: Mapping[Alarm, _Look],
    evidence: Mapping[Alarm, Floats],
    rules: Rules,
) -> list[list[Flag]]:
    """By unit the alarms that are raised."""
    flags: list[list[Flag]] = [[] for _ in range(responses.units)]
    for alarm, p in evidence.items():
        look = looks[alarm]
        for unit in np.flatnonzero(p <= getattr(rules, alarm).level.value).tolist():
            group, points = look.group[responses.rows_of(unit)], float(look.rates.points[unit])
            flags[unit].append(Flag(alarm, group, float(p[unit]), points))
    return flags


def _higher(responses: ScreenedResponses, look: _Look, rules: Rules) -> Floats:
    """(U,) the larger chance of how a group came and of how it rates; 1 where it is no higher."""
    higher = look.rates.points >= rules.least_points.value
    raised = higher & _enough(responses, look.group, rules)
    return np.where(raised, np.maximum(look.p, look.rates.p), 1.0)


def _enough(responses: ScreenedResponses, group: Bools, rules: Rules) -> Bools:
    """(U,) whether the group is as large as an alarm needs."""
    enough: Bools = responses.count(group) >= rules.least_group.value
    return enough


def _arrivals(responses: ScreenedResponses, rules: Rules) -> dict[Alarm, tuple[Floats, Bools]]:
    """By indicator: p of how its group came, and the group."""
    least, rule = rules.least_group.value, rules.bursts
    burst = bursts(responses, rule.windows.value, least, rule.steepest.value, rule.level.value)
    near = duplicates(responses, least)
    plain, vouched = np.zeros(responses.units), responses.count(responses.vouched)
    return {
        "bursts": (burst.p, burst.group),
        "devices": (plain, clusters(responses, least)),
        "duplicates": (near.p, near.group),
        "unvouched": (plain, ~responses.vouched & (vouched >= least)[responses.unit]),
    }


def _comments(responses: ScreenedResponses, comments: Sequence[str], rules: Rules) -> Bools:
    """(n,) the comments that are alike in their unit."""
    rule, found = rules.comments, np.zeros(len(responses), bool)
    if any(comments):
        for rows in map(responses.rows_of, range(responses.units)):
            least = rules.least_group.value
            found[rows] = alike(comments[rows], rule.words.value, rule.cosine.value, least)
    return found


def shares(responses: ScreenedResponses, rules: Rules) -> dict[str, float | None]:
    """What is only noted of one unit, as of each by ``shares_of_each``."""
    (found,) = shares_of_each(responses, rules)
    return found


def shares_of_each(responses: ScreenedResponses, rules: Rules) -> list[dict[str, float | None]]:
    """What is only noted: shares among those of whom it is known, and the patterns' entropy.

    Entropy: of the distribution of patterns, as a part of its largest, all different (log n).
    """
    opens, closes = rules.office_hours.value
    quarter, everybody = responses.quarter, np.ones(len(responses), bool)
    groups = {
        "fast": (responses.fast == 1, responses.fast != UNKNOWN),
        "straight": (responses.straight, (responses.answers > 0).any(axis=1)),
        "unvouched": (~responses.vouched, everybody),
        "outside_hours": ((quarter < opens) | (quarter >= closes), responses.timed),
    }
    counted = {
        name: (responses.count(of & among).tolist(), responses.count(among).tolist())
        for name, (of, among) in groups.items()
    }
    least, entropy = rules.least_group.value, _entropy(responses)
    return [
        {name: _share(of[unit], among[unit], least) for name, (of, among) in counted.items()}
        | {"entropy": entropy[unit]}
        for unit in range(responses.units)
    ]


def _entropy(responses: ScreenedResponses) -> list[float | None]:
    """By unit; None of a single response."""
    n = responses.numbers
    part = responses.alike / n[responses.unit]
    # Each response of a pattern adds its part of what the pattern adds.
    added = np.bincount(responses.unit, np.log(part), responses.units) / np.maximum(n, 1)
    spread = -added / np.log(np.maximum(n, 2))
    return [one if of > 1 else None for one, of in zip(spread.tolist(), n.tolist(), strict=True)]


def noted(shares: Mapping[str, float | None], rules: Rules) -> list[str]:
    """The notices whose share is above its threshold (entropy: below)."""
    found = []
    for notice, share in shares.items():
        threshold = getattr(rules.notices, notice).value
        if share is not None and (share < threshold if notice == "entropy" else share > threshold):
            found.append(notice)
    return found


def _share(number: int, known: int, least: int) -> float | None:
    """None where nobody is known, or where it would tell of a group under the least."""
    small = 0 < number < least or 0 < known - number < least
    return number / known if known and not small else None

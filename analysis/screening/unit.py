"""The screening of one unit's period: alarms with their groups, notices, the joint view."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.screening.bursts import bursts
from analysis.screening.comments import alike
from analysis.screening.contrast import Contrast, contrast
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


def screen(
    responses: ScreenedResponses,
    earlier: ScreenedResponses | None = None,
    comments: Sequence[str] = (),
) -> Screening:
    """Screens a unit's period; ``earlier``: the period before; ``comments``: "" where none.

    An alarm is raised where a group of the least size stands out by how it came, at its
    indicator's level, and gives more points than all others, at the same level. Copied
    periods and comments stand out by what they say, whichever it is.
    """
    rules = load_rules()
    found = _arrivals(responses, rules)
    evidence: dict[Alarm, float] = {}
    for alarm, (p, group, against) in found.items():
        higher = against.points >= rules.least_points.value
        enough = group.sum() >= rules.least_group.value
        evidence[alarm] = max(p, against.p) if enough and higher else 1.0
    if earlier is not None:
        back = copied(responses, earlier)
        found["copied"] = back.p, back.group, _contrast(responses, back.group)
        evidence["copied"] = back.p if back.group.sum() >= rules.least_group.value else 1.0
    flags = [
        Flag(alarm, found[alarm][1], p, found[alarm][2].points)
        for alarm, p in evidence.items()
        if p <= getattr(rules, alarm).level.value
    ]
    same = _comments(comments, rules)
    if same.any():
        flags.append(Flag("comments", same, None, _contrast(responses, same).points))
    return Screening(flags, shares(responses, rules), evidence)


def _arrivals(
    responses: ScreenedResponses, rules: Rules
) -> dict[Alarm, tuple[float, Bools, Contrast]]:
    """By indicator: p of how its group came, the group, and how it rates."""
    least, rule = rules.least_group.value, rules.bursts
    burst = bursts(responses, rule.windows.value, least, rule.steepest.value, rule.level.value)
    near = duplicates(responses, least)
    unvouched = ~responses.vouched
    by_way: dict[Alarm, tuple[float, Bools]] = {
        "bursts": (burst.p, burst.group),
        "devices": (0.0, clusters(responses, least)),
        "duplicates": (near.p, near.group),
        "unvouched": (0.0, unvouched if responses.vouched.sum() >= least else unvouched & False),
    }
    return {alarm: (p, group, _contrast(responses, group)) for alarm, (p, group) in by_way.items()}


def _contrast(responses: ScreenedResponses, group: Bools) -> Contrast:
    return contrast(responses.points, group)


def _comments(comments: Sequence[str], rules: Rules) -> Bools:
    rule = rules.comments
    return alike(comments, rule.words.value, rule.cosine.value, rules.least_group.value)


def shares(responses: ScreenedResponses, rules: Rules) -> dict[str, float | None]:
    """What is only noted: shares among those of whom it is known, and the patterns' entropy.

    Entropy: of the distribution of patterns, as a part of its largest, all different (log n).
    """
    opens, closes = rules.office_hours.value
    timed, quarter = responses.timed, responses.quarter
    _, times = np.unique(responses.pattern, return_counts=True)
    part = times / len(responses) if len(responses) else np.ones(1)
    most = np.log(len(responses)) if len(responses) > 1 else 1.0
    everybody = np.ones(len(responses), bool)
    groups = {
        "fast": (responses.fast == 1, responses.fast != UNKNOWN),
        "straight": (responses.straight, (responses.answers > 0).any(axis=1)),
        "unvouched": (~responses.vouched, everybody),
        "outside_hours": ((quarter < opens) | (quarter >= closes), timed),
    }
    least = rules.least_group.value
    found = {name: _share(of, among, least) for name, (of, among) in groups.items()}
    spread = float(-(part * np.log(part)).sum() / most) if len(responses) > 1 else None
    return found | {"entropy": spread}


def noted(shares: Mapping[str, float | None], rules: Rules) -> list[str]:
    """The notices whose share is above its threshold (entropy: below)."""
    found = []
    for notice, share in shares.items():
        threshold = getattr(rules.notices, notice).value
        if share is not None and (share < threshold if notice == "entropy" else share > threshold):
            found.append(notice)
    return found


def _share(of: Bools, among: Bools, least: int) -> float | None:
    """None where nobody is known, or where it would tell of a group under the least."""
    number, all_known = int((of & among).sum()), int(among.sum())
    small = 0 < number < least or 0 < all_known - number < least
    return number / all_known if all_known and not small else None

"""Alarms about mostly the same responses are one group, however many rules it meets."""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.screening.rules import Alarm, load_rules


@dataclass(frozen=True)
class Raised:
    """An alarm: the ``responses`` that it is about, and the ``points`` of 100 that they give more
    than all others."""

    alarm: Alarm
    responses: frozenset[str]
    points: float


@dataclass(frozen=True)
class RaisedGroup:
    """What is said of one group of responses, by the rule that the fewest of them meet first."""

    raised: tuple[Raised, ...]

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """The rules that it meets."""
        return tuple(one.alarm for one in self.raised)

    @property
    def responses(self) -> frozenset[str]:
        """Those that meet any of them."""
        return frozenset().union(*(one.responses for one in self.raised))

    def lift(self, total: int) -> float:
        """By how many points of 100 it lifts the mean of all ``total`` responses.

        The mean of all is that of the others, and the group's share times what it gives more.
        """
        return max(len(one.responses) / total * one.points for one in self.raised)


def grouped(raised: Sequence[Raised], total: int) -> list[RaisedGroup]:
    """The groups, the one that lifts the mean most first.

    Two alarms are about one group where the responses of both are the rules' share of those of
    either, or more (Jaccard's index); so are all that are linked by such.
    """
    groups: list[list[Raised]] = []
    for one in raised:
        near = [group for group in groups if any(_same(one, other) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([one, *(other for group in near for other in group)])
    found = [
        RaisedGroup(tuple(sorted(group, key=lambda one: (len(one.responses), one.alarm))))
        for group in groups
    ]
    return sorted(found, key=lambda group: (-group.lift(total), group.alarms))


def _same(one: Raised, other: Raised) -> bool:
    both = len(one.responses & other.responses)
    either = len(one.responses | other.responses)
    return either > 0 and both >= load_rules().same_group.value * either

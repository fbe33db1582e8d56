"""When screening raises an alarm: dated thresholds with their source and standing."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from analysis.rulebook.scheme import Sourced
from analysis.rules import (
    Rule,
    Source,
    Validity,
    broken,
    check,
    check_known,
    newest_rules,
    parse_yaml,
    read_rules,
)

FILE = newest_rules(Path(__file__).resolve().parent, "screening")
QUARTERS = 96

Alarm = Literal["bursts", "devices", "duplicates", "unvouched", "copied", "comments"]
ProperShare = Annotated[float, Field(gt=0, lt=1)]


class Level(Rule):
    """The chance at which an indicator raises its alarm."""

    level: Sourced[ProperShare]


class Bursts(Level):
    """Bursts: the windows looked at, in quarter-hours, and how steep an honest rhythm is."""

    windows: Sourced[list[int]]
    steepest: Sourced[ProperShare]


class Comments(Rule):
    """Comments: from how many words on they are compared, and when they are alike."""

    words: Sourced[int]
    cosine: Sourced[ProperShare]


class Notices(Rule):
    """Shares above which (entropy: below which) something is noted."""

    fast: Sourced[ProperShare]
    straight: Sourced[ProperShare]
    unvouched: Sourced[ProperShare]
    outside_hours: Sourced[ProperShare]
    entropy: Sourced[ProperShare]


class JointRules(Rule):
    """The forest of the joint view, and the part of honest responses that it calls unusual."""

    trees: Sourced[int]
    seed: Sourced[int]
    unusual: Sourced[ProperShare]


class Rules(Rule):
    """All rules of screening. No regulation sets them."""

    id: str
    valid: Validity
    sources: dict[str, Source]
    false_alarms: Sourced[ProperShare]
    least_group: Sourced[Annotated[int, Field(ge=5)]]
    least_points: Sourced[float]
    same_group: Sourced[ProperShare]
    bursts: Bursts
    devices: Level
    duplicates: Level
    unvouched: Level
    copied: Level
    comments: Comments
    notices: Notices
    office_hours: Sourced[tuple[int, int]]
    too_fast: Sourced[str]
    joint: JointRules

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        opens, closes = self.office_hours.value
        if not 0 <= opens < closes <= QUARTERS:
            raise broken("hours_off_day", "office_hours", opens=opens, closes=closes)
        check_known(_sources(self), self.sources)
        return self


def _sources(rule: Rule) -> Iterator[str]:
    """The keys of the sources that the rule and its parts name."""
    for part in rule.__dict__.values():
        if isinstance(part, Sourced):
            yield part.source
        elif isinstance(part, Rule):
            yield from _sources(part)


@cache
def load_rules() -> Rules:
    """The rules that come with the program."""
    return check(Rules, parse_yaml(read_rules(FILE), FILE.name), FILE.name)

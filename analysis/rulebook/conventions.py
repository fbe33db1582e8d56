"""Conventions by which statistics are read: thresholds with their source, and plain words."""

from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from analysis.exact import Exact, half_up
from analysis.rulebook.scheme import Sourced
from analysis.rules import Rule, Source, Text, broken, check, check_known, parse_yaml, read_rules

FILE = Path(__file__).resolve().parent / "conventions.yaml"

StatisticName = Literal["alpha", "omega", "kmo", "item_rest", "loading"]


class Reading(Rule):
    """What values from ``start`` on are called; without a start, all values below."""

    start: Sourced[Exact] | None = Field(default=None, alias="from")
    word: Text
    sentence: Text


class Convention(Rule):
    """How one figure is read, the best reading first."""

    name: Text
    readings: list[Reading] = Field(min_length=1)

    @model_validator(mode="after")
    def _descending(self) -> Self:
        *higher, last = self.readings
        starts = [reading.start.value for reading in higher if reading.start]
        if last.start or len(starts) < len(higher):
            raise broken("reading_without_start")
        if any(upper <= lower for upper, lower in pairwise(starts)):
            raise broken("readings_not_falling")
        return self


class Conventions(Rule):
    """All conventions in use. No regulation sets them."""

    sources: dict[str, Source]
    note: Text
    decimals: Sourced[int]
    respondents_per_element: Sourced[int]
    respondents_per_item: Sourced[int]
    figures: dict[StatisticName, Convention]

    @model_validator(mode="after")
    def _sourced(self) -> Self:
        readings = [one for figure in self.figures.values() for one in figure.readings]
        values = [self.decimals, self.respondents_per_element, self.respondents_per_item]
        named = {value.source for value in values} | {
            reading.start.source for reading in readings if reading.start
        }
        check_known(named, self.sources)
        return self

    def read(self, name: StatisticName, value: float) -> Reading:
        """The reading of a figure, by its value as it is shown: rounded once."""
        shown = Fraction(half_up(Fraction(value), self.decimals.value))
        return next(
            reading
            for reading in self.figures[name].readings
            if reading.start is None or shown >= reading.start.value
        )


@cache
def conventions() -> Conventions:
    """The conventions that come with the program."""
    return check(Conventions, parse_yaml(read_rules(FILE), FILE.name), FILE.name)

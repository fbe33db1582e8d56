"""Sampling: how many units of which kind a year's round assesses, and what within a unit."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from analysis.errors import bad
from analysis.rulebook.scheme import Sourced
from analysis.rules import (
    Rule,
    Source,
    Text,
    Validity,
    broken,
    check,
    check_known,
    parse_yaml,
    read_rules,
)

FILE = Path(__file__).resolve().parent / "sampling.yaml"
PRODUCT = "product"  # the one kind of subject that is no person

SampleNumber = Annotated[int, Field(ge=1, le=99)]
KindCode = Annotated[str, Field(pattern="^[a-z]{1,30}$")]


class Mark(Rule):
    """What a unit may be marked with, and the years in whose rounds it is the focus."""

    name: Text
    focus: Sourced[list[int]]


class SubjectRule(Rule):
    """A kind of what is looked at in a unit, and the area whose items are then judged."""

    name: Text
    area: Sourced[Literal["standards", "competence", "facilities", "complaints"]]


class SampleRule(Rule):
    """The numbers for these kinds of institution: of units by kind, of subjects in each unit.

    ``interviews``: the fewest users of a unit who answer an interview; None: none is said.
    """

    valid: Validity
    institutions: Sourced[list[str]]
    units: dict[str, Sourced[SampleNumber]] = Field(min_length=1)
    subjects: dict[str, Sourced[SampleNumber]] = {}
    interviews: Sourced[SampleNumber] | None = None

    def units_of(self, institution: str) -> dict[str, Sourced[int]]:
        """How many units of which kind, for this kind of institution; {}: nothing is said."""
        return dict(self.units) if institution in self.institutions.value else {}


class Sampling(Rule):
    """All rules, the oldest first; ``yaml`` is the file's own text."""

    sources: dict[str, Source]
    kinds: dict[KindCode, Text]
    marks: dict[KindCode, Mark]
    subjects: dict[KindCode, SubjectRule]
    rules: list[SampleRule] = Field(min_length=1)
    yaml: str

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for earlier, later in pairwise(self.rules):
            if earlier.valid.end is None or later.valid.start <= earlier.valid.end:
                starts = [earlier.valid.start, later.valid.start]
                raise broken("rules_overlap", "rules", starts=starts)
        for known, named in (
            (self.kinds, [key for rule in self.rules for key in rule.units]),
            (self.subjects, [PRODUCT, *(key for rule in self.rules for key in rule.subjects)]),
            (self.sources, [value.source for value in self._values()]),
        ):
            check_known(named, known, "")
        return self

    def _values(self) -> Iterator[Sourced[Any]]:
        yield from (mark.focus for mark in self.marks.values())
        yield from (subject.area for subject in self.subjects.values())
        for rule in self.rules:
            yield rule.institutions
            yield from (*rule.units.values(), *rule.subjects.values())
            if rule.interviews:
                yield rule.interviews

    def rule(self, year: int) -> SampleRule:
        """The rule of a year's round. Raises BadInput for a year that has none.

        >>> {key: number.value for key, number in load_sampling().rule(2023).units.items()}
        {'office': 5, 'puskesmas': 2}
        """
        day = date(year, 1, 1)
        for rule in self.rules:
            if rule.valid.start <= day <= (rule.valid.end or day):
                return rule
        first = self.rules[0].valid.start.year
        raise bad("no_rule_of_year", year=str(year), first=str(first))

    def focus(self, year: int) -> dict[str, Mark]:
        """The marks that the year's round looks for first."""
        return {key: mark for key, mark in self.marks.items() if year in mark.focus.value}


def parse_sampling(text: str, name: str) -> Sampling:
    """The rules written in ``text``; ``name`` is said in errors. Raises BadInput."""
    return check(Sampling, {**parse_yaml(text, name), "yaml": text}, name)


@cache
def load_sampling() -> Sampling:
    """The rules that come with the program."""
    return parse_sampling(read_rules(FILE), FILE.name)

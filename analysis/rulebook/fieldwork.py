"""Instruments of assessors: what is judged of whom, on a ladder 0-4 with a described rung each."""

from datetime import date
from functools import cache, cached_property
from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from analysis.rulebook.instrument import INSTRUMENTS, ExperienceQuestion
from analysis.rulebook.scheme import Node, Scheme, Sourced, load_scheme, scheme_ids
from analysis.rules import (
    Rule,
    RuleLanguage,
    Source,
    Text,
    Validity,
    broken,
    check,
    check_known,
    find_rules,
    parse_yaml,
    read_rules,
    rule_hash,
    rule_ids,
    without_brackets,
)
from analysis.standing import Standing

FOLDER = INSTRUMENTS / "assessors"
RUNGS = (0, 1, 2, 3, 4)

JudgedArea = Literal["standards", "competence", "facilities", "complaints", "governance"]
InterviewArea = Literal["experience", "trust", "seen_standards"]
SubjectKind = Literal["product", "staff", "unit", "officer", "user"]


class Founded(Rule):
    """How well something is founded, and on what."""

    standing: Standing
    source: str


class FieldItem(Rule):
    """What is judged or answered; ``counts_in``: the item whose indicator it is a part of.

    An item without it is the indicator of its own key. ``valid``: narrower than the instrument's.
    """

    key: str
    text: Text
    rungs: dict[int, Text]
    counts_in: str | None = None
    valid: Validity | None = None

    @model_validator(mode="after")
    def _whole_ladder(self) -> Self:
        if tuple(sorted(self.rungs)) != RUNGS:
            raise broken("other_rungs", "rungs", found=sorted(self.rungs), rungs=RUNGS)
        return self

    @property
    def indicator(self) -> str:
        """The key of the scheme's indicator in which it counts."""
        return self.counts_in or self.key


class FieldInstrument(Rule):
    """An assessors' instrument; ``yaml`` is the file's own text.

    ``subjects``: how many a unit, each with its own row of judgements; ``ladder``: how well the
    words of the rungs, or the score of the interview, are founded. ``experience`` in place of
    items: users tell which forms of maladministration they experienced.
    """

    id: str
    title: Text
    valid: Validity
    area: JudgedArea | InterviewArea
    subject: SubjectKind
    subjects: Sourced[int]
    sources: dict[str, Source]
    standing: Standing
    source: str
    ladder: Founded
    note: Text
    items: list[FieldItem] = Field(default_factory=list)
    experience: ExperienceQuestion | None = None
    yaml: str

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        keys = [item.key for item in self.items]
        if len(set(keys)) < len(keys):
            raise broken("item_key_twice", "items")
        if lost := [item.key for item in self.items if item.indicator not in keys]:
            raise broken("counts_in_no_item", "counts_in", items=lost)
        named = (self.source, self.ladder.source, self.subjects.source)
        check_known(named, self.sources)
        if (self.area == "experience") != (self.experience is not None) or (
            bool(self.items) == (self.experience is not None)
        ):
            raise broken("items_or_experience", "area", area=self.area)
        return self

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the file's text."""
        return rule_hash(self.yaml)

    def name(self, language: RuleLanguage) -> str:
        """The title without what is said of it in brackets."""
        return without_brackets(self.title[language])

    def asked_in(self, year: int) -> list[FieldItem]:
        """The items in force in a year, in the order of the file."""
        return [item for item in self.items if item.valid is None or item.valid.covers(year)]


def parse_field_instrument(text: str, name: str) -> FieldInstrument:
    """The instrument written in ``text``; ``name`` is said in errors. Raises BadInput."""
    return check(FieldInstrument, {**parse_yaml(text, name), "yaml": text}, name)


@cache
def load_field_instrument(name: str) -> FieldInstrument:
    """The instrument with this id, or the one in the YAML file of this path. Raises BadInput."""
    path = find_rules(name, "instrument", FOLDER)
    return parse_field_instrument(read_rules(path), path.name)


@cache
def instruments_of(year: int) -> dict[str, FieldInstrument]:
    """The instruments in force in a year, by area; where two are, the one that began later."""
    every = [load_field_instrument(name) for name in rule_ids(FOLDER)]
    found = sorted((one for one in every if one.valid.covers(year)), key=_start)
    by_area: dict[str, FieldInstrument] = {one.area: one for one in found}
    order = (*get_args(JudgedArea), *get_args(InterviewArea))
    return {area: by_area[area] for area in order if area in by_area}


@cache
def judged_in(year: int) -> dict[str, FieldInstrument]:
    """Those of them whose items assessors judge, by area."""
    return {area: one for area, one in instruments_of(year).items() if area in get_args(JudgedArea)}


@cache
def parts_of_indicators() -> dict[str, str]:
    """The indicator of each item that is a part of another's, by its key, in any year."""
    every = [load_field_instrument(name) for name in rule_ids(FOLDER)]
    return {item.key: item.indicator for one in every for item in one.items if item.counts_in}


@cache
def judged_indicators() -> dict[str, str]:
    """The area of each indicator that assessors judge in any year, by its key."""
    every = [load_field_instrument(name) for name in rule_ids(FOLDER)]
    judged = [one for one in every if one.area in get_args(JudgedArea)]
    return {item.indicator: one.area for one in judged for item in one.items}


def blends(scheme: Scheme) -> bool:
    """Whether the scheme asks for judgements and other evidence of units, none for answers.

    The elements of a citizens' questionnaire are neither judged nor evidence of a named kind.

    >>> [blends(load_scheme(name)) for name in ("ombudsman-2022", "skm-2017")]
    [True, False]
    """
    return all(node.key in judged_indicators() for node in scheme.indicators() if is_judged(node))


def is_judged(node: Node) -> bool:
    """Whether the node is an indicator that asks for a judgement, or for nothing that is named."""
    return not node.children and node.evidence in (None, "judgement")


def scheme_judged_in(year: int) -> Scheme:
    """The Ombudsman's scheme on 0-100 whose items assessors judge in the year.

    Of several the one in force that began last.

    >>> [scheme_judged_in(year).id for year in (2017, 2021, 2024, 2025)]
    ['compliance-2016', 'compliance-2021', 'ombudsman-2022', 'opini-2025']
    """
    return schemes_judged_in(year)[0]


@cache
def schemes_judged_in(year: int) -> list[Scheme]:
    """The Ombudsman's schemes that ask together for every item judged in the year, its own first.

    From 2025 its own asks for neither standards nor facilities; they are judged for others.

    >>> [scheme.id for scheme in schemes_judged_in(2025)]
    ['opini-2025', 'ombudsman-2022']
    """
    left = {item.indicator for one in judged_in(year).values() for item in one.asked_in(year)}
    found: list[Scheme] = []
    for scheme in sorted(_judged(), key=lambda one: _nearness(one, year), reverse=True):
        asked = {node.key for node in scheme.indicators()}
        if not found or asked & left:
            found.append(scheme)
            left -= asked
    return found


def _judged() -> list[Scheme]:
    """The Ombudsman's schemes on 0-100 that ask for judgements."""
    return [
        scheme
        for scheme in map(load_scheme, scheme_ids())
        if scheme.owner == "ombudsman"
        and [*scheme.span] == [0, 100]
        and blends(scheme)
        and any(map(is_judged, scheme.indicators()))
    ]


def _nearness(scheme: Scheme, year: int) -> tuple[bool, date]:
    return scheme.valid.covers(year), scheme.valid.start


def items_of(indicator: str) -> set[str]:
    """The items that count in an indicator: its own, and those that are a part of it."""
    return {
        indicator,
        *(part for part, whole in parts_of_indicators().items() if whole == indicator),
    }


def _start(one: FieldInstrument) -> date:
    return one.valid.start

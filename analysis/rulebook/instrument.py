"""Instruments: which items are asked, which element each belongs to, what may be answered."""

from functools import cache, cached_property
from pathlib import Path
from typing import Self

from pydantic import model_validator

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

# Data, not code: the questionnaires stand where their wording is looked for.
INSTRUMENTS = Path(__file__).resolve().parents[2] / "survey" / "instruments"


class Question(Rule):
    """One question with its answer words by value; a missing answer is no value at all."""

    key: str
    text: Text
    answers: dict[int, Text]


class Item(Question):
    """A question that counts in the index, as part of its element."""

    element: str


class ExperienceQuestion(Rule):
    """The question on experienced maladministration."""

    standing: Standing
    text: Text
    hint: Text
    forms: dict[str, Text]
    none: Text
    declined: Text


class RespondentField(Rule):
    """One optional question about the respondent."""

    key: str
    text: Text
    options: dict[str, Text]


class Respondent(Rule):
    """The head of the form."""

    standing: Standing
    fields: list[RespondentField]


class Instrument(Rule):
    """A questionnaire as it is asked; ``yaml`` is the file's own text.

    ``overall``: a rating of the service as a whole, which is no part of the index.
    """

    id: str
    title: Text
    valid: Validity
    scheme: str
    sources: dict[str, Source]
    standing: Standing
    source: str
    note: Text
    missing: Text
    items: list[Item]
    overall: Question | None = None
    experience: ExperienceQuestion
    respondent: Respondent
    yaml: str

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        keys = [question.key for question in self.questions]
        if len(set(keys)) < len(keys):
            raise broken("item_key_twice", "items")
        check_known([self.source], self.sources)
        return self

    def __hash__(self) -> int:
        return hash(self.yaml)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the file's text."""
        return rule_hash(self.yaml)

    @cached_property
    def questions(self) -> list[Question]:
        """The items in the order asked, and last the overall rating where there is one."""
        return [*self.items, *([self.overall] if self.overall else [])]

    @cached_property
    def items_of(self) -> dict[str, list[str]]:
        """Item keys by element, in the order asked."""
        elements: dict[str, list[str]] = {}
        for item in self.items:
            elements.setdefault(item.element, []).append(item.key)
        return elements

    @property
    def scale(self) -> tuple[int, int]:
        """The smallest and the largest answer to an item."""
        answers = [answer for item in self.items for answer in item.answers]
        return min(answers), max(answers)

    def name(self, language: RuleLanguage) -> str:
        """The title without what is said of it in brackets."""
        return without_brackets(self.title[language])

    @cached_property
    def allowed(self) -> dict[str, tuple[int, ...]]:
        """The answers that each question allows."""
        return {question.key: tuple(sorted(question.answers)) for question in self.questions}


def parse_instrument(text: str, name: str) -> Instrument:
    """The instrument written in ``text``; ``name`` is said in errors."""
    return check(Instrument, {**parse_yaml(text, name), "yaml": text}, name)


@cache
def load_instrument(name: str) -> Instrument:
    """The instrument with this id, or the one in the YAML file of this path.

    Raises BadInput for an unknown id or a file that breaks a rule.
    """
    path = find_rules(name, "instrument", INSTRUMENTS)
    return parse_instrument(read_rules(path), path.name)


def instrument_ids() -> list[str]:
    """Ids of the instruments that come with the program."""
    return rule_ids(INSTRUMENTS)

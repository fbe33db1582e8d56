"""The rules of reading as data: names of columns, ways to answer, rows that are no respondents."""

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import TypeVar

from pydantic import Field

from analysis.rules import (
    Rule,
    RuleLanguage,
    Source,
    Validity,
    check,
    newest_rules,
    parse_yaml,
    read_rules,
)
from analysis.standing import Standing

FOLDER = Path(__file__).parent
NO_WORD = re.compile(r"[\W_]+")


class Dated(Rule):
    """What every file of rules says of itself."""

    id: str
    valid: Validity
    sources: dict[str, Source]
    standing: Standing
    source: str


class Phrases(Rule):
    """How a column is called: by whole headings, or by words in them unless others stand there."""

    names: list[str] = []
    phrases: list[str] = []
    unless: list[str] = []


class ColumnRules(Dated):
    """The names of columns (columns-2026.yaml)."""

    before_number: list[str]
    numbered: list[str]
    after_numbered: list[str]
    elements: dict[str, Phrases]
    first: list[str]
    overall: Phrases
    kept: dict[str, Phrases]
    number: Phrases
    unit: Phrases
    personal: Phrases
    personal_share: float
    personal_forms: dict[str, str]


class AnswerRules(Dated):
    """The ways to answer beside the questionnaire's own words (answers-2026.yaml)."""

    praise: dict[RuleLanguage, list[str]]
    degrees: dict[int, dict[RuleLanguage, list[str]]]
    missing: list[str]


class Ages(Rule):
    """The lowest and highest number that is an age."""

    lowest: int = Field(alias="from")
    highest: int = Field(alias="to")


class PeopleRules(Dated):
    """What is written of respondents (people-2026.yaml)."""

    fields: dict[str, dict[str, list[str]]]
    age: Ages
    channel: dict[str, list[str]]


class RowRules(Dated):
    """Rows that are no respondents (rows-2026.yaml)."""

    surely: list[str]
    mostly: list[str]
    words: list[str]
    doubtful: list[str]


R = TypeVar("R", bound=Dated)


def _load(model: type[R], name: str) -> R:
    """The newest rules of this kind beside this file."""
    path = newest_rules(FOLDER, name)
    return check(model, parse_yaml(read_rules(path), path.name), path.name)


@cache
def column_rules() -> ColumnRules:
    """The names of columns."""
    return _load(ColumnRules, "columns")


@cache
def answer_rules() -> AnswerRules:
    """The ways to answer."""
    return _load(AnswerRules, "answers")


@cache
def people_rules() -> PeopleRules:
    """What is written of respondents."""
    return _load(PeopleRules, "people")


@cache
def row_rules() -> RowRules:
    """Rows that are no respondents."""
    return _load(RowRules, "rows")


def in_words(text: str) -> str:
    """The words of a text in lower case, all else as single spaces, as rules compare them.

    >>> in_words("  Biaya/Tarif_(Rp.)  ")
    'biaya tarif rp'
    """
    return NO_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def phrase_pattern(phrases: list[str]) -> re.Pattern[str]:
    """Finds any of the phrases as whole words; nothing where there are none."""
    longest_first = sorted(phrases, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first)) or '(?!)'})\b")

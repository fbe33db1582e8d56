"""What citizens call offices and services beside their names in the register, as dated data."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from analysis.rules import (
    Rule,
    Source,
    Validity,
    check,
    check_known,
    newest_rules,
    parse_yaml,
    read_rules,
)
from analysis.standing import Standing

FOLDER = Path(__file__).parent
BETWEEN = re.compile(r"[\s,;/+&]+")
AT_THE_ENDS = re.compile(r"^\W+|\W+$")
# How alike a word must be to an abbreviation to be taken for it, and how long it is at least.
ALIKE, LEAST_LETTERS = 0.85, 5

Spelling = Annotated[str, Field(pattern="^[a-z-]+( [a-z-]+)*$")]


class Group(Rule):
    """Forms of one name: who types the one may mean the other."""

    standing: Standing
    source: str
    forms: Annotated[tuple[Spelling, ...], Field(min_length=2)]


class Abbreviations(Rule):
    """The forms that belong together, and the words that are left out of a search."""

    id: str
    valid: Validity
    fillers: frozenset[str]
    sources: dict[str, Source]
    groups: tuple[Group, ...]

    @model_validator(mode="after")
    def _sources_are_known(self) -> Self:
        check_known((group.source for group in self.groups), self.sources)
        return self

    @cached_property
    def others(self) -> Mapping[str, Sequence[str]]:
        """Each form with all that may be meant by it, itself first."""
        found: dict[str, dict[str, None]] = {}
        for group in self.groups:
            for form in group.forms:
                found.setdefault(form, {form: None}).update(dict.fromkeys(group.forms))
        return {form: tuple(forms) for form, forms in found.items()}


def read_words(typed: str) -> list[Sequence[str]]:
    """What was typed, word by word, each with all that may be meant by it, itself first.

    Several words that are one form are one.

    >>> [forms[0] for forms in read_words("Kantor pencatatan sipil, Langgur")]
    ['pencatatan sipil', 'langgur']
    """
    rules = load_abbreviations()
    words = [word for one in BETWEEN.split(typed.lower()) if (word := AT_THE_ENDS.sub("", one))]
    found = list(_grouped(words, rules.others))
    return [forms for forms in found if forms[0] not in rules.fillers] or found


@cache
def load_abbreviations() -> Abbreviations:
    """The newest that come with the program."""
    file = newest_rules(FOLDER, "abbreviations")
    return parse_abbreviations(read_rules(file), file.name)


def parse_abbreviations(text: str, name: str) -> Abbreviations:
    """The abbreviations written in ``text``; ``name`` is said in errors. Raises BadInput."""
    return check(Abbreviations, parse_yaml(text, name), name)


def _grouped(words: Sequence[str], others: Mapping[str, Sequence[str]]) -> Iterator[Sequence[str]]:
    """The forms of each word; the longest known ones first."""
    longest, at = max(form.count(" ") for form in others) + 1, 0
    while at < len(words):
        spans = (" ".join(words[at : at + size]) for size in range(longest, 0, -1))
        known = next((span for span in spans if span in others), "")
        yield others[known] if known else _alike(words[at], others)
        at += known.count(" ") + 1


def _alike(word: str, others: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """The word, and all that may be meant where it is a misspelt abbreviation."""
    if len(word) < LEAST_LETTERS:
        return (word,)
    close = get_close_matches(word, others, n=1, cutoff=ALIKE)
    return (word, *(others[close[0]] if close else ()))

"""The word lists, as one table from word to what it can be."""

from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator

from analysis.errors import Written
from analysis.rules import (
    Rule,
    Source,
    Validity,
    broken,
    check,
    parse_yaml,
    read_rules,
)
from analysis.standing import Standing

FOLDER = Path(__file__).resolve().parent


class Sense:
    """What a word can be, as bits: several at once. Plain numbers; enum's flags are slow."""

    GIVEN = 1 << 0
    MAYBE = 1 << 1
    ORDINARY = 1 << 2
    TITLES = 1 << 3
    WEAK_TITLES = 1 << 4
    INTRODUCTIONS = 1 << 5
    BEFORE_PERSONS = 1 << 6
    AFTER_PERSONS = 1 << 7
    ROLES = 1 << 8
    INSTITUTIONS = 1 << 9
    AREAS = 1 << 10
    PLACES = 1 << 11
    STREET_WORDS = 1 << 12
    NOT_STREETS = 1 << 13


def _words(value: object) -> frozenset[str]:
    if not (isinstance(value, str) and value.split()):
        raise broken("no_words", found=Written(str(value)))
    if value != value.lower():
        found = [Written(word) for word in value.split() if word != word.lower()]
        raise broken("no_small_letters", found=found)
    return frozenset(value.split())


# Words as they are looked for: in lower case, with spaces between them in the file.
WordList: TypeAlias = Annotated[frozenset[str], BeforeValidator(_words)]


class Names(Rule):
    """Names of people: such wherever they stand, or ("maybe") ordinary words as well."""

    id: str
    valid: Validity
    standing: Standing
    source: Source
    given: dict[str, WordList]
    family: dict[str, WordList]
    maybe: WordList

    def by_sense(self) -> dict[int, frozenset[str]]:
        """The words of each sense."""
        lists = (*self.given.values(), *self.family.values())
        return {Sense.GIVEN: frozenset().union(*lists), Sense.MAYBE: self.maybe}


class OtherWords(Rule):
    """Words that tell names from the rest, each list by its sense."""

    id: str
    valid: Validity
    standing: Standing
    source: Source
    titles: WordList
    weak_titles: WordList
    introductions: WordList
    before_persons: WordList
    after_persons: WordList
    roles: WordList
    institutions: WordList
    areas: WordList
    places: WordList
    street_words: WordList
    not_streets: WordList
    ordinary: WordList

    def by_sense(self) -> dict[int, frozenset[str]]:
        """The words of each sense."""
        return {
            getattr(Sense, name.upper()): words
            for name, words in self
            if isinstance(words, frozenset)
        }


def parse_names(text: str, name: str) -> Names:
    """The names written in ``text``; ``name`` is said in errors. Raises BadInput."""
    return check(Names, parse_yaml(text, name), name)


def parse_words(text: str, name: str) -> OtherWords:
    """The words written in ``text``; ``name`` is said in errors. Raises BadInput."""
    return check(OtherWords, parse_yaml(text, name), name)


def _senses() -> dict[str, int]:
    names = parse_names(read_rules(FOLDER / "names.yaml"), "names.yaml")
    others = parse_words(read_rules(FOLDER / "words.yaml"), "words.yaml")
    senses: dict[str, int] = {}
    for sense, words in (*names.by_sense().items(), *others.by_sense().items()):
        for word in words:
            senses[word] = senses.get(word, 0) | sense
    return senses


SENSES = _senses()

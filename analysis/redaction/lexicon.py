"""The word lists, as one table from word to what it can be."""

from enum import IntFlag, auto
from pathlib import Path

from analysis.rules import parse_yaml

FOLDER = Path(__file__).resolve().parent


class Sense(IntFlag):
    """What a word can be; several at once."""

    GIVEN = auto()
    MAYBE = auto()
    ORDINARY = auto()
    TITLES = auto()
    WEAK_TITLES = auto()
    INTRODUCTIONS = auto()
    BEFORE_PERSONS = auto()
    AFTER_PERSONS = auto()
    ROLES = auto()
    INSTITUTIONS = auto()
    AREAS = auto()
    PLACES = auto()
    STREET_WORDS = auto()
    NOT_STREETS = auto()


def _read() -> dict[str, int]:
    names = parse_yaml((FOLDER / "names.yaml").read_text(encoding="utf-8"), "names.yaml")
    words = parse_yaml((FOLDER / "words.yaml").read_text(encoding="utf-8"), "words.yaml")
    lists = [(Sense.GIVEN, text) for part in ("given", "family") for text in names[part].values()]
    lists += [(Sense.MAYBE, names["maybe"])]
    lists += [(Sense[name.upper()], text) for name, text in words.items()]
    senses: dict[str, int] = {}
    for sense, text in lists:
        for word in text.split():
            senses[word] = senses.get(word, 0) | int(sense)
    return senses


SENSES = _read()

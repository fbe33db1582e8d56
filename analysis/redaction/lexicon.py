"""The word lists, as one table from word to what it can be."""

from pathlib import Path

from analysis.rules import parse_yaml

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


def _read() -> dict[str, int]:
    names = parse_yaml((FOLDER / "names.yaml").read_text(encoding="utf-8"), "names.yaml")
    words = parse_yaml((FOLDER / "words.yaml").read_text(encoding="utf-8"), "words.yaml")
    lists = [(Sense.GIVEN, text) for part in ("given", "family") for text in names[part].values()]
    lists += [(Sense.MAYBE, names["maybe"])]
    lists += [(getattr(Sense, name.upper()), text) for name, text in words.items()]
    senses: dict[str, int] = {}
    for sense, text in lists:
        for word in text.split():
            senses[word] = senses.get(word, 0) | sense
    return senses


SENSES = _read()

"""Phrases that are no features of the model: what withholds a comment, what it is about; dated."""

from functools import cache
from typing import TypeVar

from pydantic import Field

from analysis.rules import Rule, Source, Validity, check, parse_yaml, read_rules
from analysis.standing import Standing
from analysis.triage.spelling import FOLDER

# What a concept of these phrases begins with.
SERIOUS, MATTER = "serious:", "matter:"
BESIDE = (SERIOUS, MATTER)


class SeriousPhrases(Rule):
    """Lists of phrases by the serious form of which they tell."""

    id: str
    valid: Validity
    standing: Standing
    source: Source
    phrases: dict[str, list[list[str]]] = Field(min_length=1)


class Matters(Rule):
    """Phrases by the matter of which they speak."""

    id: str
    valid: Validity
    standing: Standing
    source: Source
    matters: dict[str, list[str]] = Field(min_length=1)


R = TypeVar("R", SeriousPhrases, Matters)


def _read(kind: type[R], name: str) -> R:
    return check(kind, parse_yaml(read_rules(FOLDER / name), name), name)


@cache
def serious_phrases() -> dict[str, list[str]]:
    """The phrases of serious.yaml by the concept that a hit names. Raises BadInput."""
    return {
        f"{SERIOUS}{form}": [phrase for some in lists for phrase in some]
        for form, lists in _read(SeriousPhrases, "serious.yaml").phrases.items()
    }


@cache
def matter_phrases() -> dict[str, list[str]]:
    """The phrases of matters.yaml by the concept that a hit names. Raises BadInput."""
    return {
        f"{MATTER}{matter}": phrases
        for matter, phrases in _read(Matters, "matters.yaml").matters.items()
    }

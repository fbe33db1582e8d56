"""How words change their form and how a sentence denies, as dated data."""

from functools import cache
from typing import Annotated

from pydantic import Field

from analysis.rules import Rule, Source, Validity, check, parse_yaml, read_rules
from analysis.standing import Standing
from analysis.triage.spelling import FOLDER

FrameNumber = Annotated[int, Field(ge=1)]


class Grammar(Rule):
    """Prefixes with the letters they swallow, suffixes, denials and how far these reach."""

    id: str
    valid: Validity
    standing: Standing
    source: Source
    prefixes: dict[str, list[str]] = Field(min_length=1)
    suffixes: list[str] = Field(min_length=1)
    shortest: FrameNumber
    denials: frozenset[str]
    reach: FrameNumber
    far: frozenset[str]
    far_with: frozenset[str]
    far_reach: FrameNumber
    turns: frozenset[str]
    widest_gap: FrameNumber
    function_words: frozenset[str]


@cache
def grammar() -> Grammar:
    """The rules in grammar.yaml. Raises BadInput where a rule of the file is broken."""
    file = FOLDER / "grammar.yaml"
    return check(Grammar, parse_yaml(read_rules(file), file.name), file.name)

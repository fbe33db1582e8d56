"""Rules for stating uncertainty, as dated data: the level of intervals, words for probabilities."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from analysis.rules import (
    Rule,
    RuleLanguage,
    Source,
    Text,
    Validity,
    check,
    parse_yaml,
    read_rules,
)
from analysis.standing import Standing

FILE = Path(__file__).resolve().parent / "certainty.yaml"


CertaintyKey = Literal["certain", "almost_certain", "likely", "borderline"]


class CertaintyWords(Rule):
    """What a grade is called, from the surest to the least sure; {} is the grade."""

    certain: Text
    almost_certain: Text
    likely: Text
    borderline: Text


class Changes(Rule):
    """What is said of the difference between two periods."""

    changed: Text
    no_sign: Text


class CertaintyRules(Rule):
    """The level of intervals, when a grade is likely, and the words.

    ``jackknife_below``: respondents of whom a raked index has its error by a jackknife.
    """

    id: str
    valid: Validity
    standing: Standing
    source: Source
    level: Annotated[float, Field(gt=0, lt=1)]
    likely: Annotated[float, Field(gt=0, lt=1)]
    jackknife_below: Annotated[int, Field(ge=0)]
    assumption: Text
    words: CertaintyWords
    changes: Changes

    def sentence(self, grade: str, key: CertaintyKey, language: RuleLanguage) -> str:
        """How sure the shown grade is, and on what assumption, if on any.

        >>> load_certainty().sentence("B", "likely", "en")
        'Grade B: likely, if respondents are a random sample of visits and nobody rated twice.'
        """
        told = self.short(grade, key, language)
        assumed = "" if key == "certain" else f", {self.assumption[language]}"
        return f"{told[0].upper()}{told[1:]}{assumed}."

    def short(self, grade: str, key: CertaintyKey, language: RuleLanguage) -> str:
        """How sure the shown grade is, in a few words.

        >>> load_certainty().short("B", "likely", "en")
        'grade B: likely'
        """
        words: Text = getattr(self.words, key)
        return words[language].format(grade)


def parse_certainty(text: str, name: str) -> CertaintyRules:
    """The rules written in ``text``; ``name`` is said in errors. Raises BadInput."""
    return check(CertaintyRules, parse_yaml(text, name), name)


@cache
def load_certainty() -> CertaintyRules:
    """The rules that come with the program."""
    return parse_certainty(read_rules(FILE), FILE.name)

"""Rules for stating uncertainty, as dated data: the level of intervals, words for probabilities."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from analysis.exact import Exact
from analysis.rules import (
    Rule,
    RuleLanguage,
    Source,
    Standing,
    Text,
    Validity,
    broken,
    check,
    parse_yaml,
    read_rules,
)

FILE = Path(__file__).resolve().parent / "certainty.yaml"


class CertaintyWords(Rule):
    """What a grade is called whose probability is at least ``start``; {} is the grade."""

    key: Literal["certain", "likely", "borderline"]
    start: Annotated[float, Field(alias="from", ge=0, le=1)]
    text: Text


class Changes(Rule):
    """What is said of the difference between two periods."""

    changed: Text
    no_sign: Text


class CertaintyRules(Rule):
    """The level of intervals, the index above which they are doubtful, and the words."""

    id: str
    valid: Validity
    standing: Standing
    source: Source
    level: Annotated[float, Field(gt=0, lt=1)]
    ceiling: Exact
    assumption: Text
    warning: Text
    grades: list[CertaintyWords] = Field(min_length=1)
    changes: Changes

    @model_validator(mode="after")
    def _complete(self) -> Self:
        starts = [category.start for category in self.grades]
        if starts != sorted(starts, reverse=True) or starts[-1] != 0:
            raise broken("grades_not_falling", found=starts)
        return self

    def category(self, probability: float) -> CertaintyWords:
        """The category of a shown grade's probability."""
        return next(one for one in self.grades if probability >= one.start)

    def sentence(
        self, grade: str, probability: float, language: RuleLanguage, inside: bool = False
    ) -> str:
        """How sure the shown grade is, and on what assumption.

        ``inside``: whether the interval stays inside the grade; else the surest word is not said.

        >>> load_certainty().sentence("B", 0.8, "en")
        'Grade B: likely, if respondents are a random sample of visits.'
        """
        category = self.category(probability)
        if category.key == "certain" and not inside:
            category = next((one for one in self.grades if one.key != "certain"), category)
        told = category.text[language].format(grade)
        return f"{told[0].upper()}{told[1:]}, {self.assumption[language]}."


def parse_certainty(text: str, name: str) -> CertaintyRules:
    """The rules written in ``text``; ``name`` is said in errors. Raises BadInput."""
    return check(CertaintyRules, parse_yaml(text, name), name)


@cache
def load_certainty() -> CertaintyRules:
    """The rules that come with the program."""
    return parse_certainty(read_rules(FILE), FILE.name)

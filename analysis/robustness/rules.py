"""By what robustness is measured: dated values with their source and standing."""

from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from analysis.rulebook.scheme import Mean, Sourced
from analysis.rules import (
    Rule,
    Source,
    Validity,
    broken,
    check,
    check_known,
    newest_rules,
    parse_yaml,
    read_rules,
)

FILE = newest_rules(Path(__file__).resolve().parent, "robustness")

ChoiceScale = Literal["legal", "min_max", "z_score", "rank"]
UnitSets = Literal["holm"]
WeightsWithin = Literal["every_node"]
Chance = Annotated[float, Field(gt=0, lt=1)]
AboveZero = Annotated[float, Field(gt=0)]
Times = Annotated[int, Field(ge=1)]


class RankDraws(Rule):
    """How many draws the critical values of rank sets come from."""

    most: Times
    least: Times
    pairs: Times

    def of(self, institutions: int) -> int:
        """The draws for that many institutions.

        >>> load_robustness().rank_draws.value.of(40), load_robustness().rank_draws.value.of(586)
        (10000, 1000)
        """
        return min(self.most, max(self.least, self.pairs // max(institutions, 1) ** 2))


class RobustnessRules(Rule):
    """The values by which errors and choices are drawn; each is told where it is used.

    Older rules lack ``unit_sets``, and say nothing of units, and ``weights_within``: they draw the
    weights of the dimensions alone.
    """

    id: str
    valid: Validity
    sources: dict[str, Source]
    level: Sourced[Chance]
    draws: Sourced[Times]
    most_draws: Sourced[Times]
    seed: Sourced[int]
    share_of_rung: Sourced[AboveZero]
    rank_draws: Sourced[RankDraws]
    unit_sets: Sourced[UnitSets] | None = None
    concentration: Sourced[AboveZero]
    weights_within: Sourced[WeightsWithin] | None = None
    other_concentrations: Sourced[list[AboveZero]]
    scales: Sourced[list[ChoiceScale]]
    means: Sourced[list[Mean]]
    scales_of_positive_means: Sourced[list[ChoiceScale]]
    min_max_onto: Sourced[tuple[AboveZero, AboveZero]]
    none_left_out: Sourced[Chance]
    quantiles: Sourced[list[Chance]]
    bootstrap: Sourced[Times]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        named = (
            value.source
            for field in type(self).model_fields
            if isinstance(value := getattr(self, field), Sourced)
        )
        check_known(named, self.sources)
        low, high = self.min_max_onto.value
        if low >= high:
            raise broken("range_not_rising", "min_max_onto", low=low, high=high)
        return self


@lru_cache(maxsize=8)
def parse_robustness(text: str, name: str) -> RobustnessRules:
    """The rules written in ``text``; ``name`` is said in errors. Raises BadInput."""
    return check(RobustnessRules, parse_yaml(text, name), name)


@cache
def robustness_text() -> str:
    """The text of the rules that come with the program."""
    return read_rules(FILE)


@cache
def load_robustness() -> RobustnessRules:
    """The rules that come with the program."""
    return parse_robustness(robustness_text(), FILE.name)

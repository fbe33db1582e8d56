"""Which rules are offered first where several can be chosen, as dated data."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from analysis.errors import Written
from analysis.rulebook.instrument import instrument_ids
from analysis.rulebook.scheme import scheme_ids
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

FILE = Path(__file__).resolve().parent / "defaults.yaml"


def _scheme(name: str) -> str:
    if name not in (known := scheme_ids()):
        raise broken("no_default", found=Written(name), known=known)
    return name


def _instrument(name: str) -> str:
    # Without the folder of instruments, as where only ``analysis`` was taken, nothing is known.
    if (known := instrument_ids()) and name not in known:
        raise broken("no_default", found=Written(name), known=known)
    return name


SchemeId = Annotated[str, AfterValidator(_scheme)]


class Defaults(Rule):
    """The ids of what is offered first."""

    id: str
    valid: Validity
    standing: Standing
    source: Source
    questionnaire: Annotated[str, AfterValidator(_instrument)]
    scheme_of_scores: SchemeId
    scheme_shown: SchemeId
    schemes_compared: tuple[SchemeId, SchemeId]


def parse_defaults(text: str, name: str) -> Defaults:
    """The rules written in ``text``; ``name`` is said in errors. Raises BadInput."""
    return check(Defaults, parse_yaml(text, name), name)


@cache
def load_defaults() -> Defaults:
    """The rules that come with the program."""
    return parse_defaults(read_rules(FILE), FILE.name)

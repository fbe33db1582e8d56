"""The dated rule of late ratings."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from analysis.rules import Rule, Source, Validity, check, parse_yaml, read_rules
from analysis.standing import Standing

FILE = Path(__file__).parent / "lateness.yaml"


class LateRules(Rule):
    """Until how many days after its period a rating without a time of filling is taken."""

    id: str
    valid: Validity
    standing: Standing
    source: Source
    undated_days: Annotated[int, Field(ge=0)]


@cache
def load_late_rules() -> LateRules:
    """The rules that come with the program."""
    return check(LateRules, parse_yaml(read_rules(FILE), FILE.name), FILE.name)

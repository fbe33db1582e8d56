"""Rules of the archive of answers, as dated data."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from analysis.rules import (
    Rule,
    Source,
    Validity,
    check,
    parse_yaml,
    read_rules,
    rule_hash,
)
from analysis.standing import Standing

FILE = Path(__file__).parent / "archive.yaml"


class AnswerArchiveRules(Rule):
    """After how many days answers may be removed, and how many at once."""

    id: str
    valid: Validity
    standing: Standing
    source: Source
    thin_after_days: Annotated[int, Field(ge=1)]
    rows_at_once: Annotated[int, Field(ge=1)]


@cache
def archive_rules() -> AnswerArchiveRules:
    """The rules as they stand."""
    return check(AnswerArchiveRules, parse_yaml(read_rules(FILE), FILE.name), FILE.name)


@cache
def archive_rules_hash() -> str:
    """The SHA-256 of their text."""
    return rule_hash(read_rules(FILE))

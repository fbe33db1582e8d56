"""How large a bundle may be, and when one is late: the rules in ``federation-2026.yaml``."""

from functools import cache
from pathlib import Path

from pydantic import Field

from analysis.rules import (
    Rule,
    Source,
    Validity,
    check,
    newest_rules,
    parse_yaml,
    read_rules,
)
from analysis.standing import Standing

FOLDER = Path(__file__).parent


class FederationRules(Rule):
    """``most_bytes`` and ``most_values``: of a file; ``late_days``: after the end of its year."""

    id: str
    valid: Validity
    standing: Standing
    source: Source
    most_bytes: int = Field(ge=1)
    most_values: int = Field(ge=1)
    late_days: int = Field(ge=0)


@cache
def load_federation() -> FederationRules:
    """The rules in force."""
    path = newest_rules(FOLDER, "federation")
    return check(FederationRules, parse_yaml(read_rules(path), path.name), path.name)

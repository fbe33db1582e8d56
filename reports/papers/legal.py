"""The legal basis named in a report of the survey: ``legal_basis.yaml`` beside this file."""

from functools import cache
from pathlib import Path

import yaml

from reports.contents import Law

FILE = Path(__file__).with_name("legal_basis.yaml")


def legal_basis(year: int) -> tuple[Law, ...]:
    """Those in force in a year, the oldest first."""
    return tuple(law for law in _laws() if law.year <= year)


@cache
def _laws() -> list[Law]:
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return [Law.model_validate(law) for law in content]

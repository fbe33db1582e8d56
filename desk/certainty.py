"""How sure the index of a paper is."""

from desk.results import UnitResults
from reports.contents import Certainty


def certainty_of(results: UnitResults) -> Certainty | None:
    """Not computed yet: papers say so."""
    return None

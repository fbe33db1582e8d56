"""In which years something may be assessed, and under which scheme."""

from analysis.errors import Written, bad
from analysis.rulebook.scheme import Scheme
from models import now
from models.rounds import YEARS


def require_year(year: object) -> None:
    """Raises BadInput for what is no year, and for one that is yet to come after the next."""
    first, last = YEARS[0], now().year + 1
    if not isinstance(year, int) or isinstance(year, bool) or not first <= year <= last:
        raise bad("no_year", found=Written(str(year)), first=str(first), last=str(last))


def require_in_force(scheme: Scheme, year: int) -> None:
    """Raises BadInput for a year in which the scheme is not in force, and for what is no year."""
    require_year(year)
    if not scheme.valid.covers(year):
        raise bad(
            "scheme_not_in_force",
            scheme=scheme.title,
            year=str(year),
            start=scheme.valid.start,
            end=scheme.valid.end or "–",
        )

"""By which scheme a period's satisfaction index is computed; not needed to ask and to store."""

from functools import cache

from analysis.rulebook.scheme import Scheme, parse_scheme
from models import Period


def used_scheme(period: Period) -> Scheme:
    """The scheme of a period's satisfaction index, from the text kept when it was opened."""
    return _scheme(period.scheme.text, period.scheme.key)


@cache
def _scheme(text: str, name: str) -> Scheme:
    return parse_scheme(text, name)

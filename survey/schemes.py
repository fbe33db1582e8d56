"""The schemes that the database keeps, as they were read when they were used; not needed to ask."""

from functools import lru_cache

from analysis.rulebook.scheme import Scheme, parse_scheme
from models import Period, SchemeUsed

KEPT = 64


def used_scheme(period: Period) -> Scheme:
    """The scheme of a period's satisfaction index, from the text kept when it was opened."""
    return kept_scheme(period.scheme)


def kept_scheme(used: SchemeUsed) -> Scheme:
    """The scheme in the text that was kept when it was used."""
    return _scheme(used.text, used.key)


@lru_cache(KEPT)
def _scheme(text: str, name: str) -> Scheme:
    return parse_scheme(text, name)

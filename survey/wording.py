"""Questions in further languages, by their Indonesian words; they await native readers."""

from collections.abc import Mapping
from functools import cache

from analysis.rulebook.instrument import INSTRUMENTS
from analysis.rules import parse_yaml, read_rules

FOLDER = INSTRUMENTS / "words"


@cache
def wording(language: str, instrument: str) -> Mapping[str, str]:
    """What is asked and offered, by what it is in Indonesian; what it lacks is asked in that.

    >>> wording("jv", "skm-2017-plain")["Gratis"], wording("en", "skm-2017-plain")
    ('Gratis', {})
    """
    file = FOLDER / f"{language}.yaml"
    known: dict[str, dict[str, str]] = {}
    if file.exists():
        known = parse_yaml(read_rules(file), file.name)
    return known.get(instrument, {})

"""How files are read in the tests of reading: by the nine elements, without a database."""

from datetime import date
from typing import Any

from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme
from survey.reading.tables import Asked
from survey.reading.understood import Understood, read_file

TODAY = date(2026, 11, 1)


def asked(instrument: str = "skm-2017", **said: Any) -> Asked:
    """What a person who reads a file says of it."""
    rules = load_instrument(instrument)
    return Asked(rules, load_scheme(rules.scheme), TODAY, **said)


def read(content: str | bytes, name: str = "a.csv", **said: Any) -> Understood:
    """What is understood of a file."""
    encoded = content if isinstance(content, bytes) else content.encode()
    return read_file(encoded, name, asked(**said))

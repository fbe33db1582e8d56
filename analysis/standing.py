"""How well founded a value of the rules is, and the mark beside every number that uses it."""

from typing import Literal

Standing = Literal["stated", "inferred", "assumed"]
# On screen, on paper and in files.
MARKS: dict[Standing, str] = {"stated": "", "inferred": "†", "assumed": "‡"}

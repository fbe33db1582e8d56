"""The thresholds of the triage and what it calls urgent, as dated data."""

from functools import cache
from typing import Annotated

from pydantic import Field

from analysis.rules import Rule, Source, Text, Validity, check, parse_yaml, read_rules
from analysis.standing import Standing
from analysis.triage.spelling import FOLDER

ShareOfOne = Annotated[float, Field(ge=0, le=1)]


class Settings(Rule):
    """From which probability on what is said, withheld and urgent; when comments are alike.

    ``known_from``: the share of a comment's words that must have been learned for it to be read;
    ``serious_distance_from``: from which distance on the reading of its own, which knows second
    forms too, calls a comment urgent and withholds it.
    """

    id: str
    valid: Validity
    standing: Standing
    source: Source
    abstain_below: ShareOfOne
    known_from: ShareOfOne
    secondary_from: ShareOfOne
    serious: frozenset[str]
    grave: frozenset[str]
    withheld_from: ShareOfOne
    withheld_with_grave_from: ShareOfOne
    urgent_from: ShareOfOne
    urgent_with_phrase_from: ShareOfOne
    serious_distance_from: float
    concern_from: ShareOfOne
    smallest_group: Annotated[int, Field(ge=2)]
    reason: Text


@cache
def settings() -> Settings:
    """The thresholds in settings.yaml. Raises BadInput where a rule of the file is broken."""
    file = FOLDER / "settings.yaml"
    return check(Settings, parse_yaml(read_rules(file), file.name), file.name)

"""Rules of objections before a publication, as dated data: how long they may be raised."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from analysis.rules import Rule, Source, Validity, check, parse_yaml, read_rules
from analysis.standing import Standing

FILE = Path(__file__).resolve().parent / "objections.yaml"

Days = Annotated[int, Field(ge=0, le=366)]


class ObjectionRules(Rule):
    """The days between an institution's first sight of its scores and their approval.

    ``told_days``: how long it is told of a decision.
    """

    id: str
    valid: Validity
    standing: Standing
    source: Source
    window_days: Days
    told_days: Days

    def approvable_from(self, prepared: date) -> date:
        """The first day on which what was prepared that day may be approved.

        >>> load_objection_rules().approvable_from(date(2026, 3, 2)).isoformat()
        '2026-03-09'
        """
        return prepared + timedelta(days=self.window_days)


def parse_objection_rules(text: str, name: str) -> ObjectionRules:
    """The rules written in ``text``; ``name`` is said in errors. Raises BadInput."""
    return check(ObjectionRules, parse_yaml(text, name), name)


@cache
def load_objection_rules() -> ObjectionRules:
    """The rules that come with the program."""
    return parse_objection_rules(read_rules(FILE), FILE.name)

"""How many ratings are usual: the dated rule of limits, and a unit's own busy days."""

import math
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.rules import Rule, Source, Validity, check, parse_yaml, read_rules
from analysis.standing import Standing
from models import Period, Response
from survey.asking import find_unit
from survey.periods import local_day

FILE = Path(__file__).parent / "limits.yaml"
# By these doors addresses are counted.
COUNTED = ("open_link", "token")

Amount = Annotated[int, Field(ge=1)]


class LimitRules(Rule):
    """How many ratings a network may send of a unit, and how slowly beyond that."""

    id: str
    valid: Validity
    standing: Standing
    source: Source
    day: Amount
    ten_minutes: Amount
    times: Amount
    busy: Annotated[float, Field(gt=0, le=1)]
    days: Amount
    most_a_day: Amount
    browsers: Amount
    pace_seconds: Amount
    line: Amount
    patience_minutes: Amount

    def bounds(self, usual: int) -> tuple[int, int]:
        """How many one kind of browser may send in ten minutes and in a day.

        ``usual``: how many the unit has on a busy usual day; 0: not known.

        >>> load_limit_rules().bounds(0), load_limit_rules().bounds(400)
        ((60, 300), (240, 1200))
        """
        day = min(max(self.day, self.times * usual), self.most_a_day)
        return self.ten_minutes * day // self.day, day


@cache
def load_limit_rules() -> LimitRules:
    """The rules that come with the program."""
    return check(LimitRules, parse_yaml(read_rules(FILE), FILE.name), FILE.name)


def usual_day(session: Session, unit_code: str, moment: datetime) -> int:
    """How many ratings the unit has on a busy usual day, today aside; 0 where it had none.

    Of open periods only: when one closes, its responses forget their days.
    """
    rules, unit = load_limit_rules(), find_unit(session, unit_code)
    if unit is None:
        return 0
    today = local_day(unit, moment)
    days = session.scalars(
        select(func.count())
        .select_from(Response)
        .join(Period, Period.id == Response.period_id)
        .where(
            Response.unit_id == unit.id,
            Response.channel.in_(COUNTED),
            Response.local_date >= today - timedelta(days=rules.days),
            Response.local_date < today,
            Period.closed_at.is_(None),
        )
        .group_by(Response.local_date)
    )
    counts = sorted(days)
    return counts[math.ceil(rules.busy * len(counts)) - 1] if counts else 0

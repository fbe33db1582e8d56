"""The days in which an institution may object, before anything may be approved.

Days are those of the capital, for everybody alike.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from analysis.errors import bad
from analysis.rulebook.objections import load_objection_rules
from models import now
from models.places import TIMEZONES


def approvable_from(prepared: datetime) -> date:
    """The first day on which what was prepared then may be approved."""
    return load_objection_rules().approvable_from(_day(prepared))


def window_passed(prepared: datetime) -> bool:
    """Whether what was prepared then may be approved by now."""
    return _day(now()) >= approvable_from(prepared)


def require_window_passed(prepared: datetime) -> None:
    """Raises BadInput, with the day from which it may be approved."""
    if not window_passed(prepared):
        raise bad(
            "window_open",
            days=load_objection_rules().window_days,
            day=approvable_from(prepared),
        )


def _day(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(TIMEZONES[0])).date()

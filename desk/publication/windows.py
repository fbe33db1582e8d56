"""The days in which an institution may object; after them it may be approved, and not before.

Days are those of the capital, for everybody alike.
"""

from datetime import date, datetime, timedelta
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


def window_open(prepared: datetime, moment: datetime) -> bool:
    """Whether institutions may object at a moment to what was prepared then."""
    return _day(moment) < approvable_from(prepared)


def require_window_open(prepared: datetime, moment: datetime) -> None:
    """Raises BadInput, with the last day, where institutions may no longer object."""
    if not window_open(prepared, moment):
        last = approvable_from(prepared) - timedelta(days=1)
        raise bad("window_closed", days=load_objection_rules().window_days, day=last)


def _day(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(TIMEZONES[0])).date()

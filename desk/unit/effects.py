"""Whether the means of the elements in a follow-up plan changed in the next survey."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from accounts.actors import Actor
from desk.unit.changes import PeriodComparison, compare
from desk.unit.follow_up import follow_ups_of
from desk.unit.results import UnitResults
from models import FollowUp, Period
from reports.contents import Effect


def effects_of(
    session: Session, actor: Actor, now: UnitResults, before: Period | None
) -> tuple[Effect, ...]:
    """What became of each element that the plan for the survey ``before`` names, each once.

    Both surveys closed. An element is left out where a survey shows no mean of it, and all are
    where the two did not ask the same. Raises Forbidden.
    """
    if before is None or before.closed_at is None or now.period.closed_at is None:
        return ()
    plans = follow_ups_of(session, actor, now.unit.id, before.id)
    compared = compare(session, actor, now) if plans else None
    if compared is None or compared.before.period.id != before.id:
        return ()
    elements = dict.fromkeys(plan.element for plan in plans)
    found = (_effect(element, plans, compared, now) for element in elements)
    return tuple(effect for effect in found if effect)


def _effect(
    element: str, plans: Sequence[FollowUp], compared: PeriodComparison, now: UnitResults
) -> Effect | None:
    before, after = (
        one.index.means.get(element) if one.index else None for one in (compared.before, now)
    )
    if before is None or after is None:
        return None
    done = any(plan.element == element and plan.steps[-1].status == "done" for plan in plans)
    return Effect(element, before, after, compared.elements[element], done)

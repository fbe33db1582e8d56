"""What waits for a person, in order of date."""

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, run_by
from desk.home import beginnings, decisions, surveys, watching
from desk.home.tasks import WaitingTask
from models import Unit

SOURCES: Sequence[Callable[[Session, Actor], Iterator[WaitingTask]]] = (
    beginnings.steps_left,
    beginnings.without_coordinator,
    surveys.running_periods,
    surveys.programmes,
    surveys.reports,
    decisions.announcements,
    decisions.publications,
    decisions.provisional_scores,
    decisions.objections,
    decisions.outcomes,
    decisions.mendings,
    decisions.withdrawals,
    decisions.waivers,
    decisions.findings,
    decisions.products,
    watching.alarms,
    watching.comments,
    watching.late_ratings,
)


def waiting_for(session: Session, actor: Actor) -> list[WaitingTask]:
    """What waits for the actor, the oldest day first; nothing that the actor may not see.

    A few queries for all units together. Of open periods it tells what their dashboards show:
    the steps that are kept, see ``desk.unit.steps``.
    """
    found = [task for source in SOURCES for task in source(session, actor)]
    return sorted(found, key=lambda task: task.day)


def units_run_by(session: Session, actor: Actor) -> list[int]:
    """The keys of the units that the actor works for, whose steps are kept before a look."""
    return list(session.scalars(select(Unit.id).where(run_by(actor))))

"""How far the follow-up plans of many units are, and which programmes are late."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from desk.unit.follow_up import UNFINISHED
from models import FollowUp, FollowUpStep, Period, Unit


@dataclass(frozen=True)
class PlanState:
    """The programmes of a unit for a survey: how many, how many done, how many late."""

    planned: int = 0
    done: int = 0
    late: int = 0


@dataclass(frozen=True)
class DueProgramme:
    """A programme that is not finished, with the unit that planned it and for which survey."""

    plan: FollowUp
    unit: Unit
    period: Period


def plan_states(session: Session, period: Period, today: date) -> dict[int, PlanState]:
    """By unit; one without a plan is absent."""
    rows = session.execute(
        _latest(FollowUp.unit_id, FollowUp.due, FollowUpStep.status).where(
            FollowUp.period_id == period.id
        )
    )
    found: dict[int, PlanState] = {}
    for unit, due, status in rows:
        before = found.get(unit, PlanState())
        found[unit] = PlanState(
            before.planned + 1,
            before.done + (status == "done"),
            before.late + (due < today and status in UNFINISHED),
        )
    return found


def due_programmes(
    session: Session, of_units: ColumnElement[bool], until: date
) -> list[DueProgramme]:
    """The unfinished programmes of these units that are due by a day, oldest first."""
    query = (
        _latest(FollowUp, Unit, Period)
        .join(Unit, Unit.id == FollowUp.unit_id)
        .join(Period, Period.id == FollowUp.period_id)
        .where(of_units, FollowUp.due <= until, FollowUpStep.status.in_(UNFINISHED))
        .options(joinedload(Period.institution))
        .order_by(FollowUp.due, FollowUp.id)
    )
    return [DueProgramme(*row) for row in session.execute(query)]


def _latest(*columns: Any) -> Select[Any]:
    """Of programmes with the latest of their steps."""
    step = aliased(FollowUpStep)
    newest = select(func.max(step.id)).where(step.follow_up_id == FollowUp.id).scalar_subquery()
    return select(*columns).select_from(FollowUp).join(FollowUpStep, FollowUpStep.id == newest)

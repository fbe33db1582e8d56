"""What waits about surveys: periods that end, units short of their minimum, reports, plans."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from accounts.actors import Actor, run_by
from analysis.disclosure import enough
from desk.home.handed_out import reports_handed_out
from desk.home.overview import short_of_minimum
from desk.home.plans import due_programmes
from desk.home.tasks import WaitingTask
from desk.office.visits import visits_by_unit
from desk.register.standing import units_in
from models import Period, Unit
from models.trace import archived, beginning_of
from survey.counts import ResponseCounts, Selection, count_responses

AHEAD = timedelta(days=60)  # how early a programme's day is told


def running_periods(session: Session, actor: Actor) -> Iterator[WaitingTask]:
    """The periods that run, with what their units lack; and those past their last day."""
    for period in _periods(session, actor, Period.closed_at.is_(None)):
        today = period.institution.today
        coordinates = period.institution_id in actor.institutions
        if period.ends < today:
            if coordinates:
                yield _of_institution("period_over", period, "periode")
        elif period.starts <= today:
            units = session.scalars(units_in(period).where(run_by(actor))).all()
            found = _ending_of_all if coordinates else _ending_of_each
            yield from found(session, period, units)


def reports(session: Session, actor: Actor) -> Iterator[WaitingTask]:
    """Of each institution's newest closed period, the reports that nobody took away.

    A coordinator hands on the institution's, an official the own unit's. Not of a period whose
    part of the trace, which knows, was archived.
    """
    archive = archived(session)
    known_from = beginning_of(archive.until) if archive else None
    newest: dict[int, Period] = {}
    for period in _periods(session, actor, Period.closed_at.is_not(None)):
        newest.setdefault(period.institution_id, period)
    for period in newest.values():
        if known_from and period.opened_at < known_from:
            continue
        units = session.scalars(units_in(period).where(run_by(actor))).all()
        numbers = count_responses(session, Selection([period.id], [unit.id for unit in units]))
        large = [
            unit
            for unit in units
            if enough(numbers.get((unit.id, period.id), ResponseCounts()).counted)
        ]
        if not large:
            continue
        if period.institution_id in actor.institutions:
            if not reports_handed_out(session, period, [period.institution.code]):
                yield _of_institution("report_of_institution", period, "dokumen")
        else:
            taken = reports_handed_out(session, period, [unit.code for unit in large])
            yield from (_of_unit("report", period, one) for one in large if one.code not in taken)


def programmes(session: Session, actor: Actor) -> Iterator[WaitingTask]:
    """The programmes of follow-up plans that are late, or due before long."""
    for one in due_programmes(session, run_by(actor), actor.today + AHEAD):
        today = one.period.institution.today
        yield WaitingTask(
            "plan_late" if one.plan.due < today else "plan_due",
            one.plan.due,
            "tindak-lanjut",
            due=True,
            about={"unit": one.unit.name, "programme": one.plan.programme},
            choices={"unit": one.unit.code, "period": one.period.code},
            row=one.plan.id,
        )


def _periods(session: Session, actor: Actor, standing: ColumnElement[bool]) -> Sequence[Period]:
    """The periods of the institutions for which the actor works, newest first."""
    institutions = set(actor.institutions) | set(
        session.scalars(select(Unit.institution_id).where(Unit.id.in_(actor.units)))
    )
    return session.scalars(
        select(Period)
        .where(Period.institution_id.in_(institutions), standing)
        .options(joinedload(Period.institution), joinedload(Period.scheme))
        .order_by(Period.starts.desc())
    ).all()


def _ending_of_all(
    session: Session, period: Period, units: Sequence[Unit]
) -> Iterator[WaitingTask]:
    """That a period ends, to whom all units are the own."""
    lacking = short_of_minimum(session, period, [unit.id for unit in units])
    numbers = {"number": len(lacking), "units": len(units)}
    kind = "period_ends_units" if lacking else "period_ends"
    yield _of_institution(kind, period, "ikhtisar", **numbers)


def _ending_of_each(
    session: Session, period: Period, units: Sequence[Unit]
) -> Iterator[WaitingTask]:
    """The same to whom some units are the own, of each."""
    ids = [unit.id for unit in units]
    lacking = short_of_minimum(session, period, ids)
    known = visits_by_unit(session, period.id)
    for unit in units:
        if unit.id not in known:
            yield _of_unit("period_ends_no_visits", period, unit, "unit")
        elif unit.id in lacking:
            yield _of_unit("period_ends_short", period, unit, "unit", number=lacking[unit.id])
        else:
            yield _of_unit("period_ends_enough", period, unit, "unit")


def _of_institution(kind: str, period: Period, path: str, **numbers: int) -> WaitingTask:
    closed = period.closed_at
    return WaitingTask(
        kind,
        closed.astimezone(ZoneInfo(period.institution.timezone)).date() if closed else period.ends,
        path,
        due=closed is None,
        about={"period": period.name, "institution": period.institution.name, **numbers},
        choices={"instansi": period.institution.code, "period": period.code},
    )


def _of_unit(
    kind: str, period: Period, unit: Unit, path: str = "dokumen", **numbers: int
) -> WaitingTask:
    of_period = _of_institution(kind, period, path)
    return WaitingTask(
        kind,
        of_period.day,
        path,
        of_period.due,
        about={"period": period.name, "unit": unit.name, **numbers},
        choices={"unit": unit.code, "period": period.code},
    )

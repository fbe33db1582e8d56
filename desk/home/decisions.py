"""What waits for a second person's decision, or for an answer."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from sqlalchemy import false, func, select, true
from sqlalchemy.orm import Session, aliased, joinedload

from accounts.actors import Actor, run_by, serves_institution
from desk.assessment.waivers import waiting_waivers
from desk.home.tasks import WaitingTask
from desk.publication.objections import assessors_of, objections_of
from desk.publication.publishing import OF_THIS_FORMAT
from models import (
    Announcement,
    AssessmentRound,
    Batch,
    Finding,
    FindingStep,
    Period,
    Publication,
    SchemeUsed,
    Seal,
    Unit,
    Withdrawal,
)


def announcements(session: Session, actor: Actor) -> Iterator[WaitingTask]:
    """Results that another person prepared: a coordinator makes them public."""
    rows = session.execute(
        select(Announcement.id, Announcement.prepared_at, Period, Unit)
        .join(Period, Period.id == Announcement.period_id)
        .outerjoin(Unit, Unit.id == Announcement.unit_id)
        .where(
            Announcement.institution_id.in_(actor.institutions),
            Announcement.approved_at.is_(None),
            Announcement.prepared_by != actor.user_id,
        )
        .options(joinedload(Period.institution))
        .order_by(Announcement.prepared_at)
    )
    for key, prepared, period, unit in rows:
        of = unit.name if unit else period.institution.name
        yield _since(
            "announcement", actor.day_of(prepared), "umumkan", key, unit=of, period=period.name
        )


def publications(session: Session, actor: Actor) -> Iterator[WaitingTask]:
    """The newest scores of each year and scheme, where another analyst prepared them."""
    if not actor.analyst:
        return
    rows = session.execute(
        select(
            Publication.year,
            SchemeUsed.key,
            Publication.id,
            Publication.created_at,
            Publication.user_id,
            Seal.publication_id,
        )
        .join(SchemeUsed, SchemeUsed.hash == Publication.scheme_hash)
        .outerjoin(Seal, Seal.publication_id == Publication.id)
        .where(OF_THIS_FORMAT)
        .order_by(Publication.created_at)
    )
    newest = {(row.year, row.key): row for row in rows}
    for (year, scheme), (_, _, key, created, by, sealed) in newest.items():
        if sealed is None and by != actor.user_id:
            yield _since(
                "publication", actor.day_of(created), "indeks", key, year=str(year), scheme=scheme
            )


def objections(session: Session, actor: Actor) -> Iterator[WaitingTask]:
    """Those that the analyst may decide: not the own, nor about what the analyst judged."""
    if not actor.analyst:
        return
    for objection, unit in objections_of(session, actor):
        if objection.accepted is not None:
            break  # open ones come first
        if actor.user_id not in {objection.raised_by, *assessors_of(session, objection)}:
            yield _since(
                "objection",
                actor.day_of(objection.raised_at),
                "sanggah",
                objection.id,
                unit=unit.name,
            )


def withdrawals(session: Session, actor: Actor) -> Iterator[WaitingTask]:
    """Batches that another person proposed to withdraw."""
    mine = true() if actor.analyst else Unit.institution_id.in_(actor.institutions)
    rows = session.execute(
        select(Withdrawal.id, Withdrawal.proposed_at, Batch.file_name, Unit)
        .join(Batch, Batch.id == Withdrawal.batch_id)
        .join(Unit, Unit.id == Batch.unit_id)
        .where(Withdrawal.confirmed.is_(None), Withdrawal.proposed_by != actor.user_id, mine)
        .order_by(Withdrawal.proposed_at)
    )
    for key, proposed, file, unit in rows:
        one = _since("withdrawal", actor.day_of(proposed), "berkas", key, file=file, unit=unit.name)
        yield replace(one, choices={"unit": unit.code})


def waivers(session: Session, actor: Actor) -> Iterator[WaitingTask]:
    """Waivers that another analyst proposed, of institutions in which the actor has no role."""
    if not actor.analyst:
        return
    for a_round in session.scalars(select(AssessmentRound).order_by(AssessmentRound.year)):
        for one in waiting_waivers(session, actor, a_round.id):
            outside = not serves_institution(session, actor, one.unit.institution_id)
            if outside and not one.mine:
                told = {"unit": one.unit.name, "year": str(a_round.year)}
                yield _since("waiver", one.proposed_at, "sampel", one.id, **told)


def findings(session: Session, actor: Actor) -> Iterator[WaitingTask]:
    """Findings that a unit has to answer, or whose answer the Ombudsman has to judge."""
    step = aliased(FindingStep)
    newest = select(func.max(step.turn)).where(step.finding_id == Finding.id).scalar_subquery()
    latest = (FindingStep.finding_id == Finding.id) & (FindingStep.turn == newest)
    unanswered = FindingStep.status.is_(None) | (FindingStep.status == "sent_back")
    answered = FindingStep.status == "answered"
    wanted = (run_by(actor) & unanswered) | (answered if actor.analyst else false())
    rows = session.execute(
        select(
            Finding.id,
            FindingStep.status,
            func.coalesce(FindingStep.created_at, Finding.created_at),
            Unit,
            AssessmentRound.year,
        )
        .select_from(Finding)
        .join(AssessmentRound, AssessmentRound.id == Finding.round_id)
        .join(Unit, Unit.id == Finding.unit_id)
        .outerjoin(FindingStep, latest)
        .where(wanted)
        .order_by(Finding.id)
    )
    for key, status, moment, unit, year in rows:
        kind = "finding_answered" if status == "answered" else "finding"
        one = _since(kind, actor.day_of(moment), "temuan", key, unit=unit.name)
        yield replace(one, choices={"tahun": str(year)})


def _since(kind: str, day: date, path: str, row: object, **about: str) -> WaitingTask:
    """A task about a stored thing that waits since a day."""
    return WaitingTask(kind, day, path, about=about, row=row)

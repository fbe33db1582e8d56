"""What waits for a second person's decision, or for an answer."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, false, func, select, true
from sqlalchemy.orm import Session, aliased, joinedload

from accounts.actors import Actor, run_by
from analysis.rulebook.objections import load_objection_rules
from desk.assessment.products import products_of
from desk.assessment.waivers import waiting_waivers
from desk.home.tasks import WaitingTask
from desk.impartial import works_for
from desk.publication.deciders import assessors_of
from desk.publication.mending import mendings_left
from desk.publication.objections import objections_of
from desk.publication.publishing import OF_THIS_FORMAT
from desk.publication.windows import approvable_from, window_passed
from models import (
    Announcement,
    AssessmentRound,
    Batch,
    Finding,
    FindingStep,
    Institution,
    Objection,
    Period,
    Publication,
    SchemeUsed,
    Seal,
    Unit,
    Withdrawal,
    now,
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
    """The newest scores of each year and scheme, where another analyst may approve them by now."""
    if not actor.analyst:
        return
    for row in _newest(session):
        if row.sealed is None and row.user_id != actor.user_id and window_passed(row.created_at):
            about = {"year": str(row.year), "scheme": row.key}
            yield _since("publication", actor.day_of(row.created_at), "indeks", row.id, **about)


def provisional_scores(session: Session, actor: Actor) -> Iterator[WaitingTask]:
    """The newest scores that an institution may object to before its last day for it."""
    for institution in _coordinated(session, actor):
        # In canonical JSON nothing inside a text looks like this key.
        member = f'"institution":"{institution.code}",'
        own = Publication.document.contains(member, autoescape=True)
        for row in _newest(session, own):
            if row.sealed is None and not window_passed(row.created_at):
                last = approvable_from(row.created_at) - timedelta(days=1)
                about = {"institution": institution.name, "year": str(row.year), "scheme": row.key}
                key = f"{row.id}-{institution.code}"
                yield WaitingTask("provisional", last, "sanggah", due=True, about=about, row=key)


def objections(session: Session, actor: Actor) -> Iterator[WaitingTask]:
    """Those that the analyst may decide: not the own, nor about what the analyst judged."""
    if not actor.analyst:
        return
    own = set(session.scalars(select(Institution.id).where(works_for(actor))))
    for objection, unit in objections_of(session, actor):
        if objection.accepted is not None:
            break  # open ones come first
        concerned = {objection.raised_by, *assessors_of(session, objection)}
        if actor.user_id not in concerned and unit.institution_id not in own:
            raised = actor.day_of(objection.raised_at)
            yield _since("objection", raised, "sanggah", objection.id, unit=unit.name)


def outcomes(session: Session, actor: Actor) -> Iterator[WaitingTask]:
    """What was decided of an institution's objections, for some time."""
    since = now() - timedelta(days=load_objection_rules().told_days)
    rows = session.execute(
        select(Objection, Unit)
        .join(Unit)
        .where(Unit.institution_id.in_(actor.institutions), Objection.decided_at >= since)
        .order_by(Objection.decided_at)
    )
    for objection, unit in rows:
        if objection.decided_at is not None:
            kind = "objection_accepted" if objection.accepted else "objection_declined"
            decided = actor.day_of(objection.decided_at)
            yield _since(kind, decided, "sanggah", objection.id, unit=unit.name)


def mendings(session: Session, actor: Actor) -> Iterator[WaitingTask]:
    """What the analyst stated and an accepted objection names to be stated anew."""
    if not actor.analyst:
        return
    for objection, unit in mendings_left(session, actor):
        if objection.decided_at is not None:
            decided = actor.day_of(objection.decided_at)
            yield _since("mending", decided, "sanggah", objection.id, unit=unit.name)


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
    own = set(session.scalars(select(Institution.id).where(works_for(actor))))
    for a_round in session.scalars(select(AssessmentRound).order_by(AssessmentRound.year)):
        year = str(a_round.year)
        for one in waiting_waivers(session, actor, a_round.id):
            if one.unit.institution_id not in own and not one.mine:
                day, unit = actor.day_of(one.proposed_at), one.unit.name
                task = _since("waiver", day, "sampel", one.id, unit=unit, year=year)
                yield replace(task, choices={"tahun": year})


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


def products(session: Session, actor: Actor) -> Iterator[WaitingTask]:
    """The Ombudsman's products that are to be followed up by a day, until they are."""
    for one in products_of(session, actor):
        if one.product.due is None or one.settled:
            continue
        yield WaitingTask(
            "product_late" if one.overdue(actor.today) else "product_due",
            one.product.due,
            "produk",
            due=True,
            about={"number": one.product.number, "institution": one.institution.name},
            row=one.product.id,
        )


def _since(kind: str, day: date, path: str, row: object, **about: str) -> WaitingTask:
    """A task about a stored thing that waits since a day."""
    return WaitingTask(kind, day, path, about=about, row=row)


def _newest(session: Session, *of: ColumnElement[bool]) -> Iterable[Any]:
    """Of each year and scheme the publication that was prepared last; ``sealed``: if it is."""
    rows = session.execute(
        select(
            Publication.year,
            SchemeUsed.key,
            Publication.id,
            Publication.created_at,
            Publication.user_id,
            Seal.publication_id.label("sealed"),
        )
        .join(SchemeUsed, SchemeUsed.hash == Publication.scheme_hash)
        .outerjoin(Seal, Seal.publication_id == Publication.id)
        .where(OF_THIS_FORMAT, *of)
        .order_by(Publication.created_at)
    )
    return {(row.year, row.key): row for row in rows}.values()


def _coordinated(session: Session, actor: Actor) -> Sequence[Institution]:
    own = Institution.id.in_(actor.institutions)
    return session.scalars(select(Institution).where(own).order_by(Institution.name)).all()

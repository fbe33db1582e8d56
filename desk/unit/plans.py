"""The rows of follow-up plans in reports, with the photographs that were kept."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor
from desk.evidence import read_evidence
from desk.unit.follow_up import follow_ups_of
from locales import Language, show_date
from models import Evidence, FollowUp, FollowUpStep, Period, Unit
from reports.contents import PlanRow, Status
from reports.papers.plans import clean_photo
from survey.names import names_then

STATUSES: dict[str, Status] = {
    "planned": "planned",
    "under_way": "under_way",
    "done": "done",
    "dropped": "not_done",
}


def planned_steps(
    session: Session, actor: Actor, units: Sequence[Unit], period: Period, language: Language
) -> tuple[PlanRow, ...]:
    """The plans of these units for a survey; of several, each programme names its unit."""
    names = names_then(session, period)
    return tuple(
        _step(session, plan, language, f"{names.of(unit)}: " if len(units) > 1 else "")
        for unit in units
        for plan in follow_ups_of(session, actor, unit.id, period.id)
    )


def period_before(session: Session, period: Period) -> Period | None:
    """The institution's latest survey that began before this one."""
    return session.scalar(
        select(Period)
        .where(Period.institution_id == period.institution_id, Period.starts < period.starts)
        .order_by(Period.starts.desc())
        .limit(1)
    )


def _step(session: Session, plan: FollowUp, language: Language, whose: str) -> PlanRow:
    latest = plan.steps[-1]
    return PlanRow(
        element=plan.element,
        programme=f"{whose}{plan.programme}",
        time=show_date(language, plan.due),
        person=plan.person,
        status=STATUSES[latest.status],
        account=latest.account,
        photo=_photo(session, reversed(plan.steps)),
    )


def _photo(session: Session, steps: Iterable[FollowUpStep]) -> bytes | None:
    """The latest evidence that is a sound picture; what is lost or broken is none."""
    for step in steps:
        kept = session.get(Evidence, step.evidence_hash) if step.evidence_hash else None
        if kept is None or not kept.media_type.startswith("image/"):
            continue
        try:
            return clean_photo(read_evidence(kept.hash) or b"")
        except ValueError:
            continue
    return None

"""The rows of follow-up plans in reports, with the photographs that were kept."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor
from analysis.errors import BadInput
from desk.evidence import COPY, shown_evidence
from desk.unit.follow_up import follow_ups_of
from locales import Language, show_date
from models import FollowUp, FollowUpStep, Period, Unit
from reports.contents import PlanRow, Status
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
        if step.evidence_hash is None:
            continue
        try:
            shown = shown_evidence(session, step.evidence_hash)
        except BadInput:
            continue
        if shown.content is not None and shown.media_type == COPY:
            return shown.content
    return None

"""What a unit does about what citizens said in a survey, as everybody may read it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from accounts.actors import Actor, Forbidden
from analysis.redaction import redact
from desk.public.records import PublicStep
from desk.unit.follow_up import follow_ups_of
from models import Announcement, FollowUp


def public_steps(session: Session, announcement: Announcement) -> list[PublicStep]:
    """The plan of an announced unit's survey, as far as it is now; an institution has none.

    Without who answers for it, and without personal data in what was written. Raises Forbidden
    for what was not approved.
    """
    if announcement.approved_at is None:
        raise Forbidden(f"announcement {announcement.id}")
    if announcement.unit_id is None:
        return []
    return _steps(
        session.scalars(
            select(FollowUp)
            .where(
                FollowUp.unit_id == announcement.unit_id,
                FollowUp.period_id == announcement.period_id,
            )
            .options(selectinload(FollowUp.steps))
            .order_by(FollowUp.id)
        ).all()
    )


def steps_to_be_public(
    session: Session, actor: Actor, announcement: Announcement
) -> list[PublicStep]:
    """The same of what waits for its approval. Raises Forbidden."""
    if announcement.unit_id is None:
        return []
    return _steps(follow_ups_of(session, actor, announcement.unit_id, announcement.period_id))


def _steps(plans: Sequence[FollowUp]) -> list[PublicStep]:
    return [
        PublicStep.model_validate(
            {
                "element": plan.element,
                "programme": redact(plan.programme).text,
                "due": plan.due,
                "status": plan.steps[-1].status,
                "account": redact(plan.steps[-1].account).text,
            }
        )
        for plan in plans
    ]

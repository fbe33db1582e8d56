"""What a unit does about what citizens said in a survey, as everybody may read it."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden
from desk.public.records import PublicStep
from desk.unit.follow_up import follow_ups_of
from models import Announcement, FollowUp
from survey.made_known import improvements_of, plans_of


def public_steps(session: Session, announcement: Announcement) -> list[PublicStep]:
    """The plan of an announced unit's survey, as far as it is now; an institution has none.

    Without who answers for it, and without personal data in what was written. Raises Forbidden
    for what was not approved.
    """
    if announcement.approved_at is None:
        raise Forbidden(f"announcement {announcement.id}")
    if announcement.unit_id is None:
        return []
    return _steps(plans_of(session, announcement.unit_id, announcement.period_id))


def steps_to_be_public(
    session: Session, actor: Actor, announcement: Announcement
) -> list[PublicStep]:
    """The same of what waits for its approval. Raises Forbidden."""
    if announcement.unit_id is None:
        return []
    return _steps(follow_ups_of(session, actor, announcement.unit_id, announcement.period_id))


def _steps(plans: Sequence[FollowUp]) -> list[PublicStep]:
    return [PublicStep.model_validate(asdict(one)) for one in improvements_of(plans)]

"""Taking responses out of the count: an analyst's act, with a reason, never a deletion."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from accounts.actors import Actor, require_analyst
from analysis.errors import bad
from desk.audit import log
from desk.reasons import worded
from models import Exclusion, Response, now


def exclude(session: Session, actor: Actor, responses: Sequence[UUID], reason: str) -> None:
    """Excludes responses from every result from now on. Raises Forbidden or BadInput."""
    require_analyst(actor)
    reason = worded("reason", reason)
    if not responses:
        raise bad("responses", "none", "at least one")
    for key in responses:
        if session.get(Response, key) is None or session.get(Exclusion, key) is not None:
            raise bad("response", key, "one that is stored and counts")
        session.add(
            Exclusion(response_id=key, reason=reason, user_id=actor.user_id, created_at=now())
        )
        session.flush()  # so that the same response named twice is refused
    log(session, actor, "exclude", responses=[str(key) for key in responses], reason=reason)

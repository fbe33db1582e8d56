"""Taking responses out of the count: an analyst's act, with a reason, never a deletion."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_analyst
from analysis.errors import bad
from desk.audit import log
from desk.impartial import require_impartial
from desk.reasons import worded
from models import Exclusion, Response, now
from models.prepared import insert_rows
from models.unfinished import received
from survey.answer_archive.reading import refuse_thinned

EXCLUSIONS = Exclusion.__table__


def exclude(
    session: Session, actor: Actor, responses: Sequence[UUID], reason: str, **details: object
) -> None:
    """Excludes responses from every result from now on, all in one act or none.

    ``details``: what else the log shall say. Raises Forbidden or BadInput.
    """
    require_analyst(actor)
    reason = worded("reason", reason)
    if not responses:
        raise bad("no_responses_named")
    wanted = set(responses)
    among = select(Response.unit_id, Response.period_id).where(Response.id.in_(wanted)).distinct()
    concerned = session.execute(among).all()
    require_impartial(session, actor, [unit for unit, _ in concerned])
    for unit, period in concerned:
        refuse_thinned(session, period, [unit])
    counting = session.scalars(
        select(Response.id).where(
            Response.id.in_(wanted),
            Response.id.not_in(select(Exclusion.response_id)),
            received(),
        )
    )
    if strange := wanted - set(counting):
        raise bad("response_not_counted", found=str(min(strange)))
    if len(wanted) < len(responses):
        raise bad("response_twice")
    moment = now()
    act = {"reason": reason, "user_id": actor.user_id, "created_at": moment}
    insert_rows(session, EXCLUSIONS, [{"response_id": key, **act} for key in responses])
    keys = [str(key) for key in responses]
    log(session, actor, "exclude", responses=keys, reason=reason, **details)

"""Import of a file of answers by an institution's coordinator."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from accounts.actors import Actor, require_coordinator
from desk.audit import log
from models import Batch, Period, Unit
from survey.files import remember, store_file
from survey.reading.understood import Understood


def import_file(
    session: Session,
    actor: Actor,
    unit_id: int,
    period_id: int,
    understood: Understood,
    again: str | None = None,
) -> Batch:
    """Stores an understood file as one batch of a unit. Raises Forbidden or BadInput.

    ``again``: why answers that are stored already are stored once more.
    """
    unit = session.get_one(Unit, unit_id)
    period = session.get_one(Period, period_id)
    require_coordinator(session, actor, unit.institution_id)
    batch = store_file(session, actor.name, unit, period, understood, again)
    log(
        session,
        actor,
        "import",
        batch=batch.id,
        unit=unit.code,
        period=period.code,
        file=batch.file_name,
        sha256=batch.file_hash,
        rows=batch.rows,
        **({"again": batch.again} if batch.again else {}),
    )
    return batch


def remember_columns(session: Session, actor: Actor, unit_id: int, said: Mapping[str, str]) -> None:
    """Keeps what the headings of a unit's files mean. Raises Forbidden."""
    unit = session.get_one(Unit, unit_id)
    require_coordinator(session, actor, unit.institution_id)
    remember(session, actor.user_id, unit_id, said)
    log(session, actor, "map_columns", unit=unit.code, columns=dict(said))

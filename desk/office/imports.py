"""Import of a file of answers by an institution's coordinator."""

from sqlalchemy.orm import Session

from accounts.actors import Actor, require_coordinator
from desk.audit import log
from desk.register.standing import require_in
from models import Batch, Period, Unit
from survey.files import Preview, store_file


def import_file(
    session: Session, actor: Actor, unit_id: int, period_id: int, preview: Preview
) -> Batch:
    """Stores a checked file as one batch of a unit. Raises Forbidden or BadInput."""
    unit = session.get_one(Unit, unit_id)
    period = session.get_one(Period, period_id)
    require_coordinator(session, actor, unit.institution_id)
    require_in(unit, period)
    batch = store_file(session, actor.name, unit, period, preview)
    log(
        session,
        actor,
        "import",
        batch=batch.id,
        unit=unit.code,
        period=period.code,
        file=preview.name,
        sha256=preview.file_hash,
        rows=batch.rows,
    )
    return batch

"""Import of a file of answers by an institution's coordinator."""

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_coordinator
from analysis.redaction import redact
from desk.audit import log
from desk.jobs import JobWork, Tell, begin_job, hand_in, take_in
from desk.register.standing import require_in
from models import Batch, Job, Period, Unit, writing
from survey.files import asked_of, remember, services_of, store_file
from survey.reading.tables import ReadingOptions
from survey.reading.understood import Understood
from survey.repeats import StoredBefore, stored_before

KIND = "import_file"


def how_to_read(
    session: Session, actor: Actor, unit_id: int, period_id: int, **said: Any
) -> ReadingOptions:
    """How a file of the unit is read, as its columns were mapped before. Raises Forbidden."""
    unit, period = session.get_one(Unit, unit_id), session.get_one(Period, period_id)
    require_coordinator(session, actor, unit.institution_id)
    return asked_of(session, unit, period, **said)


def look_before(
    session: Session, actor: Actor, unit_id: int, period_id: int, understood: Understood
) -> Sequence[StoredBefore]:
    """The batches that hold these answers already. Raises Forbidden or BadInput."""
    unit, period = session.get_one(Unit, unit_id), session.get_one(Period, period_id)
    require_coordinator(session, actor, unit.institution_id)
    services_of(unit, understood)
    return stored_before(session, unit, period, understood)


def import_file(
    session: Session, actor: Actor, unit_id: int, period_id: int, understood: Understood
) -> Batch:
    """Stores an understood file as one batch of a unit. Raises Forbidden or BadInput."""
    unit = session.get_one(Unit, unit_id)
    period = session.get_one(Period, period_id)
    require_coordinator(session, actor, unit.institution_id)
    require_in(unit, period)
    batch = store_file(session, actor.name, unit, period, understood)
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


def begin_import(
    session: Session, actor: Actor, unit_id: int, period_id: int, understood: Understood
) -> Job:
    """Notes that a large file shall be stored; ``desk.jobs.start`` it once that is committed.

    What was understood waits in the data folder without personal data. Raises Forbidden or
    BadInput.
    """
    require_coordinator(session, actor, session.get_one(Unit, unit_id).institution_id)
    job = begin_job(session, actor, KIND, unit=unit_id, period=period_id)
    hand_in(job.id, pickle.dumps(_without_names(understood)))
    return job


def _without_names(understood: Understood) -> Understood:
    texts = understood.visits["comment"]
    marked = {text: redact(text).text for text in texts.unique()}
    return replace(understood, visits=understood.visits.assign(comment=texts.map(marked)))


def _import(
    engine: Engine, actor: Actor, asked: Mapping[str, Any], tell: Tell
) -> tuple[str, bytes]:
    """Stores a file that waits in the data folder; the number of its batch is the file's name."""
    understood: Understood = pickle.loads(take_in(asked["job"]))
    rows = len(understood.answers)
    tell(0, rows)
    with writing(engine) as session:
        place = asked["unit"], asked["period"]
        batch = import_file(session, actor, *place, understood).id
    tell(rows, rows)
    return str(batch), b""


WORKS: Mapping[str, JobWork] = {KIND: _import}

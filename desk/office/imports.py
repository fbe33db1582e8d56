"""Import of a file of answers by an institution's coordinator."""

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_coordinator
from analysis.redaction import redact
from desk.audit import log
from desk.jobs import JobWork, Tell, begin_job, hand_in, take_in
from desk.register.standing import require_in
from models import Batch, Job, Period, Unit, reading
from survey.arriving import Arriving, store_in_slices, undo_interrupted
from survey.files import asked_of, look_at, remember, services_of, store_file
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


@dataclass(frozen=True)
class FileOfUnit:
    """An understood file, and whose answers in which period it holds."""

    unit_id: int
    period_id: int
    understood: Understood


def import_file(engine: Engine, actor: Actor, file: FileOfUnit, tell: Tell | None = None) -> Batch:
    """Stores a file as one batch of a unit, in slices; it counts when this returns.

    What an import that was interrupted left in the unit is undone first. ``tell``: takes how many
    of how many rows are in; what it raises ends it. Raises Forbidden or BadInput.
    """
    with reading(engine) as session:
        _place(session, actor, file)
    undo_interrupted(engine, file.unit_id)
    with reading(engine) as session:
        looked_at = look_at(session, *_place(session, actor, file), file.understood)

    def begin(session: Session) -> Arriving:
        _place(session, actor, file)
        return store_file(session, actor.name, looked_at, partial(_log, actor))

    return store_in_slices(engine, begin, tell)


def _place(session: Session, actor: Actor, file: FileOfUnit) -> tuple[Unit, Period]:
    unit, period = session.get_one(Unit, file.unit_id), session.get_one(Period, file.period_id)
    require_coordinator(session, actor, unit.institution_id)
    require_in(unit, period)
    return unit, period


def _log(actor: Actor, session: Session, batch: Batch, unit: Unit, period: Period) -> None:
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
    file = FileOfUnit(asked["unit"], asked["period"], understood)
    return str(import_file(engine, actor, file, tell).id), b""


WORKS: Mapping[str, JobWork] = {KIND: _import}

"""Whether this process can do its work now: what is red, in plain words and without secrets."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, update
from sqlalchemy.exc import SQLAlchemyError

from models import Busy, Probe, now, reading, writing_at_once
from models.faults import LOCKED, fault_of
from models.migrations import shape_fault
from survey.keys import key_fault
from survey.receipts import WrongKey
from survey.writer import Writer

LEAST_ROOM = 50_000_000  # bytes: some 70,000 ratings
PATIENCE = 5  # seconds that the probe waits for its lock
SLOW = 15  # seconds in which the writer stores whatever waits


@dataclass(frozen=True)
class Instance:
    """What a process works with."""

    engine: Engine
    folder: Path
    secret: Callable[[], bytes]
    writer: Callable[[], Writer]


def faults(instance: Instance) -> list[str]:
    """What keeps the instance from working, a line each; none where it is ready."""
    return [*_of_the_database(instance), *_of_the_disk(instance), *_of_the_writer(instance)]


def _of_the_database(instance: Instance) -> Iterator[str]:
    try:
        if lacking := shape_fault(instance.engine):
            yield f"database: {lacking}"
            return
        with reading(instance.engine) as session:
            if wrong := key_fault(session, instance.folder, instance.secret()):
                yield f"key: {wrong}"
        with writing_at_once(instance.engine, PATIENCE) as session:
            session.execute(update(Probe).values(at=now()))
    except (WrongKey, OSError) as error:
        yield f"key: {error}"
    except Busy:
        yield f"database: Nothing can be stored: {LOCKED}."
    except SQLAlchemyError as error:
        yield f"database: Nothing can be stored: {fault_of(error) or type(error).__name__}."


def _of_the_disk(instance: Instance) -> Iterator[str]:
    """The room for the data folder and, on SQLite, for the database."""
    places = {"data folder": instance.folder}
    file = instance.engine.url.database
    if instance.engine.dialect.name == "sqlite" and file:
        places["database"] = Path(file).parent
    for name, place in places.items():
        try:
            free = shutil.disk_usage(place).free
        except OSError as error:
            yield f"disk: The place of the {name} cannot be read ({error.strerror})."
        else:
            if free < LEAST_ROOM:
                yield (
                    f"disk: The {name} has room for {free // 10**6} MB more,"
                    f" and at least {LEAST_ROOM // 10**6} MB must be free."
                )


def _of_the_writer(instance: Instance) -> Iterator[str]:
    still = instance.writer().stands_still()
    if still > SLOW:
        yield "writer: What was sent is not being stored: the writer stands still or has ended."

"""A migration that is killed, kill -9, between its statements and around its commit.

python -m tests.models.killed URL EVERY   EVERY: after each so many of those that change something
Prints what it found as JSON: see ``Found``. Each is killed in a process of its own.
"""

import json
import os
import signal
import sys
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import Engine, create_engine, event, text

from models import migrate, open_engine
from models.migrations.shape import columns_there
from models.migrations.upgrade import alembic_config
from tests.models.old_schemas import rows

READS = ("SELECT", "PRAGMA", "EXPLAIN", "SHOW")
alembic_config("")  # loaded once, before the forks


@dataclass
class Found:
    """How many statements there were, and the states after each kill.

    ``states``: each with the places at which it was found: so many statements, then the commit,
    then what follows it; ``old`` and ``new``: those of before, and of what a last start came to.
    """

    old: str
    new: str = ""
    statements: int = 0
    states: dict[str, list[int]] = field(default_factory=dict)


def search(url: str, every: int) -> Found:
    """Kills it at one place after the other, then lets it come to its end.

    Where it ended a transaction on the way it goes on from there, and is killed at each step.
    """
    found = Found(state(url), statements=killed(url) or 0)
    last = found.statements
    for place in (*range(1, last + 1, every), last + 1, last + 2):
        killed(url, place)
        found.states.setdefault(state(url), []).append(place)
    later = last + 2
    while killed(url, later - last - 1, may_end=True) is not None:
        later += 1
        found.states.setdefault(state(url), []).append(later)
    migrate(url)
    found.new = state(url)
    return found


def killed(url: str, place: int | None = None, may_end: bool = False) -> int | None:
    """Lets a migration die at this place, or before its commit; gives its number of statements.

    ``may_end``: None where it came to its end before.
    """
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        engine = open_engine(url)
        die_at(engine, place, tell)
        migrate(url)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if may_end and status == 0:
        os.close(tell)
        os.close(told)
        return None
    assert os.WIFSIGNALED(status), f"it came to its end before {place}"
    assert os.WTERMSIG(status) == signal.SIGKILL
    os.close(tell)
    with os.fdopen(told) as pipe:
        return int(pipe.read() or 0)


def die_at(engine: Engine, place: int | None, tell: int) -> None:
    """Lets this process be killed between two statements, before the commit or right after it."""
    passed, committed = 0, False

    def step() -> None:
        nonlocal passed
        passed += 1
        if passed == place:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(*_: Any) -> None:
        if committed:
            step()

    def after(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not committed and not statement.lstrip().upper().startswith(READS):
            step()

    def commit(_connection: Any) -> None:
        nonlocal committed
        if place is None:
            os.write(tell, str(passed).encode())
            os.kill(os.getpid(), signal.SIGKILL)
        step()
        committed = True

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    event.listen(engine, "commit", commit)


def state(url: str) -> str:
    """A hash of the shape, the revision and every row."""
    engine = create_engine(url)
    with engine.connect() as connection:
        revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
        shape = sorted(columns_there(connection))
        triggers = {
            "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
            "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname",
        }
        guards = connection.scalars(text(triggers[engine.dialect.name])).all()
        told = json.dumps([revision, shape, list(guards), rows(connection)])
        if engine.dialect.name == "sqlite":
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
    engine.dispose()
    return f"{revision} {sha256(told.encode()).hexdigest()}"


if __name__ == "__main__":
    print(json.dumps(asdict(search(sys.argv[1], int(sys.argv[2])))))

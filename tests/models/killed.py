"""A migration that is killed, kill -9, after each of the named statements that change something.

python -m tests.models.killed URL EVERY   EVERY: after each so many of them
Prints what it found as JSON: see ``Found``. Each is killed in a process of its own.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
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
    """How many statements and commits there were, how often it was killed, and the states then.

    ``states``: each state that was found after a kill, with the places at which it was; ``old``
    and ``new``: those of before, and of what a last start came to.
    """

    old: str
    new: str = ""
    kills: int = 0
    states: dict[str, list[int]] = field(default_factory=dict)


def search(url: str, every: int) -> Found:
    """Kills it later and later until it comes to its end."""
    found, at = Found(state(url)), 0
    while killed(url, at):
        found.kills += 1
        found.states.setdefault(state(url), []).append(at)
        at += every if len(found.states) == 1 else 1
    found.new = state(url)
    return found


def killed(url: str, at: int) -> bool:
    """Whether a migration died at this place; it came to its end where there is no such place."""
    child = os.fork()
    if child == 0:
        engine = open_engine(url)
        die_at(engine, at)
        migrate(url)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.waitstatus_to_exitcode(status) == 0
    return False


def die_at(engine: Engine, at: int) -> None:
    """Lets this process be killed between two statements, or a statement and the commit."""
    left = at

    def step(*_: Any) -> None:
        nonlocal left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1

    def after(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.lstrip().upper().startswith(READS):
            step()

    handlers: dict[str, Callable[..., None]] = {"after_cursor_execute": after, "commit": step}
    for name, handler in handlers.items():
        event.listen(engine, name, handler)


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

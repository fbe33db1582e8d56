"""What both services share: whether they live and are ready, the socket, and how they start."""

import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Any

import uvicorn
from anyio import CapacityLimiter, move_on_after, to_thread
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp

import logs
import watched
from accounts.hosts import AllowedHosts, own_names
from accounts.patience import Patience, PatientProtocol
from models import WrongShape, migrate, writing
from models.faults import fault_of, told
from models.named import shown
from models.settings import close_to_others, data_folder, database_url
from survey import instance
from survey.arriving import undo_interrupted
from survey.keys import bound_secret
from survey.readiness import Instance, faults
from survey.receipts import WrongKey
from survey.redacting import redact_stored
from survey.writer import Writer

SECONDS_TO_FINISH = 5
# Of /readyz: a database that hangs says nothing, and an outcome is no older than this.
SECONDS_TO_ANSWER = 10
SECONDS_TO_STAND = 1
# A worker that takes longer to load is begun anew, and again: a busy machine takes its time.
SECONDS_TO_BEGIN = 60


async def health(_request: Request) -> PlainTextResponse:
    """200 while the process lives, whatever it can do."""
    return PlainTextResponse("ok")


class Readiness:
    """The address /readyz: 200 where all that the service needs works, or 503 with what doesn't.

    One look at a time, whose outcome stands for a moment: who asks often makes nobody else wait.
    """

    def __init__(self, writer: Callable[[], Writer] = instance.writer) -> None:
        self.writer = writer
        self.limiter: CapacityLimiter | None = None
        self.found: tuple[float, list[str]] | None = None

    async def answer(self, _request: Request) -> PlainTextResponse:
        """Whether the service is ready, or what is red, a line each."""
        self.limiter = self.limiter or CapacityLimiter(1)
        found = ["database: It does not answer in time."]
        with move_on_after(SECONDS_TO_ANSWER):
            look = partial(to_thread.run_sync, abandon_on_cancel=True, limiter=self.limiter)
            found = await look(self._look)
        told = "\n".join(found) or "ready"
        return PlainTextResponse(
            told, status_code=503 if found else 200, headers={"Cache-Control": "no-store"}
        )

    def _look(self) -> list[str]:
        if self.found is None or monotonic() - self.found[0] > SECONDS_TO_STAND:
            now_found = faults(
                Instance(instance.engine(), data_folder(), instance.secret, self.writer)
            )
            self.found = monotonic(), now_found
        return self.found[1]


def worth_a_traceback(record: logging.LogRecord) -> bool:
    """Whether it tells more than that the database cannot be used, which is told already."""
    error = record.exc_info[1] if record.exc_info else None
    return not (isinstance(error, SQLAlchemyError) and fault_of(error))


def migrate_database() -> None:
    """Brings this instance's database to the newest shape, its comments without personal data.

    Raises where it is none of ours, WrongShape where it lacks what it should have, and WrongKey
    where the instance's key is not the one that it was used with.
    """
    if make_url(database_url()).get_backend_name() not in ("sqlite", "postgresql"):
        raise ArgumentError("SQLite and PostgreSQL are the ones that are known here")
    migrate(database_url())
    bound_secret(instance.engine(), data_folder())
    instance.secret()  # from here on kept: a file that is damaged later harms no rating
    with writing(instance.engine()) as session:
        redact_stored(session)
    undo_interrupted(instance.engine())


def guarded(app: ASGIApp) -> ASGIApp:
    """The application behind what both services ask of a request before they look at it."""
    return Patience(AllowedHosts(app, own_names()))


def settings(app: Any, workers: int = 1, web_sockets: bool = True) -> uvicorn.Config:
    """How the application, or the one of that name, is served."""
    return uvicorn.Config(
        app,
        workers=workers,
        access_log=False,
        log_config=logs.SETTINGS,
        log_level="warning",
        ws="auto" if web_sockets else "none",
        loop="asyncio",  # another takes 2 MB of each worker
        # Only a proxy that is named here is believed whom it speaks for.
        forwarded_allow_ips=os.environ.get("FORWARDED_ALLOW_IPS", ""),
        server_header=False,
        http=PatientProtocol,
        timeout_worker_healthcheck=SECONDS_TO_BEGIN,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )


def start(
    port: str,
    prepare: Callable[[str], str],
    serve: Callable[[socket.socket], None],
    workers: int = 1,
) -> int:
    """Serves on HOST and PORT (else ``port``) until SIGTERM or Ctrl-C.

    ``prepare`` takes the address, readies the database and gives what the operator is told.
    Returns 2 where it can't start, told on standard error.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    close_to_others()
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or port
    try:
        door = bound_socket(host, port)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        print(f"Cannot serve on HOST={host} PORT={port}: {reason}.", file=sys.stderr)
        return 2
    try:
        watched.watch(workers)
    except (OSError, ValueError) as error:
        print(f"Cannot tell metrics: {getattr(error, 'strerror', None) or error}.", file=sys.stderr)
        return 2
    address = f"http://{f'[{host}]' if ':' in host else host}:{door.getsockname()[1]}"
    try:
        ready = prepare(address)
    except WrongKey as error:
        print(f"Cannot use the database {shown_url()} with this key: {error}", file=sys.stderr)
        return 2
    except (SQLAlchemyError, WrongShape, OSError) as error:
        print(f"Cannot use the database {shown_url()}: {told(error)}", file=sys.stderr)
        return 2
    door.listen()  # who opens the address as soon as it is told waits, and is not refused
    print(ready, flush=True)
    with suppress(KeyboardInterrupt):
        serve(door)
    return 0


def bound_socket(host: str, port: str) -> socket.socket:
    """The socket to serve on; bound before anything else, so that a busy port is told at once."""
    if not (port.isdecimal() and int(port) < 2**16):
        raise ValueError("the port is a number up to 65535")
    family, kind, protocol, _, place = socket.getaddrinfo(
        host, int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    door = socket.socket(family, kind, protocol)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind(place)
    return door


def shown_url() -> str:
    """The database's URL without its password."""
    try:
        return shown(database_url())
    except (ArgumentError, OSError):
        return "of DATABASE_URL"

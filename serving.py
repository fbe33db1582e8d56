"""What both services share: the health check, the socket, and how they start."""

import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import uvicorn
from anyio import to_thread
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
from models.migrations import shape_fault
from models.settings import close_to_others, database_url
from survey.instance import engine
from survey.redacting import redact_stored

SECONDS_TO_FINISH = 5
# A worker that takes longer to load is begun anew, and again: a busy machine takes its time.
SECONDS_TO_BEGIN = 60


async def health(_request: Request) -> PlainTextResponse:
    """200 when the database answers and has the whole newest shape; 503 otherwise."""
    fault = await to_thread.run_sync(database_fault)
    return PlainTextResponse(fault or "ok", status_code=503 if fault else 200)


def database_fault() -> str | None:
    """What keeps the database from being used, as a sentence; None if nothing does."""
    try:
        return shape_fault(engine())
    except SQLAlchemyError:
        return "The database does not answer."


def migrate_database() -> None:
    """Brings this instance's database to the newest shape, its comments without personal data.

    Raises where it is none of ours, and WrongShape where it lacks what it should have.
    """
    if make_url(database_url()).get_backend_name() not in ("sqlite", "postgresql"):
        raise ArgumentError("SQLite and PostgreSQL are the ones that are known here")
    migrate(database_url())
    with writing(engine()) as session:
        redact_stored(session)


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
        told = prepare(address)
    except (SQLAlchemyError, WrongShape, OSError) as error:
        print(f"Cannot use the database {shown_url()}: {first_line(error)}", file=sys.stderr)
        return 2
    door.listen()  # who opens the address as soon as it is told waits, and is not refused
    print(told, flush=True)
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
        return make_url(database_url()).render_as_string(hide_password=True)
    except (ArgumentError, OSError, ValueError):
        return "of DATABASE_URL"


def first_line(error: Exception) -> str:
    """The cause in one line."""
    return (str(getattr(error, "orig", None) or error).strip() or type(error).__name__).split("\n")[
        0
    ]

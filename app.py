"""The service: wires the screens, the log-in and the health check, and serves them.

python app.py, or "uvicorn app:app", or "streamlit run app.py". HOST, PORT, DATABASE_URL, DATA
and DEMO are heeded.
"""

import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
import uvicorn
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from anyio import to_thread
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from accounts.same_origin import SameOrigin
from accounts.web import log_in_routes
from desk import demonstration
from desk.demonstration import Demonstration
from models import Institution, Unit, User, migrate, reading
from models.migrations import alembic_config
from models.settings import database_url
from screens import shell
from screens.frame import SecurityHeaders, frame_routes
from screens.pages import HOME, PLACES, first_page
from survey.light.routes import light_routes

ROOT = Path(__file__).parent
SECONDS_TO_FINISH = 5

os.chdir(ROOT)  # where Streamlit looks for its settings, and where data/ is


async def health(_request: Request) -> PlainTextResponse:
    """200 when the database answers and has the newest shape; 503 otherwise."""
    fault = await to_thread.run_sync(database_fault)
    return PlainTextResponse(fault or "ok", status_code=503 if fault else 200)


def database_fault() -> str | None:
    """What keeps the database from being used, as a sentence; None if nothing does."""
    try:
        with reading(shell.engine()) as session:
            found = session.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        return "The database does not answer."
    return None if found == newest_shape() else "The database has not been migrated."


@cache
def newest_shape() -> str | None:
    """The newest migration."""
    return ScriptDirectory.from_config(alembic_config("")).get_current_head()


@cache
def prepare() -> Demonstration | None:
    """Migrates the database and loads the demonstration where it belongs; once a process.

    Gives the demonstration's log-ins where it was loaded just now.
    """
    if make_url(database_url()).get_backend_name() not in ("sqlite", "postgresql"):
        raise ArgumentError("SQLite and PostgreSQL are the ones that are known here")
    migrate(database_url())
    return demonstration.load(shell.engine()) if wants_demonstration() else None


def wants_demonstration() -> bool:
    """Whether DEMO asks for it, or else the default database is still empty."""
    wish = os.environ.get("DEMO", "")
    if wish or os.environ.get("DATABASE_URL"):
        return wish == "1"
    with reading(shell.engine()) as session:
        return not any(session.scalar(select(table.id).limit(1)) for table in (User, Institution))


def announcement(loaded: Demonstration | None, address: str) -> str:
    """What the operator is told at the start."""
    lines = [f"Suara Layanan is ready at {address}"] if address else []
    with reading(shell.engine()) as session:
        if session.scalar(select(Unit.id).where(Unit.code == "contoh")):
            lines.append(f"Rate a visit:  {address}{demonstration.CITIZEN_PATH}")
    if loaded:
        lines.append(f"Log in:        {address}/masuk (demonstration; these passwords show once)")
        lines += [f"  {role:14} {name:20} {password}" for role, name, password in loaded.log_ins]
    return "\n".join(lines)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any] | None]:
    """Prepares the database where main() hasn't; silences the log of addresses."""
    # Streamlit switches it on again; it would show who looked at what.
    logging.getLogger("uvicorn.access").disabled = True
    if not prepare.cache_info().currsize:
        print(announcement(await to_thread.run_sync(prepare), ""), flush=True)
    yield None
    if shell.writer.cache_info().currsize:
        await to_thread.run_sync(shell.writer().close)


app = st.App(
    ROOT / "screens" / "main.py",
    lifespan=lifespan,
    routes=[
        Route("/healthz", health),
        *log_in_routes(shell.engine, first_page),
        *light_routes(shell.engine, shell.secret, shell.writer),
        *frame_routes([place.path for place in PLACES], HOME),
    ],
    middleware=[Middleware(SecurityHeaders), Middleware(SameOrigin)],
    on_script_error=shell.show_error,
)


def main() -> int:
    """Serves until SIGTERM or Ctrl-C. Returns 2 where it can't start, told on standard error."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8501"
    try:
        door = bound_socket(host, port)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        print(f"Cannot serve on HOST={host} PORT={port}: {reason}.", file=sys.stderr)
        return 2
    try:
        loaded = prepare()
    except (SQLAlchemyError, CommandError, OSError) as error:
        print(f"Cannot use the database {shown_url()}: {first_line(error)}", file=sys.stderr)
        return 2
    address = f"http://{f'[{host}]' if ':' in host else host}:{door.getsockname()[1]}"
    print(announcement(loaded, address), flush=True)
    config = uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[door])
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


if __name__ == "__main__":
    sys.exit(main())

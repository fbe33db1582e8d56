"""The citizens' light door alone, without Streamlit, served by as many workers as asked.

python light.py. HOST, PORT, WORKERS, DATABASE_URL and DATA are heeded.
"""

import os
import sys

if __name__ == "__main__" and sys.flags.optimize < 2:
    # What libraries tell their readers would take 5 MB of each worker.
    os.execv(sys.executable, [sys.executable, "-OO", *sys.orig_argv[1:]])

import ctypes
import gc
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from pathlib import Path

import uvicorn
from anyio import to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from uvicorn.supervisors import Multiprocess

from accounts.same_origin import SameOrigin
from accounts.security_headers import SecurityHeaders
from models import now, reading
from models.faults import log_faults
from serving import Readiness, guarded, health, migrate_database, settings, start
from survey import instance
from survey.light.addresses import home, unknown_address
from survey.light.pages import compile_pages
from survey.light.routes import light_routes
from survey.periods import open_units
from survey.shared_limits import KEPT_AT, keep_limits
from survey.writer import Writer
from watched import Measured

MOST_WORKERS = 64
M_ARENA_MAX = -8  # malloc.h


def ask_allocator(wish: str, *values: int) -> None:
    """Asks glibc's allocator something; another C library doesn't know it."""
    with suppress(AttributeError, OSError):
        getattr(ctypes.CDLL(None), wish)(*values)


os.chdir(Path(__file__).parent)  # where data/ is
# Each thread would get a heap of its own from glibc, and keep it: they take turns anyway.
ask_allocator("mallopt", M_ARENA_MAX, 1)


@asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[None]:
    """Readies the pages, gives back what that took; stores what still waits before it ends."""
    compile_pages()
    import_module("analysis.redaction.redacting")  # nobody's comment shall wait for it
    instance.secret()
    log_faults(instance.engine())
    gc.collect()
    gc.freeze()
    ask_allocator("malloc_trim", 0)
    yield
    await to_thread.run_sync(instance.close_writer)


def light_app(writer: Callable[[], Writer] = instance.writer) -> Starlette:
    """The application, whose submissions ``writer`` stores."""
    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/", home),
            Route("/healthz", health),
            Route("/readyz", Readiness(writer).answer),
            *light_routes(instance.engine, instance.secret, writer, instance.limits),
        ],
        middleware=[Middleware(Measured), Middleware(SecurityHeaders), Middleware(SameOrigin)],
        exception_handlers={404: unknown_address},
    )


app = guarded(light_app())


def main() -> int:
    """Serves until SIGTERM or Ctrl-C. Returns 2 where it can't start, told on standard error."""
    workers = os.environ.get("WORKERS") or "1"
    if not (workers.isdecimal() and 1 <= int(workers) <= MOST_WORKERS):
        told = f"Cannot serve with WORKERS={workers}: it is a number from 1 to {MOST_WORKERS}."
        print(told, file=sys.stderr)
        return 2
    return start("8502", prepare, lambda door: serve(door, int(workers)), int(workers))


def prepare(address: str) -> str:
    """Migrates the database, once for all workers; gives what the operator is told."""
    migrate_database()
    with reading(instance.engine()) as session:
        # The demonstration's first, where it is.
        units = sorted(open_units(session, now()), key=lambda unit: unit.code != "contoh")
    link = f"{address}/s/{units[0].code}" if units else "no unit takes answers now"
    return f"Suara Layanan, the light door, is ready at {address}\nRate a visit:  {link}"


def serve(door: socket.socket, workers: int) -> None:
    """Serves in this process, or in several that share the socket."""
    config = settings("light:app", workers, web_sockets=False)
    if workers == 1:
        uvicorn.Server(config).run(sockets=[door])
    else:
        os.environ[KEPT_AT] = keep_limits()
        Multiprocess(config, sockets=[door]).run()


if __name__ == "__main__":
    sys.exit(main())

"""The service: wires the screens, the log-in and the health check, and serves them.

python app.py, or "uvicorn app:app", or "streamlit run app.py". HOST, PORT, DATABASE_URL, DATA
and DEMO are heeded.
"""

import gc
import os
import sys

if __name__ == "__main__":
    gc.disable()  # nothing that is loaded is garbage; load_the_rest ends it

import logging
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Timer
from typing import Any

import uvicorn
from anyio import to_thread
from sqlalchemy import select
from starlette.middleware import Middleware
from starlette.routing import Route
from streamlit import error_util
from streamlit.starlette import App

import logs
from accounts.actors import Actor
from accounts.first_day import FirstDay, needs_administrator
from accounts.provider_settings import UnfitProvider, provider_settings
from accounts.same_origin import SameOrigin
from accounts.security_headers import SecurityHeaders
from accounts.web import log_in_routes
from demonstration import CITIZEN_PATH, CITIZEN_SCREEN, Demonstration, is_loaded
from demonstration.people import new_passwords
from desk.office.starting import finish_closings
from desk.public.addresses import CARDS
from desk.register.first_steps import unfinished
from interface.late import PublicRoutes
from models import Institution, User, reading
from models.faults import log_faults
from screens.closed import ClosedAddresses
from screens.frame import frame_routes, inline_scripts
from screens.offer_route import offer_routes
from screens.own_runtime import ScreensApp
from screens.packed_scripts import PackedScripts
from screens.pages import FIRST_STEPS, PLACES, START, first_page
from screens.socket_gate import SocketGate
from screens.upload_gate import UploadGate
from screens.watching import show_error
from serving import (
    Readiness,
    guarded,
    health,
    migrate_database,
    settings,
    start,
    worth_a_traceback,
)
from survey import instance
from survey.light.addresses import OddAddresses, tell_odd
from survey.light.pages import FullPages
from survey.light.routes import light_routes
from watched import Measured

ROOT = Path(__file__).parent
# Who waited for readiness is answered first: what is loaded beside it would slow that down.
SECONDS_FOR_THE_FIRST = 0.1
REST = ("analysis.redaction.redacting", "desk.integrity.finding", "screens.drawn", "zxcvbn")

first_day = FirstDay()
public = PublicRoutes(instance.engine)

os.chdir(ROOT)  # where Streamlit looks for its settings, and where data/ is
try:
    provider_settings()
except UnfitProvider as unfit:
    print(f"Cannot ask for identities: {unfit}", file=sys.stderr)
    sys.exit(2)


@cache
def prepare() -> Demonstration | None:
    """Migrates the database and loads the demonstration where it belongs; once a process.

    Gives the demonstration's log-ins where it was loaded just now.
    """
    migrate_database()
    finish_closings(instance.engine())
    if not wants_demonstration():
        return None
    with ThreadPoolExecutor(1) as beside:  # to hash takes a second of another processor
        passwords = beside.submit(new_passwords)
        from demonstration.load import load  # seconds, which most starts need not wait

        return load(instance.engine(), instance.secret(), passwords.result())


def wants_demonstration() -> bool:
    """Whether it is not there yet and DEMO asks for it, or else the default database is empty."""
    wish = os.environ.get("DEMO", "")
    if wish != "1" and (wish or os.environ.get("DATABASE_URL")):
        return False
    with reading(instance.engine()) as session:
        if wish:
            return not is_loaded(session)
        return not any(session.scalar(select(table.id).limit(1)) for table in (User, Institution))


def announcement(loaded: Demonstration | None, address: str) -> str:
    """What the operator is told at the start."""
    lines = [f"Suara Layanan is ready at {address}"] if address else []
    with reading(instance.engine()) as session:
        if is_loaded(session):
            lines.append(f"Rate a visit:  {address}{CITIZEN_PATH}")
            lines.append(f"  or, heavier: {address}{CITIZEN_SCREEN}")
    if needs_administrator(instance.engine()):
        lines.append(f"Nobody administers yet. Open {address}/mulai and type this one-time code:")
        lines.append(f"  {first_day.code}")
    if loaded:
        lines.append(f"Log in:        {address}/masuk (demonstration; these passwords show once)")
        lines += loaded.lines
    return "\n".join(lines)


def entrance(actor: Actor) -> str:
    """The path to go to after log-in: the first steps until they are done."""
    with reading(instance.engine()) as session:
        return f"/{FIRST_STEPS}" if unfinished(session, actor) else first_page(actor)


def load_the_rest() -> None:
    """Loads what draws, after readiness; whoever looks meanwhile waits for that alone."""
    for name in REST:
        import_module(name)
    assert public.router
    gc.collect()
    gc.freeze()
    gc.enable()


@asynccontextmanager
async def lifespan(_app: App) -> AsyncIterator[dict[str, Any] | None]:
    """Prepares the database where main() hasn't; silences what the log need not tell."""
    # Streamlit switches it on again; it would show who looked at what.
    logging.getLogger("uvicorn.access").disabled = True
    logs.speak_alike()
    logging.getLogger(error_util.__name__).addFilter(worth_a_traceback)
    if not prepare.cache_info().currsize:
        print(announcement(await to_thread.run_sync(prepare), ""), flush=True)
    log_faults(instance.engine())
    rest = Timer(SECONDS_FOR_THE_FIRST, load_the_rest)
    rest.daemon = True
    rest.start()
    yield None
    await to_thread.run_sync(instance.close_writer)


app = ScreensApp(
    ROOT / "screens" / "main.py",
    lifespan=lifespan,
    routes=[
        Route("/healthz", health),
        Route("/readyz", Readiness().answer),
        *log_in_routes(instance.engine, instance.secret, entrance, first_day),
        *light_routes(
            instance.engine,
            instance.secret,
            instance.writer,
            instance.limits,
            FullPages(published="/hasil", announced="/ikm"),
        ),
        public,
        *offer_routes(),
        *frame_routes([place.path for place in PLACES], START),
    ],
    middleware=[
        Middleware(Measured),
        Middleware(SecurityHeaders, inline_scripts(), CARDS),
        Middleware(SameOrigin),
        Middleware(ClosedAddresses),
        Middleware(PackedScripts),
        Middleware(SocketGate),
        Middleware(UploadGate),
    ],
    on_script_error=show_error,
)
# What Streamlit's server would refuse before it asks any of the routes.
front = guarded(OddAddresses(app, SecurityHeaders(tell_odd)))


def main() -> int:
    """Serves until SIGTERM or Ctrl-C. Returns 2 where it can't start, told on standard error."""
    return start(
        "8501",
        lambda address: announcement(prepare(), address),
        lambda door: uvicorn.Server(settings(front)).run(sockets=[door]),
    )


if __name__ == "__main__":
    sys.exit(main())

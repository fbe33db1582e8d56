"""What tests ask for by name: databases of both engines, a browser, a running service."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from psycopg.sql import SQL, Identifier
from sqlalchemy import Engine
from sqlalchemy.event import listen

from tests import again, chance, examples, needs
from tests.postgres import Cluster, running_cluster
from tests.swift import swift_place

ROOT = Path(__file__).parent.parent
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = [
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    # Another host than this one is no secure context over plain http.
    "--host-resolver-rules=MAP plain-http.test 127.0.0.1",
]


def pytest_configure(config: pytest.Config) -> None:
    """Registers the habits of all tests; names whom citizens may ask, without whom none opens."""
    os.environ.setdefault("CONTACT", "ppid@malra.example")
    for habit in (needs, chance, again, examples):
        config.pluginmanager.register(habit)


@pytest.fixture(autouse=True, scope="session")
def quick_passwords() -> Iterator[None]:
    """Passwords of tests are hashed with the least work; services that run hash as everywhere."""
    from accounts.passwords import hash_of_nobody

    with pytest.MonkeyPatch.context() as patch:
        least = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr("accounts.passwords._hasher", least)
        patch.setattr("accounts.passwords._nobody", hash_of_nobody(least))
        yield


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh, migrated database; the test runs once on each engine."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a fresh, migrated database; on PostgreSQL with the application's rights."""
    from models import open_engine
    from models.rights import APPLICATION

    engine = open_engine(database_url.replace("//postgres@", f"//{APPLICATION}@"))
    yield engine
    engine.dispose()


def _forgetful(connection: Any, _record: object) -> None:
    """No test asks what is left after a power cut; those that kill run the service itself."""
    connection.execute("PRAGMA synchronous = OFF")


# Each database in its turn at the same address: its engine keeps the statements it has compiled.
@pytest.fixture
def sqlite_url(migrated_file: Path, sqlite_file: Path) -> Iterator[str]:
    """The URL of a fresh, migrated SQLite file."""
    from models import open_engine

    url = f"sqlite:///{shutil.copyfile(migrated_file, sqlite_file)}"
    yield url
    open_engine(url).dispose()
    for left in sqlite_file.parent.iterdir():  # its log too
        left.unlink()


@pytest.fixture
def postgresql_url(migrated_cluster: Cluster) -> Iterator[str]:
    """The URL of a fresh, migrated PostgreSQL database."""
    migrated_cluster.create("test", template="migrated")
    yield migrated_cluster.url("test")
    migrated_cluster.drop("test")


@pytest.fixture(scope="session")
def swift_folder() -> Iterator[Path]:
    """A folder for what many tests copy and write, in memory where there is room."""
    with TemporaryDirectory(prefix="suara-layanan-", dir=swift_place()) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def sqlite_file(swift_folder: Path) -> Path:
    """Where the SQLite files of tests stand."""
    from models import open_engine

    file = swift_folder / "sqlite" / "test.sqlite3"
    file.parent.mkdir()
    listen(open_engine(f"sqlite:///{file}"), "connect", _forgetful)
    return file


@pytest.fixture(scope="session")
def migrated_file(swift_folder: Path) -> Path:
    """A migrated SQLite file, to be copied."""
    from models import migrate

    file = swift_folder / "migrated.sqlite3"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_cluster() -> Iterator[Cluster]:
    """A PostgreSQL cluster with a migrated database `migrated`, to be copied, and its roles."""
    from models import migrate, open_engine
    from models.rights import APPLICATION, READER, give_rights

    with running_cluster() as cluster:
        for role in (APPLICATION, READER):
            cluster.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(role)))
        cluster.create("migrated")
        migrate(cluster.url("migrated"))
        give_rights(cluster.url("migrated"))
        open_engine(cluster.url("migrated")).dispose()
        yield cluster


# By module, not by session: while Playwright runs, asyncio.run refuses to work in its thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    with running_browser() as browser:
        yield browser


@contextmanager
def running_browser() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    program = next(filter(None, map(shutil.which, CHROMIUM)))
    switches = [*SWITCHES, "--no-sandbox"] if os.geteuid() == 0 else SWITCHES
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=switches)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page in a browser context of its own."""
    size: ViewportSize = {"width": 1280, "height": 900}
    with browser.new_context(viewport=size, locale="id-ID") as context:
        yield context.new_page()


@dataclass(frozen=True)
class App:
    """The service, running in a process of its own."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> str:
        """What it has printed so far."""
        return self.log.read_text()

    def healthy(self) -> bool:
        """Whether GET /readyz answers 200."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


@pytest.fixture(scope="session")
def app(swift_folder: Path) -> Iterator[App]:
    """The service with the demonstration district, on an SQLite file of its own."""
    folder = swift_folder / "app"
    folder.mkdir()
    with running_app(folder) as app:
        yield app


@contextmanager
def running_app(
    folder: Path, proxy: str = "", demonstration: bool = True, before: Sequence[str] = ()
) -> Iterator[App]:
    """The service with all its data in ``folder``, from when it is ready.

    ``proxy``: the address that it believes whom it speaks for.
    ``before``: the command that runs it, if any.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "DATABASE_URL": f"sqlite:///{folder / 'app.sqlite3'}",
        "DATA": str(folder),
        "DEMO": "1" if demonstration else "0",
        "FORWARDED_ALLOW_IPS": proxy,
        "ALLOWED_HOSTS": "plain-http.test, skm.example.id",
        "PYTHONUNBUFFERED": "1",
    }
    log = folder / "output"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*before, sys.executable, "app.py"],
            cwd=ROOT,
            env=os.environ | settings,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    app = App(process, port, log)
    try:
        _wait(app)
        yield app
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(app: App) -> None:
    deadline = time.monotonic() + 120
    while not app.healthy():
        if app.process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"python app.py never became healthy. It printed:\n{app.output}")
        time.sleep(0.1)

"""What tests ask for by name: databases of both engines, a browser, a running service."""

import http.client
import os
import shutil
import socket
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

from tests import again, chance, examples, garbage, needs
from tests.begun import Running, commanded, end, forked
from tests.demonstrated import LOG_INS, once_for_all
from tests.kept import Files, Templates, database
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
    for habit in (needs, chance, again, examples, garbage):
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


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, sqlite_shelf: Files) -> Iterator[str]:
    """The URL of a fresh SQLite file: migrated, with what a kept fixture builds."""
    with database(sqlite_shelf, request):
        yield f"sqlite:///{sqlite_shelf.file}"


@pytest.fixture
def postgresql_url(request: pytest.FixtureRequest, postgresql_shelf: Templates) -> Iterator[str]:
    """The URL of a fresh PostgreSQL database: migrated, with what a kept fixture builds."""
    with database(postgresql_shelf, request):
        yield postgresql_shelf.cluster.url("test")


@pytest.fixture(scope="session")
def sqlite_shelf(migrated_file: Path, sqlite_file: Path) -> Files:
    """SQLite files that tests begin with."""
    from models import open_engine

    return Files(migrated_file.parent, sqlite_file, open_engine(f"sqlite:///{sqlite_file}"))


@pytest.fixture(scope="session")
def postgresql_shelf(migrated_cluster: Cluster) -> Templates:
    """PostgreSQL databases that tests begin with."""
    from models import open_engine
    from models.rights import APPLICATION

    engine = open_engine(migrated_cluster.url("test", APPLICATION))
    return Templates(migrated_cluster, "test", engine)


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

    process: Running
    port: int
    log: Path
    told_before: str = ""

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> str:
        """What it has printed so far."""
        return self.log.read_text()

    @property
    def log_ins(self) -> str:
        """What was told of the demonstration's log-ins when it was loaded."""
        return self.told_before or self.output

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
def demonstration_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a service with the demonstration, made once for all test processes."""
    own = tmp_path_factory.getbasetemp()
    return once_for_all(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)


@pytest.fixture(scope="session")
def app(swift_folder: Path, demonstration_folder: Path) -> Iterator[App]:
    """The service with the demonstration district, on an SQLite file of its own."""
    with running_app(swift_folder / "app", demonstration_folder) as app:
        yield app


@contextmanager
def running_app(
    folder: Path,
    begun: Path | None = None,
    proxy: str = "",
    before: Sequence[str] = (),
    demo: str = "0",
) -> Iterator[App]:
    """The service with all its data in ``folder``, from when it is ready.

    ``begun``: the data that it begins with, if any.
    ``proxy``: the address that it believes whom it speaks for.
    ``before``: the command that runs it, if any; ``demo``: whether it loads the demonstration.
    """
    if begun:
        shutil.copytree(begun, folder, dirs_exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "DATABASE_URL": f"sqlite:///{folder / 'app.sqlite3'}",
        "DATA": str(folder),
        "DEMO": demo,
        "FORWARDED_ALLOW_IPS": proxy,
        "ALLOWED_HOSTS": "plain-http.test, skm.example.id",
        "PYTHONUNBUFFERED": "1",
    }
    log, asked = folder / "output", os.environ | settings
    command = [*before, sys.executable, "app.py"]
    process = commanded(command, asked, log) if before else forked("app", asked, log)
    app = App(process, port, log, (begun / LOG_INS).read_text() if begun else "")
    try:
        _wait(app)
        yield app
    finally:
        end(process)


def _wait(app: App) -> None:
    deadline = time.monotonic() + 120
    while not app.healthy():
        if app.process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"python app.py never became healthy. It printed:\n{app.output}")
        time.sleep(0.1)

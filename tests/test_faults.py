"""Each fault for real, under the light service in a process of its own; it mends without hands.

A full disk, a disk that can only be read, a database that another holds, PostgreSQL stopped.
"""

import http.client
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import text
from starlette.applications import Starlette

from accounts.first_day import FirstDay
from accounts.web import log_in_routes
from light import light_app
from locales import LANGUAGES, Language, say
from models import faults, migrate, open_engine, writing
from survey import instance
from survey.keys import bound_secret
from survey.receipts import instance_secret, mint_key
from tests.asgi import ask
from tests.citizens import FORM, filled
from tests.conftest import ROOT, App, running_app
from tests.disks import mounted
from tests.light_service import running_light
from tests.postgres import running_cluster
from tests.survey.conftest import SECRET
from tests.visiting import visiting
from tests.world import a_district

COMMENT = "Petugas ramah, ruang tunggu penuh."
FORM_TYPE = {"Content-Type": "application/x-www-form-urlencoded"}
SECONDS_TO_TURN = 60


@dataclass(frozen=True)
class Told:
    """What a service answered."""

    status: int
    text: str


def get(light: App, path: str) -> Told:
    return _asked(light, "GET", path)


def send(light: App, key: str) -> Told:
    """A citizen sends the form, as a browser without scripts does."""
    return _asked(light, "POST", FORM, urlencode(filled(key)), FORM_TYPE)


def _asked(light: App, method: str, path: str, *more: object) -> Told:
    with closing(http.client.HTTPConnection("127.0.0.1", light.port, timeout=120)) as connection:
        connection.request(method, path, *more)  # type: ignore[arg-type]
        answer = connection.getresponse()
        return Told(answer.status, answer.read().decode())


def a_file(file: Path, migrated_file: Path) -> str:
    """The URL of a file with the small district."""
    file.write_bytes(migrated_file.read_bytes())
    return with_district(f"sqlite:///{file}")


def with_district(url: str) -> str:
    with writing(open_engine(url)) as session:
        a_district(session)
    open_engine(url).dispose()
    return url


def stored(url: str) -> int:
    with open_engine(url).connect() as connection:
        found = connection.scalar(text("SELECT count(*) FROM responses"))
    open_engine(url).dispose()
    return int(found or 0)


def expect_not_stored(light: App, key: str, fault: str) -> None:
    """The citizen is told the truth and keeps the words; the operator is told what it is."""
    answer = send(light, key)
    assert answer.status == 503
    assert say("id", "light.failed") in answer.text
    assert COMMENT in answer.text  # still on the page, to be sent again
    assert key in answer.text
    assert get(light, "/healthz") == Told(200, "ok")
    assert fault in ready(light, 503)
    assert light.output.count(f"the database cannot be used: {fault}") == 1
    assert "Traceback" not in light.output


def expect_mended(light: App, key: str) -> None:
    """The same process takes the same form, and says that it is ready."""
    assert light.process.poll() is None
    assert send(light, key).status == 303
    assert ready(light, 200) == "ready"


def ready(light: App, status: int) -> str:
    """What /readyz says once it answers so: an outcome stands for a moment."""
    deadline = time.monotonic() + SECONDS_TO_TURN
    while (told := get(light, "/readyz")).status != status:
        assert time.monotonic() < deadline, told.text
        time.sleep(0.2)
    return told.text


@pytest.mark.database
@pytest.mark.long
def test_a_full_disk(tmp_path: Path, migrated_file: Path) -> None:
    with mounted(tmp_path / "disk") as disk:
        url = a_file(disk.folder / "app.sqlite3", migrated_file)
        with running_light(url, tmp_path) as light:
            assert send(light, mint_key()).status == 303
            key = mint_key()
            disk.fill()
            expect_not_stored(light, key, faults.FULL)
            assert "disk: The database has room for 0 MB more" in ready(light, 503)
            disk.free()
            expect_mended(light, key)
        assert stored(url) == 2


@pytest.mark.database
@pytest.mark.long
def test_a_disk_that_can_only_be_read(
    tmp_path: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mounted(tmp_path / "disk") as disk:
        url = a_file(disk.folder / "app.sqlite3", migrated_file)
        monkeypatch.setenv("DATABASE_URL", url)
        monkeypatch.setenv("DATA", str(tmp_path))
        instance_secret(tmp_path)
        disk.allow("ro")
        ended = subprocess.run(
            [sys.executable, "light.py"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 2
        told = ended.stderr.splitlines()[-1]
        assert told.startswith(f"Cannot use the database {url}: ")
        assert faults.READ_ONLY in told or faults.NOT_OPENED in told
        assert "Traceback" not in ended.stderr
        with in_this_process(url):
            service = light_app()
            unread = ask(service, "/readyz")
            assert unread.status == 503
            form = urlencode(filled(mint_key())).encode()
            refused = ask(service, FORM, "POST", FORM_TYPE, form)
            assert refused.status == 503
            assert say("id", "light.failed") in refused.text
            assert COMMENT in refused.text
            disk.allow("rw")
            assert ask(service, FORM, "POST", FORM_TYPE, form).status == 303


@contextmanager
def in_this_process(url: str) -> Iterator[None]:
    """What an application of this process works with, anew."""
    for kept in (instance.secret, instance.writer, instance.limits):
        kept.cache_clear()
    yield
    instance.close_writer()
    instance.writer.cache_clear()
    open_engine(url).dispose()


@pytest.mark.database
def test_a_database_that_another_holds_too_long(
    tmp_path: Path,
    migrated_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("models.engine.WAIT_FOR_A_LOCK", 0.5)
    monkeypatch.setattr("survey.readiness.PATIENCE", 0.5)
    monkeypatch.setattr("serving.SECONDS_TO_STAND", 0)
    url = a_file(tmp_path / "app.sqlite3", migrated_file)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DATA", str(tmp_path))
    with in_this_process(url), closing(sqlite3.connect(tmp_path / "app.sqlite3")) as other:
        service, form = light_app(), urlencode(filled(mint_key())).encode()
        bound_secret(instance.engine(), tmp_path)  # as each start does
        faults.log_faults(instance.engine())
        other.execute("BEGIN IMMEDIATE")
        refused = ask(service, FORM, "POST", FORM_TYPE, form)
        assert refused.status == 503
        assert say("id", "light.failed") in refused.text
        assert COMMENT in refused.text
        assert faults.LOCKED in ask(service, "/readyz").text
        assert f"the database cannot be used: {faults.LOCKED}" in caplog.messages
        other.rollback()
        assert ask(service, FORM, "POST", FORM_TYPE, form).status == 303
        assert ask(service, "/readyz").text == "ready"


@pytest.mark.database
@pytest.mark.postgres
@pytest.mark.long
def test_postgresql_stopped_and_started_again(tmp_path: Path) -> None:
    with running_cluster() as cluster:
        cluster.create("suara")
        url = cluster.url("suara")
        migrate(url)
        with_district(url)
        with running_light(url, tmp_path) as light:
            assert send(light, mint_key()).status == 303
            key = mint_key()
            cluster.stop()
            expect_not_stored(light, key, faults.SILENT)
            unread = get(light, FORM)
            assert unread.status == 503
            assert say("id", "light.unreachable") in unread.text
            expect_log_in_told(url)
            cluster.start()
            expect_mended(light, key)
        assert stored(url) == 2


@pytest.mark.database
@pytest.mark.postgres
@pytest.mark.long
def test_a_page_opens_again_by_itself_and_says_so(tmp_path: Path) -> None:
    """The page that was asked for, though nothing of it could be drawn before."""
    with running_cluster() as cluster:
        cluster.create("suara")
        other = ("env", f"DATABASE_URL={cluster.url('suara')}")
        with (
            running_app(tmp_path, before=other) as app,
            visiting(app, "/hasil", "sid=whoever") as page,
        ):
            cluster.stop()
            assert say("id", "shell.unreachable") in page.run().said
            (waiting,) = page.parts
            assert say("id", "shell.again") not in page.run(part=waiting).said
            cluster.start()
            said = page.run(part=waiting).said
            assert say("id", "shell.again") in said
            assert say("id", "results.none") in said
            assert say("id", "shell.again") not in page.run().said


def expect_log_in_told(url: str) -> None:
    """Officials get a page in their language, not a bare 500."""
    doors = Starlette(
        routes=log_in_routes(lambda: open_engine(url), lambda: SECRET, lambda _: "/", FirstDay())
    )
    typed = urlencode({"username": "ani", "password": "rahasia"}).encode()
    for language in LANGUAGES:
        answer = ask(doors, f"/masuk?lang={language}", "POST", FORM_TYPE, typed)
        assert answer.status == 503
        assert unreachable(language) in answer.text
        assert "rahasia" not in answer.text


def unreachable(language: Language) -> str:
    return say(language, "log_in.unreachable")

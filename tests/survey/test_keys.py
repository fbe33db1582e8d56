"""A key that is damaged, lost or another instance's: no service, red while it runs, a way out."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from light import light_app
from models import AuditEvent, InstanceKey, now, open_engine, reading, writing
from survey import instance
from survey.__main__ import main
from survey.keys import bound_secret
from survey.receipts import WrongKey, create_secret, instance_secret, key_file
from survey.submission import submit
from tests.asgi import ask
from tests.conftest import ROOT
from tests.survey.conftest import UNIT, Place, a_submission

WAY_OUT = "Restore it from the backup. Only where there is none: python -m survey new-key --why"


def damage(file: Path) -> None:
    file.write_text(file.read_text()[:-7])


def lose(file: Path) -> None:
    file.unlink()


def exchange(file: Path) -> None:
    file.unlink()
    create_secret(file)


HARMED: dict[str, tuple[Callable[[Path], None], str]] = {
    "damaged": (damage, "instance.key is damaged: it is not 64 digits"),
    "lost": (lose, "instance.key is missing, and the database was used with one"),
    "foreign": (exchange, "is not the one of the database"),
}
each_harm = pytest.mark.parametrize("harm", HARMED)


def rated(place: Place, folder: Path) -> None:
    """A citizen has a receipt that only the folder's key can look up."""
    secret = bound_secret(place.engine, folder)
    with writing(place.engine) as session:
        submit(session, secret, a_submission(), now())


def started(url: str, folder: Path, service: str) -> subprocess.CompletedProcess[str]:
    own = {"PORT": "0", "DATABASE_URL": url, "DATA": str(folder), "DEMO": "0"}
    return subprocess.run(
        [sys.executable, service],
        cwd=ROOT,
        env=os.environ | own,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@ON_SQLITE
@pytest.mark.long
@pytest.mark.parametrize(
    ("harm", "service"),
    [("damaged", "app.py"), *((harm, "light.py") for harm in HARMED)],
)
def test_neither_service_starts_beside_old_receipts(
    place: Place, tmp_path: Path, harm: str, service: str
) -> None:
    rated(place, tmp_path)
    act, told = HARMED[harm]
    act(key_file(tmp_path))
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    ended = started(place.url, tmp_path, service)
    assert ended.returncode == 2
    (line,) = ended.stderr.splitlines()
    assert told in line
    assert WAY_OUT in line
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


@each_harm
def test_it_is_red_while_it_runs_and_citizens_are_served(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", place.url)
    monkeypatch.setenv("DATA", str(tmp_path))
    monkeypatch.setattr("serving.SECONDS_TO_STAND", 0)
    rated(place, tmp_path)
    for kept in (instance.secret, instance.writer, instance.limits):
        kept.cache_clear()
    service, file = light_app(), key_file(tmp_path)
    assert ask(service, "/readyz").text == "ready"
    whole = file.read_text()
    HARMED[harm][0](file)
    red = ask(service, "/readyz")
    assert red.status == 503
    (line,) = red.text.splitlines()
    assert line.startswith("key: ")
    assert WAY_OUT in line
    assert whole.strip() not in red.text
    assert (ask(service, "/healthz").status, ask(service, f"/s/{UNIT}").status) == (200, 200)
    file.write_text(whole)
    assert ask(service, "/readyz").text == "ready"
    instance.close_writer()
    assert ask(service, "/readyz").text.startswith("writer: ")
    instance.writer.cache_clear()


def test_a_database_of_before_keeps_its_key_unless_it_is_lost(place: Place, tmp_path: Path) -> None:
    """One that was used before it knew its key: a receipt, and no row."""
    folder = tmp_path / "data"
    folder.mkdir()
    secret = instance_secret(folder)
    with writing(place.engine) as session:
        submit(session, secret, a_submission(), now())
    whole = key_file(folder).read_text()
    key_file(folder).unlink()
    with pytest.raises(WrongKey, match="is missing"):
        bound_secret(place.engine, folder)
    assert not key_file(folder).exists()
    key_file(folder).write_text(whole)
    assert bound_secret(place.engine, folder) == secret
    assert len(place.rows("instance_keys")) == 1


@each_harm
def test_a_new_key_is_a_deliberate_and_logged_act(
    place: Place,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    harm: str,
) -> None:
    monkeypatch.setenv("DATABASE_URL", place.url)
    monkeypatch.setenv("DATA", str(tmp_path))
    rated(place, tmp_path)
    old = instance_secret(tmp_path)
    HARMED[harm][0](key_file(tmp_path))
    why = "the disk was lost with its backup"
    for refused in (["new-key"], ["new-key", "--why", "karena"]):
        with pytest.raises(SystemExit):
            main(refused)
    assert main(["new-key", "--why", why]) == 0
    assert "Start every service" in capsys.readouterr().out
    assert bound_secret(place.engine, tmp_path) != old
    with reading(place.engine) as session:
        reasons = session.scalars(select(InstanceKey.reason).order_by(InstanceKey.id)).all()
        event = session.scalars(select(AuditEvent)).one()
    assert reasons[1:] == [why]
    assert (event.actor, event.act, event.details["why"]) == ("command line", "new_key", why)
    aside = [file for file in tmp_path.iterdir() if ".until-" in file.name]
    assert len(aside) == (0 if harm == "lost" else 1)


def test_a_new_key_that_cannot_be_logged_is_none(
    sqlite_place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trace refuses it, for real."""
    place = sqlite_place
    monkeypatch.setenv("DATABASE_URL", place.url)
    monkeypatch.setenv("DATA", str(tmp_path))
    rated(place, tmp_path)
    old = key_file(tmp_path).read_text()
    with open_engine(place.url).begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER refused BEFORE INSERT ON audit_events"
            " BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )
    assert main(["new-key", "--why", "the disk was lost with its backup"]) == 2
    assert key_file(tmp_path).read_text() == old
    assert [file.name for file in tmp_path.glob("instance.key*")] == ["instance.key"]
    assert len(place.rows("instance_keys")) == 1

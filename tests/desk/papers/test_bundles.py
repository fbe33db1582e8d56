"""Long work, in a process of its own where that matters, on both engines."""

import os
import signal
import sys
import time
from collections.abc import Callable, Collection, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from subprocess import Popen
from time import monotonic, sleep
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import update
from sqlalchemy.exc import NoResultFound

import desk.__main__
from accounts.actors import Actor, Forbidden
from desk.__main__ import main
from desk.jobs import (
    KEPT,
    SILENCE,
    Stopped,
    file_of,
    jobs_of,
    own_job,
    run,
    start,
    state_of,
    stop_job,
    why_failed,
)
from desk.papers import making, papers
from desk.papers.bundles import RequestedBundle, begin_bundle
from desk.papers.contents import unit_contents
from desk.papers.papers import RequestedPaper
from models import Job, Unit, now, reading, writing
from tests.desk.conftest import House, on_one_engine
from tests.desk.unit.test_results import close
from tests.kept import kept
from tests.refusing import refusing

PATIENCE = 120
MANY = 30
A_REST = 0.05  # seconds


@pytest.fixture
def found(
    house: House, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> House:
    """A house whose database processes find."""
    monkeypatch.setenv("DATA", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", database_url)
    return house


@pytest.fixture
def closed(surveyed: House, found: House) -> House:
    """Both units surveyed, in a database that processes find."""
    assert surveyed is found
    return found


@kept
def surveyed(house: House) -> House:
    """The clinic with 9 respondents, the registry with 4."""
    house.rate(3, 9)
    house.rate(3, 4, unit=house.registry)
    close(house)
    return house


def begin(house: House, kind: str, units: Collection[int] = (), actor: Actor | None = None) -> int:
    with writing(house.engine) as session:
        job = begin_bundle(
            session,
            actor or house.coordinator,
            RequestedBundle(kind, house.period, units or [house.clinic, house.registry], "id"),
        )
        return job.id


def state(house: House, job_id: int) -> Job:
    with reading(house.engine) as session:
        return session.get_one(Job, job_id)


def done(house: House, job_id: int) -> dict[str, bytes]:
    """The files that the work gave."""
    assert main([str(job_id)]) == 0
    return given(house, job_id)


def given(house: House, job_id: int) -> dict[str, bytes]:
    """The files of a work that has ended well."""
    with reading(house.engine) as session:
        job = own_job(session, house.coordinator, job_id)
        assert (job.state, job.problem) == ("done", "")
        content = file_of(job)
    assert content is not None
    with ZipFile(BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_reports_of_several_units(closed: House) -> None:
    job = begin(closed, "reports")
    assert start(job).wait(PATIENCE) == 0
    files = given(closed, job)
    units = ("puskesmas-langgur", "dukcapil-malra")
    assert list(files) == [
        f"laporan-{unit}-semester-ini.{ending}" for unit in units for ending in ("docx", "pdf")
    ]
    told = state(closed, job)
    assert (told.done, told.total, told.file_name) == (2, 2, "laporan-semester-ini.zip")
    assert closed.acts().count("hand_out_paper") == 4


def test_worksheets_and_which_could_not_be_made(closed: House) -> None:
    files = done(closed, begin(closed, "worksheets"))
    assert list(files) == [
        "lembar-pengolahan-puskesmas-langgur-semester-ini.xlsx",
        "tidak-dibuat.txt",
    ]
    assert files["tidak-dibuat.txt"].decode().startswith("Dukcapil: ")


def test_worksheets_that_may_show_no_rows_are_named(found: House) -> None:
    found.rate(3, 9)
    found.rate(3, 2, batch=found.a_batch(2))
    close(found)
    files = done(found, begin(found, "worksheets", [found.clinic]))
    assert list(files) == [
        "lembar-pengolahan-puskesmas-langgur-semester-ini.xlsx",
        "tidak-lengkap.txt",
    ]
    told = files["tidak-lengkap.txt"].decode()
    assert told.startswith("Puskesmas Langgur: Baris per responden tidak ditampilkan.")


def test_evidence(closed: House) -> None:
    files = done(closed, begin(closed, "evidence"))
    assert {"indeks.pdf", "checksums.txt"} <= set(files)
    assert closed.acts()[-1] == "hand_out_paper"


def test_only_who_asked_sees_stops_and_takes_it(closed: House) -> None:
    job = begin(closed, "worksheets")
    for role in ("official", "analyst", "administrator", "other_coordinator"):
        with writing(closed.engine) as session:
            assert jobs_of(session, closed.actors[role]) == []
            with pytest.raises(NoResultFound):
                own_job(session, closed.actors[role], job)
            with pytest.raises(NoResultFound):
                stop_job(session, closed.actors[role], job)


def test_what_is_stopped_before_it_began_gives_nothing(closed: House) -> None:
    job = begin(closed, "reports")
    with writing(closed.engine) as session:
        stop_job(session, closed.coordinator, job)
    assert main([str(job)]) == 0
    told = state(closed, job)
    assert (told.state, told.done, file_of(told)) == ("cancelled", 0, None)
    assert "hand_out_paper" not in closed.acts()


def test_what_is_stopped_underway_ends_at_the_next_step(closed: House) -> None:
    job = begin(closed, "reports")
    seen: list[int] = []

    def work(*given: object) -> tuple[str, bytes]:
        tell = given[3]
        assert callable(tell)
        for step in range(9):
            if step == 4:
                with writing(closed.engine) as session:
                    stop_job(session, closed.coordinator, job)
            tell(step, 9)
            seen.append(step)
        return "none.zip", b""

    run(closed.engine, job, work)
    told = state(closed, job)
    assert (told.state, told.done, told.total, seen) == ("cancelled", 4, 9, [0, 1, 2, 3])
    assert Stopped.__name__ not in told.problem


@pytest.fixture
def many(closed: House) -> list[int]:
    """More units than are reported on before anybody can end the process."""
    with writing(closed.engine) as session:
        units = [
            Unit(institution_id=closed.district, code=f"unit-{at}", name=f"Unit {at}")
            for at in range(MANY)
        ]
        session.add_all(units)
        session.flush()
        return [unit.id for unit in units]


@pytest.fixture
def running(closed: House, many: list[int]) -> Iterator[tuple[int, Popen[bytes]]]:
    """Work that has told of its first units."""
    job = begin(closed, "reports", many)
    process = start(job)
    while state(closed, job).done == 0:
        assert process.poll() is None
        time.sleep(A_REST)
    yield job, process
    if process.poll() is None:
        process.kill()
    process.wait()


def helpers_of(process: Popen[bytes]) -> list[int]:
    """The processes that draw beside the one that tells."""
    (server,) = [one for one in children_of(process.pid) if drawing(one)]
    return children_of(server)


def children_of(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def drawing(pid: int) -> bool:
    """Whether it is a process that draws, or begins those that do, and has not ended."""
    try:
        return b"multiprocessing.forkserver" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False


@on_one_engine
def test_many_are_made_in_two_processes_as_few_in_one(
    closed: House, many: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    # A process that is begun does again what is main: of a screen's test that is its script.
    monkeypatch.setitem(sys.modules, "__main__", desk.__main__)
    units = [closed.clinic, *many[: making.FROM_UNITS]]
    beside = done(closed, begin(closed, "worksheets", units))
    monkeypatch.setattr(making, "FROM_UNITS", MANY)
    assert done(closed, begin(closed, "worksheets", units)).keys() == beside.keys()
    refused = beside["tidak-dibuat.txt"].decode().splitlines()
    assert [line.partition(":")[0] for line in refused] == [f"Unit {at}" for at in range(8)]


@on_one_engine
def test_a_killed_helper_is_told_in_a_sentence(
    closed: House, running: tuple[int, Popen[bytes]]
) -> None:
    job, process = running
    os.kill(helpers_of(process)[0], signal.SIGKILL)
    assert process.wait(PATIENCE) == 0
    told = state(closed, job)
    assert (state_of(told), file_of(told)) == ("failed", None)
    assert "dihentikan dari luar" in why_failed(told, "id")
    assert "ended from outside" in why_failed(told, "en")


@on_one_engine
def test_a_killed_process_is_marked_as_failed(
    closed: House, running: tuple[int, Popen[bytes]]
) -> None:
    job, process = running
    helpers = helpers_of(process)
    assert len(helpers) == making.PROCESSES
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert wait_until(lambda: not any(map(drawing, helpers)))
    with refusing("another that is unfinished"):
        begin(closed, "reports")
    with writing(closed.engine) as session:
        long_ago = now() - SILENCE - timedelta(seconds=1)
        session.execute(update(Job).where(Job.id == job).values(heard_at=long_ago))
    with writing(closed.engine) as session:
        (told,) = jobs_of(session, closed.coordinator)
        assert (state_of(told), file_of(told)) == ("failed", None)
    assert begin(closed, "worksheets") > job


def wait_until(holds: Callable[[], bool]) -> bool:
    """Whether something comes to hold."""
    end = monotonic() + PATIENCE
    while not holds() and monotonic() < end:
        sleep(0.1)
    return holds()


def test_running_work_is_cancelled(closed: House, running: tuple[int, Popen[bytes]]) -> None:
    job, process = running
    with writing(closed.engine) as session:
        stop_job(session, closed.coordinator, job)
    assert process.wait(PATIENCE) == 0
    told = state(closed, job)
    assert told.state == "cancelled"
    assert 0 < told.done < told.total == MANY


def test_work_that_breaks_is_marked_as_failed(closed: House) -> None:
    job = begin(closed, "reports")

    def broken(*given: object) -> tuple[str, bytes]:
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError):
        run(closed.engine, job, broken)
    assert (state(closed, job).state, state(closed, job).problem) == ("failed", "")


def test_what_is_refused_at_once(closed: House) -> None:
    for role in ("official", "analyst", "other_coordinator"):
        with pytest.raises(Forbidden):
            begin(closed, "reports", actor=closed.actors[role])
    with pytest.raises(Forbidden):
        begin(closed, "reports", [closed.clinic, 999])
    with refusing("one of reports, worksheets, evidence"):
        begin(closed, "pamphlets")
    assert "begin_job" not in closed.acts()


def test_an_open_period_has_no_bundles(house: House) -> None:
    with refusing("a period that is closed"):
        begin(house, "reports")


def test_old_files_go_when_the_next_work_starts(closed: House, tmp_path: Path) -> None:
    """What is older than a week is deleted, whoever's; what is not, stays."""
    made = {name: tmp_path / "papers" / name for name in ("old", "new")}
    made["old"].parent.mkdir()
    for name, age in (("old", timedelta(seconds=5)), ("new", timedelta(seconds=-60))):
        made[name].write_bytes(b"x")
        moment = (now() - KEPT - age).timestamp()
        os.utime(made[name], (moment, moment))
    job = begin(closed, "worksheets")
    run(closed.engine, job, lambda *given: ("a.zip", b"new"))
    with reading(closed.engine) as session:
        assert file_of(session.get_one(Job, job)) == b"new"
    assert {name for name, file in made.items() if file.exists()} == {"new"}


def test_work_whose_file_went_has_none(closed: House, tmp_path: Path) -> None:
    job = begin(closed, "worksheets")
    run(closed.engine, job, lambda *given: ("a.zip", b"new"))
    (tmp_path / "papers" / str(job)).unlink()
    assert file_of(state(closed, job)) is None


def test_word_and_pdf_are_drawn_from_one_reading(
    closed: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    def reading_noted(*what: Any) -> Any:
        read.append(what[2])
        return unit_contents(*what)

    monkeypatch.setattr(papers, "unit_contents", reading_noted)
    wanted, kinds = RequestedPaper("", closed.period, closed.clinic), ["report_docx", "report_pdf"]
    made = papers.hand_out_all(closed.engine, closed.official, wanted, kinds)
    assert [paper.file_name.rpartition(".")[2] for paper in made] == ["docx", "pdf"]
    assert read == [closed.clinic]
    assert closed.acts()[-2:] == ["hand_out_paper"] * 2
    with pytest.raises(Forbidden):
        papers.hand_out_all(closed.engine, closed.nobody, wanted, kinds)
    with refusing("one that there is"):
        papers.hand_out_all(closed.engine, closed.official, wanted, ["report_pdf", "pamphlet"])

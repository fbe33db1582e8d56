"""A district whose clinic announced its index, and the interface to it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.types import ASGIApp

from desk.papers.announcing import approve, prepare_unit
from desk.unit.follow_up import NewProgramme, ProgrammeStep, note_step, plan_follow_up
from interface.late import PublicRoutes
from models import open_engine, writing
from tests.screens.seen import Office, an_office


@dataclass(frozen=True)
class Public:
    """What is asked, and the office behind it; ``announced``: the id of its announcement."""

    app: ASGIApp
    office: Office
    announced: str


def served(engine: Engine) -> ASGIApp:
    """The interface to a database."""
    return Starlette(routes=[PublicRoutes(lambda: engine)])


@pytest.fixture
def office(sqlite_url: str) -> Office:
    return an_office(open_engine(sqlite_url))


@pytest.fixture(scope="module")
def public(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Public:
    """Six ratings of 3 and two of 4, a programme, all announced; only to be read."""
    file = shutil.copyfile(migrated_file, tmp_path_factory.mktemp("public") / "public.sqlite3")
    return announced(an_office(open_engine(f"sqlite:///{file}")))


def announced(office: Office) -> Public:
    """Six ratings of 3 and two of 4 at the clinic, closed, with a programme, announced."""
    office.rate(3, 6)
    office.rate(4, 2)
    office.close()
    clinic, period = office.world.clinic, office.world.period
    with writing(office.engine) as session:
        plan = plan_follow_up(
            session,
            office.official,
            clinic.id,
            period.id,
            NewProgramme("time", "Buka loket kedua, hubungi Bu Siti", period.ends, "Rahasia Nama"),
        )
        note_step(session, office.official, plan.id, ProgrammeStep("done", "Dibuka tiap pagi"))
        one = prepare_unit(session, office.official, clinic.id, period.id)
        key = approve(session, office.coordinator, one.id).id
    return Public(served(office.engine), office, str(key))

"""An instance on SQLite becomes one on PostgreSQL, with every row; or nothing is copied."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from accounts.actors import Actor
from desk.unit.results import unit_results
from models import Period, Response, Unit, WrongShape, now, open_engine, reading, writing
from models.copying import copy_database
from survey.periods import open_period
from survey.submission import submit
from tests.demonstrated import FILE
from tests.survey.conftest import SECRET, a_submission

ANALYST = Actor(1, "", analyst=True)


def indices(session: Session) -> dict[tuple[int, int], object]:
    """The index of every unit and period, with all that surrounds it."""
    pairs = select(Unit.id, Period.id).join(Period, Period.institution_id == Unit.institution_id)
    return {
        (unit, period): unit_results(session, ANALYST, unit, period).index
        for unit, period in session.execute(pairs.where(Period.closed_at.is_not(None))).all()
    }


def test_every_row_comes_over_guarded_and_once_and_results_are_the_same(
    demonstration_folder: Path, sqlite_file: Path, sqlite_url: str, postgresql_url: str
) -> None:
    shutil.copyfile(demonstration_folder / FILE, sqlite_file)
    engine = open_engine(postgresql_url)
    copied = copy_database(sqlite_url, postgresql_url)
    assert copied["responses"] > 1_000
    assert copied["audit_events"] > 10
    with reading(open_engine(sqlite_url)) as here, reading(engine) as there:
        for name, number in copied.items():
            assert there.scalar(text(f"SELECT count(*) FROM {name}")) == number
        assert indices(here) == indices(there) != {}
    with pytest.raises(DBAPIError, match="append-only"), writing(engine) as session:
        session.execute(text("DELETE FROM audit_events"))
    with pytest.raises(WrongShape, match=r"The target is not empty: .*institutions"):
        copy_database(sqlite_url, postgresql_url)
    with writing(engine) as session:
        unit = session.scalars(select(Unit).where(Unit.code == "contoh")).one()
        period = open_period(session, unit, now())
        assert period
        submit(session, SECRET, a_submission(unit=unit.code, period=period.code), now())
    with reading(engine) as session:
        stored = session.scalar(select(func.count()).select_from(Response))
        assert stored == copied["responses"] + 1


def test_only_this_way(sqlite_url: str, postgresql_url: str) -> None:
    with pytest.raises(WrongShape, match="not otherwise"):
        copy_database(postgresql_url, sqlite_url)

"""An instance on SQLite becomes one on PostgreSQL, with every row; or nothing is copied."""

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from accounts.actors import Actor
from demonstration.load import load
from desk.unit.results import unit_results
from models import Period, Response, Unit, WrongShape, now, open_engine, reading, writing
from models.copying import copy_database
from survey.submission import submit
from tests.survey.conftest import SECRET, a_submission

ANALYST = Actor(1, "", analyst=True)


@pytest.fixture
def whole(sqlite_url: str) -> str:
    """The demonstration on SQLite."""
    assert load(open_engine(sqlite_url), SECRET)
    return sqlite_url


def indices(session: Session) -> dict[tuple[int, int], object]:
    """The index of every unit and period, with all that surrounds it."""
    pairs = select(Unit.id, Period.id).join(Period, Period.institution_id == Unit.institution_id)
    return {
        (unit, period): unit_results(session, ANALYST, unit, period)
        for unit, period in session.execute(pairs.where(Period.closed_at.is_not(None))).all()
    }


def test_every_row_comes_over_and_results_are_the_same(whole: str, postgresql_url: str) -> None:
    copied = copy_database(whole, postgresql_url)
    assert copied["responses"] > 1_000
    assert copied["audit_events"] > 10
    with reading(open_engine(whole)) as here, reading(open_engine(postgresql_url)) as there:
        for name, number in copied.items():
            assert there.scalar(text(f"SELECT count(*) FROM {name}")) == number
        assert indices(here) == indices(there) != {}
    with writing(open_engine(postgresql_url)) as session:
        period = session.scalars(select(Period).where(Period.closed_at.is_(None))).first()
        assert period
        unit = session.scalars(select(Unit).where(Unit.code == "contoh")).one()
        before = session.scalar(select(func.count()).select_from(Response)) or 0
        submit(session, SECRET, a_submission(unit=unit.code, period=period.code), now())
        assert session.scalar(select(func.count()).select_from(Response)) == before + 1


def test_triggers_guard_what_was_copied(whole: str, postgresql_url: str) -> None:
    copy_database(whole, postgresql_url)
    engine: Engine = open_engine(postgresql_url)
    with pytest.raises(Exception, match="append-only"), writing(engine) as session:
        session.execute(text("DELETE FROM audit_events"))


def test_what_is_not_empty_takes_nothing(whole: str, postgresql_url: str) -> None:
    copy_database(whole, postgresql_url)
    with pytest.raises(WrongShape, match="The target is not empty: institutions, "):
        copy_database(whole, postgresql_url)


def test_only_this_way(sqlite_url: str, postgresql_url: str) -> None:
    with pytest.raises(WrongShape, match="not otherwise"):
        copy_database(postgresql_url, sqlite_url)

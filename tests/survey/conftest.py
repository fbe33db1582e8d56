"""A district that takes ratings, and ways to send and to count them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, table

from analysis.rulebook.instrument import instrument_ids, load_instrument
from models import Period, Unit, answers_table, every_table, now, open_engine, reading, writing
from survey.checks import Submission, SubmissionRefused
from survey.receipts import mint_key
from survey.submission import submit
from tests.world import a_district

SECRET = bytes(range(32))
UNIT, OTHER_UNIT, PERIOD = "puskesmas-langgur", "dukcapil-malra", "semester-ini"
ANSWERS: dict[str, object] = dict.fromkeys(load_instrument("skm-2017").allowed, 3)

for _name in instrument_ids():
    answers_table(_name, load_instrument(_name).allowed)


def a_submission(**changes: Any) -> Submission:
    """A filled form that is right but for the changes."""
    filled = {"key": mint_key(), "unit": UNIT, "period": PERIOD, "answers": ANSWERS}
    return Submission(**(filled | changes))


@dataclass(frozen=True)
class Place:
    """The district's database."""

    engine: Engine
    url: str
    unit: int
    other_unit: int
    period: int
    services: tuple[int, int]

    def send(self, moment: datetime | None = None, **changes: Any) -> str:
        """Submits in a transaction of its own; gives the code of the receipt."""
        with writing(self.engine) as session:
            return submit(session, SECRET, a_submission(**changes), moment or now())

    def refusals(self, moment: datetime | None = None, **changes: Any) -> dict[str, str]:
        """Why a submission is refused, by field; nothing is stored."""
        before = self.stored()
        with pytest.raises(SubmissionRefused) as refused:
            self.send(moment, **changes)
        assert self.stored() == before
        return {one.place.key: one.code for one in refused.value.problems}

    def stored(self) -> dict[str, int]:
        """The number of rows of every table."""
        with reading(self.engine) as session:
            return {
                name: session.scalar(select(func.count()).select_from(table(name))) or 0
                for name in every_table().tables
            }

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The rows of a table."""
        with reading(self.engine) as session:
            found = session.execute(select(every_table().tables[name])).mappings()
            return [dict(row) for row in found]

    def close(self) -> None:
        """Closes the period."""
        with writing(self.engine) as session:
            session.get_one(Period, self.period).closed_at = now()


@pytest.fixture
def place(database_url: str) -> Iterator[Place]:
    """A district with two units and an open period, on each engine."""
    yield from a_place(database_url)


@pytest.fixture
def sqlite_place(sqlite_url: str) -> Iterator[Place]:
    """The same on SQLite alone."""
    yield from a_place(sqlite_url)


@pytest.fixture
def postgresql_place(postgresql_url: str) -> Iterator[Place]:
    """The same on PostgreSQL alone."""
    yield from a_place(postgresql_url)


def a_place(url: str) -> Iterator[Place]:
    """A district with two units and an open period."""
    engine = open_engine(url)
    with writing(engine) as session:
        world = a_district(session)
        first, second = session.scalars(select(Unit).order_by(Unit.code.desc()))
        services = first.services[0].id, first.services[1].id
        made = Place(engine, url, first.id, second.id, world.period.id, services)
    yield made
    engine.dispose()

"""A database with one row in every append-only table."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from analysis.instrument import instrument_ids, load_instrument
from models import (
    Assessment,
    AuditEvent,
    Batch,
    Exclusion,
    Kiosk,
    Publication,
    PublishedCount,
    Receipt,
    Response,
    User,
    answers_table,
    now,
    open_engine,
    writing,
)
from survey.storage import Row, store
from tests.world import a_district

for _name in instrument_ids():
    answers_table(_name, load_instrument(_name).allowed)


@dataclass(frozen=True)
class House:
    """What is needed to write more rows."""

    engine: Engine
    institution: int
    province: int
    unit: int
    other_unit: int
    service: int
    other_service: int
    period: int
    batch: int
    user: int
    response: UUID


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a fresh, migrated database."""
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def house(engine: Engine) -> House:
    """A district with one row in every append-only table."""
    with writing(engine) as session:
        world = a_district(session)
        place = {
            "institution_id": world.district.id,
            "unit_id": world.clinic.id,
            "period_id": world.period.id,
        }
        user = User(username="ani", name="Ani", password_hash="x", active=True)
        batch = Batch(
            **place, file_name="a.csv", file_hash="f" * 64, rows=1, actor="Ani", created_at=now()
        )
        publication = Publication(
            scheme_hash=world.period.scheme_hash,
            year=2026,
            document="{}",
            document_hash="d" * 64,
            user_id=1,
            created_at=now(),
        )
        session.add_all([user, batch])
        session.flush()
        publication.user_id = user.id
        row = Row(
            answers={},
            channel="open_link",
            provenance="self",
            experience=("none",),
            comment="Baik sekali",
            local_date=now().date(),
            quarter_hour=40,
        )
        store(session, world.clinic, world.period, load_instrument("skm-2017"), [row])
        response = session.scalars(select(Response.id)).one()
        table = answers_table("skm-2026", load_instrument("skm-2026").allowed)
        session.execute(table.insert(), {"response_id": response})
        session.add_all(
            [
                publication,
                AuditEvent(created_at=now(), actor="Ani", act="test", details={}),
                Exclusion(
                    response_id=response,
                    reason="terkirim dua kali",
                    user_id=user.id,
                    created_at=now(),
                ),
                Receipt(code_hash="c" * 64, **place),
                Kiosk(
                    institution_id=world.district.id,
                    unit_id=world.clinic.id,
                    name="Loket 1",
                    key_hash="k" * 64,
                    created_at=now(),
                ),
                Assessment(
                    unit_id=world.clinic.id,
                    year=2026,
                    area="standards",
                    item="time_limit",
                    assessor_id=user.id,
                    judgement=3,
                    note="",
                    created_at=now(),
                ),
            ]
        )
        session.flush()
        session.add(
            PublishedCount(
                publication_id=publication.id,
                unit_id=world.clinic.id,
                period_id=world.period.id,
                received=1,
                counted=0,
            )
        )
        return House(
            engine=engine,
            institution=world.district.id,
            province=world.province.id,
            unit=world.clinic.id,
            other_unit=world.registry.id,
            service=world.clinic.services[0].id,
            other_service=world.registry.services[0].id,
            period=world.period.id,
            batch=batch.id,
            user=user.id,
            response=response,
        )

"""A district with people in every role, and ways to rate its units."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from accounts.actors import Actor, actor_of
from analysis.rulebook.instrument import instrument_ids, load_instrument
from analysis.rulebook.scheme import load_scheme
from desk.assessment.assessments import assess
from desk.assessment.fieldwork import Judging
from desk.unit.steps import keep_steps
from models import (
    AuditEvent,
    Batch,
    Evidence,
    Institution,
    Period,
    Response,
    Role,
    Service,
    Unit,
    User,
    answers_table,
    now,
    reading,
    writing,
)
from models.settings import data_folder
from survey.periods import asked_instrument
from survey.storage import CheckedResponse, store
from tests.fieldwork import assign, interview_all, judged_alike, sign_off_complete
from tests.kept import kept
from tests.world import a_district

for _name in instrument_ids():
    answers_table(_name, load_instrument(_name).allowed)

ELEMENTS = list(load_instrument("skm-2017").allowed)
ROLES = (
    "official",
    "other_official",
    "coordinator",
    "other_coordinator",
    "analyst",
    "second_analyst",
    "administrator",
    "nobody",
)

# For what draws: of both engines papers are filled alike, as tests/desk/papers/test_zones.py holds.
on_one_engine = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass(frozen=True)
class House:
    """The district's database and its people, by role."""

    engine: Engine
    actors: Mapping[str, Actor]
    district: int
    clinic: int
    registry: int
    province: int
    period: int

    def __getattr__(self, role: str) -> Actor:
        if role not in ROLES:
            raise AttributeError(role)
        return self.actors[role]

    def rate(
        self,
        answers: int | Mapping[str, int | None] = 3,
        number: int = 1,
        unit: int | None = None,
        period: int | None = None,
        service: int | None = None,
        day: date | None = None,
        experience: tuple[str, ...] = (),
        channel: str = "open_link",
        comment: str = "",
        readers: str = "ombudsman",
        batch: int | None = None,
    ) -> list[UUID]:
        """Stores the same rating so many times; gives the ids of the responses."""
        given = dict.fromkeys(ELEMENTS, answers) if isinstance(answers, int) else answers
        with writing(self.engine) as session:
            place = session.get_one(Unit, unit or self.clinic)
            when = session.get_one(Period, period or self.period)
            before = set(session.scalars(select(Response.id)))
            row = CheckedResponse(
                answers=given,
                channel="import" if batch else channel,
                provenance="import" if batch else "self",
                batch_id=batch,
                service_id=place.services[service].id if service is not None else None,
                experience=experience,
                comment=comment,
                readers=readers,
                local_date=day or when.starts,
                quarter_hour=40,
            )
            store(session, place, when, asked_instrument(when), [row] * number)
            return [key for key in session.scalars(select(Response.id)) if key not in before]

    def a_batch(self, rows: int, period: int | None = None) -> int:
        """A file of so many rows of the clinic, to be rated with; gives its number."""
        with writing(self.engine) as session:
            batch = Batch(
                institution_id=self.district,
                unit_id=self.clinic,
                period_id=period or self.period,
                file_name="data.csv",
                file_hash=uuid4().hex * 2,
                rows=rows,
                actor="official",
                created_at=now(),
            )
            session.add(batch)
            session.flush()
            return batch.id

    @contextmanager
    def looking(self, unit: int | None = None) -> Iterator[Session]:
        """A transaction that only reads, after the unit's open periods have advanced."""
        assert keep_steps(self.engine, self.analyst, unit or self.clinic)
        with reading(self.engine) as session:
            yield session

    def judge(
        self,
        rung: int,
        unit: int | None = None,
        year: int = 2025,
        actor: str = "analyst",
        scheme: str = "ombudsman-2022",
        areas: tuple[str, ...] = ("standards", "competence", "facilities", "complaints"),
    ) -> None:
        """Judges every item of every subject of these areas alike, as an assessor of the unit.

        A supervisor signs the unit off where it is complete then.
        """
        rules, assessor, place = load_scheme(scheme), self.actors[actor], unit or self.clinic
        with writing(self.engine) as session:
            assign(session, self.analyst, place, [assessor.user_id], year)
            judgements = judged_alike(session, place, year, rung, rules, areas)
            assess(session, assessor, Judging(rules, year), judgements)
            sign_off_complete(session, year, [place])

    def assign(self, unit: int | None = None, actor: str = "analyst", year: int = 2025) -> None:
        """The actor assesses the unit, all of whose products and people are looked at."""
        with writing(self.engine) as session:
            place = unit or self.clinic
            assign(session, self.analyst, place, [self.actors[actor].user_id], year)

    def interview(self, unit: int | None = None, year: int = 2025) -> None:
        """As many users as the rule says tell the analyst that they experienced nothing bad."""
        with writing(self.engine) as session:
            assign(session, self.analyst, unit or self.clinic, [self.analyst.user_id], year)
            interview_all(session, self.analyst, unit or self.clinic, year)
            sign_off_complete(session, year, [unit or self.clinic])

    def sign_off(self, *units: int, year: int = 2025) -> None:
        """A supervisor signs off these units, or all of the year, where they are complete."""
        with writing(self.engine) as session:
            sign_off_complete(session, year, units)

    def acts(self) -> list[str]:
        """What the trace says was done, oldest first."""
        with reading(self.engine) as session:
            return list(session.scalars(select(AuditEvent.act).order_by(AuditEvent.id)))

    def last_act(self) -> AuditEvent:
        """The newest event."""
        with reading(self.engine) as session:
            event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
            assert event is not None
            return event


@pytest.fixture(autouse=True)
def window_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is prepared may be approved at once, as if the days to object were over.

    The window itself is tested with ``days_later``.
    """
    monkeypatch.setattr("desk.publication.windows.now", lambda: now() + timedelta(days=7))


@kept
def house(engine: Engine) -> House:
    """A district with two units, an open period, and people in every role."""
    with writing(engine) as session:
        world = a_district(session)
        roles = {
            "official": [Role(role="official", unit_id=world.clinic.id)],
            "other_official": [Role(role="official", unit_id=world.registry.id)],
            "coordinator": [Role(role="coordinator", institution_id=world.district.id)],
            "other_coordinator": [Role(role="coordinator", institution_id=world.province.id)],
            "analyst": [Role(role="analyst")],
            "second_analyst": [Role(role="analyst")],
            "administrator": [Role(role="administrator")],
            "nobody": [],
        }
        return House(
            engine=engine,
            actors={name: _person(session, name, roles[name]) for name in ROLES},
            district=world.district.id,
            clinic=world.clinic.id,
            registry=world.registry.id,
            province=world.province.id,
            period=world.period.id,
        )


def another_district(session: Session, code: str, province: int | None = None) -> Unit:
    """Adds a district of one unit, in a province of its own where none is named."""
    above = session.get(Institution, province) if province else None
    place = Institution(
        code=code,
        name=f"Kabupaten {code}",
        kind="district",
        timezone="Asia/Jakarta",
        province=above
        or Institution(
            code=f"provinsi-{code}",
            name=f"Provinsi {code}",
            kind="province",
            timezone="Asia/Jakarta",
            demonstration=False,
        ),
        demonstration=False,
    )
    unit = Unit(
        institution=place,
        code=f"unit-{code}",
        name=f"Unit {code}",
        services=[Service(code="layanan-1", name="Surat keterangan")],
    )
    session.add(unit)
    session.flush()
    return unit


def _person(session: Session, name: str, roles: list[Role]) -> Actor:
    user = User(username=name.replace("_", "."), name=name, password_hash="x", active=True)
    user.roles = roles
    session.add(user)
    session.flush()
    return actor_of(session, user)


def older_photo(session: Session, user: int, content: bytes) -> str:
    """A photo kept as it came, before photos were decoded on entry; its hash."""
    digest = sha256(content).hexdigest()
    folder = data_folder() / "evidence"
    folder.mkdir(exist_ok=True)
    (folder / digest).write_bytes(content)
    act = {"user_id": user, "created_at": now()}
    kept = {"file_name": "a.jpg", "media_type": "image/jpeg", "size": len(content)}
    session.add(Evidence(hash=digest, **kept, **act))
    session.flush()
    return digest

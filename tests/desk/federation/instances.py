"""Instances on databases of their own, with one national register: districts, and the nation."""

import random
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.event import listen
from sqlalchemy.orm import Session

from accounts.actors import Actor, actor_of
from analysis.rulebook.instrument import Instrument, instrument_ids, load_instrument
from analysis.rulebook.scheme import Scheme
from desk.assessment.assessments import assess
from desk.assessment.fieldwork import Judging
from desk.federation.making import NewBundle, make_bundle
from desk.federation.trusted import decide_key, propose_key
from desk.integrity.exclusions import exclude
from desk.office.periods import NewPeriod, close_period, open_period
from desk.office.visits import VisitCount, record_visits
from models import (
    Batch,
    InstanceKey,
    Institution,
    Period,
    Response,
    Role,
    Service,
    Unit,
    User,
    answers_table,
    now,
    open_engine,
    reading,
    writing,
)
from survey.periods import asked_instrument
from survey.signing import public_pem
from survey.storage import CheckedResponse, store
from tests.fieldwork import assign, judged_alike, sign_off_complete

for _name in instrument_ids():
    answers_table(_name, load_instrument(_name).allowed)

YEAR = 2024
HALVES = {
    "1": (date(YEAR, 1, 1), date(YEAR, 6, 30)),
    "2": (date(YEAR, 7, 1), date(YEAR, 12, 31)),
}
DISTRICTS = ("aru", "buru", "seram", "tual")
UNITS = ("dukcapil", "puskesmas", "sosial")
WHY_KEY = "dibandingkan lewat telepon"


@dataclass(frozen=True)
class Instance:
    """An instance with the register of all districts, and the secret that signs for it."""

    engine: Engine
    secret: bytes

    def person(self, username: str) -> Actor:
        """One of its people: ani and budi analyse, siti administers, "koor-CODE" coordinates."""
        with reading(self.engine) as session:
            user = session.scalars(select(User).where(User.username == username)).one()
            return actor_of(session, user)

    def place(self, code: str) -> int:
        """The id of the institution of this code."""
        with reading(self.engine) as session:
            return session.scalars(select(Institution.id).where(Institution.code == code)).one()

    def unit(self, code: str) -> int:
        """The id of the unit of this code."""
        with reading(self.engine) as session:
            return session.scalars(select(Unit.id).where(Unit.code == code)).one()

    def bundle(self, code: str, reason: str = "", year: int = YEAR) -> bytes:
        """What it signs for the institution."""
        with writing(self.engine) as session:
            new = NewBundle(self.place(code), year, reason)
            made = make_bundle(session, self.person(f"koor-{code}"), new, self.secret)
            return made.document.encode()

    def trust(self, code: str, other: "Instance") -> None:
        """Believes another's key for an institution; two people do it."""
        with writing(self.engine) as session:
            key = public_pem(other.secret).encode()
            proposed = propose_key(session, self.person("siti"), self.place(code), key, WHY_KEY)
            decide_key(session, self.person("ani"), proposed.id, True)


def an_instance(url: str, name: str) -> Instance:
    """An instance on a migrated database, with the register and its people."""
    engine = opened_swiftly(url)
    instance = Instance(engine, sha256(name.encode()).digest())
    with writing(engine) as session:
        _register(session)
        key = public_pem(instance.secret)
        session.add(InstanceKey(public_key=key, reason="the first start", created_at=now()))
    return instance


def opened_swiftly(url: str) -> Engine:
    """The engine; on SQLite without waiting for the disk: no test of these pulls the plug."""
    engine = open_engine(url)
    if engine.dialect.name == "sqlite":
        listen(engine, "connect", lambda one, _: one.execute("PRAGMA synchronous = OFF"))
    return engine


def copied(migrated: Path, folder: Path, name: str) -> str:
    """The URL of a migrated SQLite file of that name."""
    return f"sqlite:///{shutil.copyfile(migrated, folder / f'{name}.sqlite3')}"


def fill(instance: Instance, districts: Iterable[str], instrument: str = "skm-2017") -> None:
    """Opens and closes both halves of the year, with the same answers on every instance."""
    for code in districts:
        for half in HALVES:
            period = opened(instance, code, half, instrument)
            for unit in UNITS:
                _rate(instance, f"{unit}-{code}", period)
            closed(instance, code, period)


def opened(instance: Instance, code: str, half: str, instrument: str = "skm-2017") -> int:
    """A period of a district; gives its id."""
    with writing(instance.engine) as session:
        new = NewPeriod(instance.place(code), half, half, *HALVES[half], instrument)
        return open_period(session, instance.person(f"koor-{code}"), new).id


def closed(instance: Instance, code: str, period: int) -> None:
    """Closes it."""
    with writing(instance.engine) as session:
        close_period(session, instance.person(f"koor-{code}"), period)


def rate(instance: Instance, unit: str, period: int, rows: Iterable[CheckedResponse]) -> None:
    """Stores these ratings of a unit."""
    with writing(instance.engine) as session:
        place = session.scalars(select(Unit).where(Unit.code == unit)).one()
        when = session.get_one(Period, period)
        store(session, place, when, asked_instrument(when), list(rows))


def answers(chance: random.Random, instrument: Instrument) -> dict[str, int | None]:
    """To every item an answer, but for one in thirty."""
    return {
        item: chance.choice(allowed) if chance.random() > 1 / 30 else None
        for item, allowed in instrument.allowed.items()
    }


def judge(instance: Instance, scheme: Scheme, districts: Iterable[str] = DISTRICTS) -> None:
    """Judges all units of the districts and signs them off, alike on every instance."""
    ani = instance.person("ani")
    with writing(instance.engine) as session:
        for code in districts:
            for at, unit in enumerate(UNITS):
                place = instance.unit(f"{unit}-{code}")
                assign(session, ani, place, [ani.user_id], YEAR, scheme)
                judged = judged_alike(session, place, YEAR, 1 + at, scheme)
                assess(session, ani, Judging(scheme, YEAR), judged)
                sign_off_complete(session, YEAR, [place])


def _rate(instance: Instance, unit: str, period: int) -> None:
    """By the link, tokens, helpers and a file; one is excluded; visits are noted."""
    with reading(instance.engine) as session:
        when = session.get_one(Period, period)
        asked, day, half = asked_instrument(when), when.starts, when.code
    chance = random.Random(f"{unit} {half} {asked.id}")
    rows = [
        CheckedResponse(
            answers=answers(chance, asked),
            channel=channel,
            provenance=provenance,
            experience=chance.choice([("none",), ("none",), ("undue_delay",), ()]),
            local_date=day,
            quarter_hour=40,
        )
        for channel, provenance, number in (
            ("open_link", "self", 9),
            ("token", "self", 8),
            ("kiosk", "unit_staff", 6),
        )
        for _ in range(number + chance.randrange(9))
    ]
    batch = _a_batch(instance, unit, period)
    file = [replace(row, channel="import", provenance="import", batch_id=batch) for row in rows[:7]]
    rate(instance, unit, period, rows[:1])
    place, ani = instance.unit(unit), instance.person("ani")
    with writing(instance.engine) as session:
        own = Response.unit_id == place, Response.period_id == period
        first = session.scalars(select(Response.id).where(*own)).one()
        code = unit.partition("-")[2]
        record_visits(
            session, instance.person(f"koor-{code}"), place, period, VisitCount(90 + len(unit))
        )
        if half == "2":
            exclude(session, ani, [first], "dikirim dua kali oleh yang sama")
    rate(instance, unit, period, [*rows[1:], *file])


def _a_batch(instance: Instance, unit: str, period: int) -> int:
    with writing(instance.engine) as session:
        place = session.scalars(select(Unit).where(Unit.code == unit)).one()
        batch = Batch(
            institution_id=place.institution_id,
            unit_id=place.id,
            period_id=period,
            file_name="lama.csv",
            file_hash=sha256(f"{unit}{period}".encode()).hexdigest(),
            rows=7,
            actor="koordinator",
            created_at=now(),
        )
        session.add(batch)
        session.flush()
        return batch.id


def _register(session: Session) -> None:
    province = Institution(
        code="maluku",
        name="Provinsi Maluku",
        kind="province",
        timezone="Asia/Jayapura",
        demonstration=False,
    )
    session.add(province)
    for code in DISTRICTS:
        district = Institution(
            code=code,
            name=f"Kabupaten {code.title()}",
            kind="district",
            timezone="Asia/Jayapura",
            province=province,
            demonstration=False,
        )
        session.add(district)
        for unit in UNITS:
            services = [Service(code=f"layanan-{one}", name=f"Layanan {one}") for one in (1, 2)]
            session.add(
                Unit(
                    institution=district,
                    code=f"{unit}-{code}",
                    name=f"{unit.title()} {code.title()}",
                    services=services,
                )
            )
        session.flush()
        _person(session, f"koor-{code}", Role(role="coordinator", institution_id=district.id))
    _person(session, "ani", Role(role="analyst"))
    _person(session, "budi", Role(role="analyst"))
    _person(session, "siti", Role(role="administrator"))


def _person(session: Session, name: str, role: Role) -> None:
    user = User(username=name, name=name.title(), password_hash="x", active=True)
    user.roles.append(role)
    session.add(user)
    session.flush()

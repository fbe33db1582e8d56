"""A small district for the tests: two units, their services, an open period."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme
from models import (
    Institution,
    InstrumentUsed,
    Period,
    Publication,
    SchemeUsed,
    Seal,
    Service,
    Unit,
    User,
    now,
)

DAYS = (-30, 30)


@dataclass(frozen=True)
class District:
    """A district with its province, two of its units, and its period."""

    province: Institution
    district: Institution
    clinic: Unit
    registry: Unit
    period: Period


def a_district(
    session: Session,
    instrument: str = "skm-2017",
    days: tuple[int, int] = DAYS,
    demonstration: bool = False,
) -> District:
    """Adds a province, a district, two units with services, and a period; flushes.

    ``days``: first and last day of the period, counted from today; ``demonstration``: whether
    the institutions are marked as invented, which stays so once there is a period.
    """
    province = Institution(
        code="maluku",
        name="Provinsi Maluku",
        kind="province",
        timezone="Asia/Jayapura",
        demonstration=demonstration,
    )
    district = Institution(
        code="malra",
        name="Kabupaten Maluku Tenggara",
        kind="district",
        timezone="Asia/Jayapura",
        province=province,
        demonstration=demonstration,
    )
    clinic = _unit(district, "puskesmas-langgur", "Puskesmas Langgur", "Poli umum", "Imunisasi")
    registry = _unit(district, "dukcapil-malra", "Dukcapil", "KTP-el", "Akta kelahiran")
    period = a_period(session, district, instrument, days)
    session.add_all([province, district, clinic, registry])
    session.flush()
    return District(province, district, clinic, registry, period)


def a_period(
    session: Session,
    institution: Institution,
    instrument: str = "skm-2017",
    days: tuple[int, int] = DAYS,
) -> Period:
    """Adds a period of the institution, from and to ``days`` counted from today."""
    asked = load_instrument(instrument)
    scheme = load_scheme(asked.scheme)
    today = now().date()
    period = Period(
        institution=institution,
        code="semester-ini",
        name="Semester ini",
        starts=today + timedelta(days=days[0]),
        ends=today + timedelta(days=days[1]),
        instrument=session.merge(InstrumentUsed(hash=asked.hash, key=asked.id, text=asked.yaml)),
        scheme=session.merge(SchemeUsed(hash=scheme.hash, key=scheme.id, text=scheme.yaml)),
        opened_at=now(),
    )
    session.add(period)
    return period


def _unit(institution: Institution, code: str, name: str, *services: str) -> Unit:
    return Unit(
        institution=institution,
        code=code,
        name=name,
        services=[
            Service(code=f"layanan-{number}", name=service)
            for number, service in enumerate(services, 1)
        ],
    )


def seal_by_another(session: Session, publication: Publication) -> Seal:
    """Makes a publication public by a person of its own, in name only; flushes."""
    approver = User(username="cici", name="Cici", password_hash="x", active=True)
    session.add_all([approver, publication])
    session.flush()
    seal = Seal(
        publication_id=publication.id,
        prepared_by=publication.user_id,
        approved_by=approver.id,
        approved_at=now(),
        hash="1" * 64,
        previous_hash="0" * 64,
        public_key="",
        signature="",
    )
    session.add(seal)
    session.flush()
    return seal

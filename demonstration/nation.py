"""A simulated national round of the Ombudsman: invented, marked as such, no part of the start.

As many institutions as were assessed in 2023, by the 38 provinces of today.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain, cycle

import numpy as np
from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from accounts.actors import Actor, actor_of
from accounts.passwords import hash_password, random_password
from analysis.errors import bad
from analysis.rulebook.fieldwork import FieldItem
from analysis.rulebook.provinces import load_provinces
from analysis.rulebook.scheme import load_scheme
from demonstration.load import InventedRatings, rate
from desk.assessment.assessments import Judgement, assess
from desk.assessment.counted import asked_items
from desk.assessment.fieldwork import Judging
from desk.assessment.rounds import open_round
from desk.assessment.sampled import sampled_units
from desk.assessment.signing_off import states_of
from desk.office.periods import NewPeriod, close_period, open_period
from models import (
    AssessmentRound,
    Institution,
    Role,
    SampledAssessor,
    SampledSubject,
    SampledUnit,
    Service,
    SignOff,
    Unit,
    User,
    now,
    writing,
)
from models.assessments import WHOLE_UNIT

SEED = 20260102
ANALYST, SUPERVISOR = "analis.simulasi", "penyelia.simulasi"
JUDGED_UNDER = "ombudsman-2022"
STAFF = 4  # interviewed in a unit; each by an assessor of its own
OFFICERS = 2
REASON = "Penilaian simulasi nasional (data contoh)"
ANSWERS = 30  # a unit
JUDGED_AT_ONCE = 50  # institutions, by each assessor
SMALLER = 102  # institutions with 6 units instead of 7: 4,000 units in all
KINDS = (
    ("province", "Provinsi", 38),
    ("district", "Kabupaten", 411),
    ("city", "Kota", 98),
    ("ministry", "Kementerian", 25),
    ("agency", "Lembaga", 14),
)
OFFICES = (
    "Kependudukan dan Pencatatan Sipil",
    "Kesehatan",
    "Pendidikan",
    "Sosial",
    "Penanaman Modal dan PTSP",
    "Puskesmas A",
    "Puskesmas B",
)


def load_nation(engine: Engine, places: Sequence[Institution] | None = None) -> str:
    """Fills an empty database: 586 institutions, 4,000 units, 120,000 answers, 16,000 interviews.

    ``places``: other institutions than those. Gives the password of the analyst ``ANALYST``.
    Raises BadInput where institutions are.
    """
    random = np.random.default_rng(SEED)
    password = random_password()
    with writing(engine) as session:
        if session.scalar(select(Institution.id).limit(1)):
            raise bad("database_not_empty")
        places = institutions() if places is None else places
        session.add_all(places)
        session.flush()
        assessors = _assessors(session, password)
        coordinator = replace(assessors[0], institutions=frozenset(one.id for one in places))
        scheme, year = load_scheme(JUDGED_UNDER), round_year()
        judging, asked = Judging(scheme, year), asked_items(year, scheme)
        _choose(session, open_round(session, assessors[0], year, scheme), assessors, places)
        for at in range(0, len(places), JUDGED_AT_ONCE):
            judged: list[Iterator[list[Judgement]]] = []
            for institution in places[at : at + JUDGED_AT_ONCE]:
                quality = random.normal(3.0, 0.35)
                units = {one: float(quality + random.normal(0, 0.25)) for one in institution.units}
                _survey(session, coordinator, units, year, random)
                judged += [iter([*_judged(one, asked, units[one], random)]) for one in units]
            for assessor, found in zip(assessors, zip(*judged, strict=True), strict=True):
                assess(session, assessor, judging, list(chain.from_iterable(found)))
    return password


def sign_off_nation(session: Session) -> None:
    """Signs all units of the round off, as a supervisor who assessed none of them.

    In rows: what users told no interviewer would have to be waived, unit by unit by two people.
    """
    supervisor = User(
        username=SUPERVISOR,
        name="Penyelia Simulasi (data contoh)",
        password_hash=hash_password(random_password()),
        active=True,
        roles=[Role(role="analyst")],
    )
    session.add(supervisor)
    session.flush()
    opened = session.scalars(select(AssessmentRound)).one()
    states = states_of(session, opened, sampled_units(session, opened.year) or ())
    act = {"round_id": opened.id, "user_id": supervisor.id, "created_at": now()}
    signed = [{**act, "unit_id": unit, "state": state} for unit, state in states.items()]
    session.execute(insert(SignOff), signed)


def round_year() -> int:
    """The year of the round: the latest that is over while its scheme was in force."""
    last, end = now().year - 1, load_scheme(JUDGED_UNDER).valid.end
    return last if end is None else min(last, end.year)


def institutions() -> list[Institution]:
    """The invented institutions with their units, provinces first; not yet stored."""
    places: list[Institution] = []
    tiles = [one.code for one in load_provinces().provinces]  # so that each is on the map
    for kind, name, number in KINDS:
        provinces = cycle(places[: KINDS[0][2]])
        places += [
            Institution(
                code=f"simulasi-{kind}-{tiles[at - 1] if kind == 'province' else at}",
                name=f"{name} Simulasi {at} (data contoh)",
                kind=kind,
                timezone="Asia/Jakarta",
                province=next(provinces) if kind in ("district", "city") else None,
                demonstration=True,
            )
            for at in range(1, number + 1)
        ]
    for position, institution in enumerate(places):
        institution.units = _units(institution, OFFICES[: 6 if position < SMALLER else 7])
    return places


def _units(institution: Institution, offices: Sequence[str]) -> list[Unit]:
    return [
        Unit(
            code=f"{institution.code}-{at}",
            name=f"{office}, {institution.name}",
            services=[Service(code=f"layanan-{one}", name=f"Layanan {one}") for one in (1, 2)],
        )
        for at, office in enumerate(offices, 1)
    ]


def _assessors(session: Session, password: str) -> list[Actor]:
    users = [
        User(
            username=username,
            name=f"Penilai Simulasi {at} (data contoh)",
            password_hash=hash_password(password if at == 1 else random_password()),
            active=True,
            roles=[Role(role="analyst")],
        )
        for at, username in enumerate((ANALYST, *(f"{ANALYST}.{at}" for at in (2, 3, 4))), 1)
    ]
    session.add_all(users)
    session.flush()
    return [actor_of(session, user) for user in users]


def _survey(
    session: Session,
    coordinator: Actor,
    units: dict[Unit, float],
    year: int,
    random: np.random.Generator,
) -> None:
    """A year's survey of the units of an institution."""
    (institution,) = {unit.institution for unit in units}
    days = date(year, 1, 1), date(year, 12, 31)
    name = f"Tahun {year} (data contoh)"
    period = open_period(
        session, coordinator, NewPeriod(institution.id, str(year), name, *days, "skm-2017")
    )
    for unit, liking in units.items():
        rate(session, unit, period, InventedRatings(liking, ANSWERS), random)
    close_period(session, coordinator, period.id)


def _choose(
    session: Session,
    opened: AssessmentRound,
    assessors: Sequence[Actor],
    places: Sequence[Institution],
) -> None:
    """A round with every unit in the sample, all of its products, and people of each role.

    In rows: choosing unit by unit, as people do, would take as long as all the rest.
    """
    act = {
        "round_id": opened.id,
        "turn": 1,
        "reason": REASON,
        "user_id": assessors[0].user_id,
        "created_at": now(),
    }
    units = [unit for place in places for unit in place.units]
    subjects = [
        *(("product", f"layanan-{at}") for at in (1, 2)),
        *(("petugas", f"petugas-{at}") for at in range(1, STAFF + 1)),
        *(("pengaduan", f"pengaduan-{at}") for at in range(1, OFFICERS + 1)),
    ]
    session.execute(
        insert(SampledUnit), [{**act, "unit_id": unit.id, "kind": "office"} for unit in units]
    )
    session.execute(
        insert(SampledSubject),
        [
            {**act, "unit_id": unit.id, "kind": kind, "subject": subject}
            for unit in units
            for kind, subject in subjects
        ],
    )
    session.execute(
        insert(SampledAssessor),
        [
            {**act, "unit_id": unit.id, "assessor_id": assessor.user_id}
            for unit in units
            for assessor in assessors
        ],
    )


def _judged(
    unit: Unit,
    items: Mapping[str, Sequence[FieldItem]],
    liking: float,
    random: np.random.Generator,
) -> Iterator[list[Judgement]]:
    """A member of staff by each assessor, the rest by the first of them."""
    products = [service.code for service in unit.services]
    officers = [str(at) for at in range(1, OFFICERS + 1)]
    looked = {"standards": products, "facilities": [WHOLE_UNIT], "complaints": officers}
    for at in range(1, STAFF + 1):
        subjects = (looked if at == 1 else {}) | {"competence": [str(at)]}
        asked = [
            (item.key, subject)
            for area, of_area in items.items()
            for subject in subjects.get(area, ())
            for item in of_area
        ]
        rungs = np.clip(np.rint(random.normal(liking, 0.6, len(asked))), 0, 4)
        yield [
            Judgement(unit.id, key, int(rung), subject=subject)
            for (key, subject), rung in zip(asked, rungs, strict=True)
        ]

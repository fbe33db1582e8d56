"""The demonstration district: invented places and people, plainly marked as such."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

import numpy as np
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from accounts.actors import Actor, actor_of
from analysis.rulebook.fieldwork import judged_in
from analysis.rulebook.instrument import Instrument
from analysis.rulebook.scheme import load_scheme
from demonstration import Demonstration, is_loaded
from demonstration.comments import comments
from demonstration.desk import show_desk
from demonstration.field import judge_at_random, show_fieldwork
from demonstration.opinion import show_opinion
from demonstration.people import PEOPLE, new_passwords
from demonstration.round import (
    UNFINISHED,
    UNFINISHED_AREA,
    choose_sample,
    finish_round,
    write_findings,
)
from demonstration.stuffing import DISHONEST, stuff
from desk.assessment.assessments import assess
from desk.assessment.fieldwork import Judging
from desk.index.perception import Scoring
from desk.office.periods import NewPeriod, close_period, open_period
from desk.office.visits import VisitCount, record_visits
from desk.publication.objections import NewObjection, object_to
from desk.publication.publishing import approve, prepare
from models import (
    Institution,
    Period,
    Role,
    Service,
    Unit,
    User,
    now,
    one_at_a_time,
    time_moved,
    writing,
)
from models.responses import FORMS
from survey.periods import asked_instrument
from survey.storage import CheckedResponse, store

SEED = 20260101
# In force in every year of the demonstration.
SCORED_UNDER = load_scheme("perception-2022")
WEIGHTY = ("time", "conduct", "requirements")
LIKELY = np.linspace(2, 0.2, len(FORMS)) / np.linspace(2, 0.2, len(FORMS)).sum()
# Code, name, services, and how well citizens think of it (a mean answer of 1 to 4).
KABUPATEN = [
    ("contoh", "Disdukcapil Contoh", ["KTP elektronik", "Kartu keluarga", "Akta kelahiran"], 3.25),
    ("dinkes-contoh", "Dinas Kesehatan Contoh", ["Izin praktik", "Sertifikat laik"], 3.05),
    ("disdik-contoh", "Dinas Pendidikan Contoh", ["Legalisasi ijazah", "Mutasi siswa"], 3.10),
    (DISHONEST, "Dinas Sosial Contoh (isian tidak biasa)", ["Bantuan sosial", "Rekomendasi"], 2.70),
    ("dpmptsp-contoh", "DPMPTSP Contoh", ["Perizinan berusaha", "Persetujuan bangunan"], 3.55),
    ("puskesmas-a-contoh", "Puskesmas Contoh A", ["Rawat jalan", "Imunisasi"], 3.40),
    ("puskesmas-b-contoh", "Puskesmas Contoh B", ["Rawat jalan", "Laboratorium"], 2.90),
]
KOTA = [
    ("disdukcapil-kota-contoh", "Disdukcapil Kota Contoh", ["KTP elektronik", "Akta"], 3.60),
    ("puskesmas-kota-contoh", "Puskesmas Kota Contoh", ["Rawat jalan", "Imunisasi"], 3.30),
]


def load(
    engine: Engine, secret: bytes, passwords: Mapping[str, tuple[str, str]] | None = None
) -> Demonstration | None:
    """Loads the demonstration; None where the database has it already.

    ``passwords``: as ``new_passwords`` gives them, where that was asked for beforehand.
    """
    with writing(engine) as session:
        one_at_a_time(session, "demonstration")
        if is_loaded(session):
            return None
        passwords = passwords or new_passwords()
        kabupaten, kota = _places(session)
        _people(session, passwords, kabupaten, kota)
        users = {user.username: user for user in session.scalars(select(User))}
        actors = {name: actor_of(session, user) for name, user in users.items()}
        coordinator, analyst = actors["koordinator.contoh"], actors["analis.contoh"]
        random = np.random.default_rng(SEED)
        for institution, offices in ((kabupaten, KABUPATEN), (kota, KOTA)):
            _survey(session, coordinator, institution, offices, random)
        before = choose_sample(session, actors, _this_year() - 1, SCORED_UNDER)
        latest = choose_sample(session, actors, _this_year(), SCORED_UNDER)
        _assess(session, analyst, [*KABUPATEN, *KOTA], random)
        show_fieldwork(session, actors, _this_year(), random)
        show_opinion(session, actors, kabupaten, _today())
        for one in (before, latest):
            finish_round(session, actors, one.id)
        write_findings(session, actors, latest.id)
        stuff(session, kabupaten)
        show_desk(session, actors, kabupaten, random)
        _publish(session, analyst, actors["analis2.contoh"], coordinator, secret)
    told = [(PEOPLE[name][1], name, password) for name, (password, _) in passwords.items()]
    return Demonstration(told)


def _places(session: Session) -> tuple[Institution, Institution]:
    def institution(code: str, name: str, kind: str, province: Institution | None) -> Institution:
        return Institution(
            code=code,
            name=f"{name} (data contoh)",
            kind=kind,
            timezone="Asia/Jakarta",
            province=province,
            demonstration=True,
        )

    province = institution("provinsi-contoh", "Provinsi Contoh", "province", None)
    kabupaten = institution("kabupaten-contoh", "Kabupaten Contoh", "district", province)
    kota = institution("kota-contoh", "Kota Contoh", "city", province)
    for place, offices in ((kabupaten, KABUPATEN), (kota, KOTA)):
        for code, name, services, _ in offices:
            place.units.append(
                Unit(
                    code=code,
                    name=name,
                    services=[
                        Service(code=f"layanan-{at}", name=service)
                        for at, service in enumerate(services, start=1)
                    ],
                )
            )
    session.add_all([province, kabupaten, kota])
    session.flush()
    return kabupaten, kota


def _people(
    session: Session,
    passwords: Mapping[str, tuple[str, str]],
    kabupaten: Institution,
    kota: Institution,
) -> None:
    unit = next(unit for unit in kabupaten.units if unit.code == "contoh")
    scopes = {
        "official": lambda: [Role(role="official", unit_id=unit.id)],
        "coordinator": lambda: [
            Role(role="coordinator", institution_id=place.id) for place in (kabupaten, kota)
        ],
        "analyst": lambda: [Role(role="analyst")],
        "administrator": lambda: [Role(role="administrator")],
    }
    for username, (name, role) in PEOPLE.items():
        session.add(
            User(
                username=username,
                name=name,
                password_hash=passwords[username][1],
                active=True,
                demonstration=True,
                roles=scopes[role](),
            )
        )
    session.flush()


def _survey(
    session: Session,
    coordinator: Actor,
    institution: Institution,
    offices: Sequence[tuple[str, str, list[str], float]],
    random: np.random.Generator,
) -> None:
    """Four half-years of ratings; the last of them is open."""
    liking = {code: mean for code, _, _, mean in offices}
    halves = _half_years()
    # The latest that is over also asked for an overall rating.
    instruments = dict.fromkeys(halves, "skm-2017") | {halves[-2]: "skm-2017-overall"}
    for starts, ends in halves:
        running = ends >= _today()
        half = 1 if starts.month == 1 else 2
        period = open_period(
            session,
            coordinator,
            NewPeriod(
                institution.id,
                f"{starts.year}-{half}",
                f"Semester {half} {starts.year}",
                starts,
                ends,
                instruments[starts, ends],
            ),
        )
        for unit in institution.units:
            number = int(random.integers(28, 48) if running else random.integers(80, 170))
            wrote = comments(liking[unit.code], number, seed=100 * period.id + unit.id)
            rate(session, unit, period, InventedRatings(liking[unit.code], number, wrote), random)
            visits = number * int(random.integers(4, 12))
            services = _by_service(unit, visits)
            record_visits(session, coordinator, unit.id, period.id, VisitCount(visits, services))
        if not running:
            close_period(session, coordinator, period.id)


def _by_service(unit: Unit, visits: int) -> dict[int, int]:
    """More visits for each service than for the one before it."""
    parts = range(1, len(unit.services) + 1)
    return {
        service.id: visits * part // sum(parts)
        for part, service in zip(parts, unit.services, strict=True)
    }


@dataclass(frozen=True)
class InventedRatings:
    """Ratings to invent: how many, what people think of the unit, and what they write.

    ``liking``: 1 to 4; ``wrote``: the comment of each, and its readers.
    """

    liking: float
    number: int
    wrote: Sequence[tuple[str, str]] = ()


def rate(
    session: Session,
    unit: Unit,
    period: Period,
    ratings: InventedRatings,
    random: np.random.Generator,
) -> None:
    """Stores a number of invented answers; ``liking``: what they are about, 1 to 4.

    ``wrote``: the comment of each, and its readers.
    """
    instrument = asked_instrument(period)
    last = min(period.ends, _today())
    answers = _answers(instrument, ratings.liking, ratings.number, random)
    days = random.integers(0, (last - period.starts).days + 1, ratings.number)
    services = random.integers(0, len(unit.services), ratings.number)
    rows = [
        CheckedResponse(
            answers=given,
            channel="open_link",
            provenance="self",
            service_id=unit.services[services[at]].id,
            experience=_experience(ratings.liking, random),
            respondent=_respondent(instrument, random),
            language="id",
            local_date=period.starts + timedelta(days=int(days[at])),
            quarter_hour=int(random.integers(32, 62)),
            comment=comment,
            readers=readers,
        )
        for at, (given, (comment, readers)) in enumerate(
            zip(answers, ratings.wrote or [("", "ombudsman")] * ratings.number, strict=True)
        )
    ]
    store(session, unit, period, instrument, rows)


def _answers(
    instrument: Instrument, liking: float, number: int, random: np.random.Generator
) -> list[dict[str, int | None]]:
    """Answers that agree within a person and differ between elements; 3 % are missing."""
    items = list(instrument.allowed)
    person = random.normal(0, 0.45, (number, 1))
    element = np.linspace(-0.25, 0.25, len(items))
    chance = random.normal(0, 0.5, (number, len(items)))
    rounded = np.clip(np.rint(liking + person + element + chance), 1, 4).astype(int)
    if instrument.overall:  # it follows what matters most to these citizens
        leaning = rounded[:, [items.index(item) for item in WEIGHTY]].mean(axis=1)
        noise = random.normal(0, 0.4, number)
        rounded[:, -1] = np.clip(np.rint(leaning + noise), 1, 4)
    missing = random.random((number, len(items))) < 0.03
    return [
        {
            item: None if gap else int(value)
            for item, value, gap in zip(items, row, gaps, strict=True)
        }
        for row, gaps in zip(rounded, missing, strict=True)
    ]


def _experience(liking: float, random: np.random.Generator) -> tuple[str, ...]:
    draw = random.random()
    if draw < 0.25:
        return ()
    if draw < 0.30:
        return ("declined",)
    if random.random() < (liking - 1) / 3:
        return ("none",)
    forms = random.choice(FORMS, size=int(random.integers(1, 3)), replace=False, p=LIKELY)
    return tuple(str(form) for form in forms)


def _respondent(instrument: Instrument, random: np.random.Generator) -> dict[str, str]:
    return {
        field.key: options[random.integers(0, len(options))]
        for field in instrument.respondent.fields
        if random.random() < 0.7 and (options := list(field.options))
    }


def _assess(
    session: Session,
    analyst: Actor,
    offices: Sequence[tuple[str, str, list[str], float]],
    random: np.random.Generator,
) -> None:
    """Every item of every office, for last year and this, but for what waits in this year."""
    units = {unit.code: unit for unit in session.scalars(select(Unit))}
    waiting = {item.key for item in judged_in(_this_year())[UNFINISHED_AREA].items}
    for year, (code, _, _, liking) in product((_this_year() - 1, _this_year()), offices):
        unfinished = code == UNFINISHED and year == _this_year()
        judgements = [
            judgement
            for judgement in judge_at_random(session, units[code], year, liking, random)
            if not (unfinished and judgement.item in waiting)
        ]
        assess(session, analyst, Judging(None, year), judgements)


def _publish(
    session: Session, analyst: Actor, second: Actor, coordinator: Actor, secret: bytes
) -> None:
    """Last year's scores are public; the newest wait, and an institution objects.

    The days to object are over for both, as if they had been prepared some weeks ago.
    """
    last_year, newest = _this_year() - 1, _half_years()[-2][1].year  # of a period that is over
    with time_moved(timedelta(days=-40)):
        public = prepare(session, analyst, Scoring(SCORED_UNDER, last_year))
    with time_moved(timedelta(days=-30)):
        approve(session, second, public.id, secret)
    with time_moved(timedelta(days=-10)):
        waits = prepare(session, analyst, Scoring(SCORED_UNDER, newest))
    unit = session.scalars(select(Unit.id).where(Unit.code == "contoh")).one()
    reason = "Standar biaya sudah dipasang di loket sejak Maret (data contoh)"
    with time_moved(timedelta(days=-6)):
        object_to(session, coordinator, waits.id, NewObjection(unit, "fee", reason))


def _half_years() -> list[tuple[date, date]]:
    """The four half-years up to today's, oldest first."""
    halves = [
        (date(year, month, 1), date(year, month + 5, 30 if month == 1 else 31))
        for year in (_this_year() - 2, _this_year() - 1, _this_year())
        for month in (1, 7)
    ]
    return [half for half in halves if half[0] <= _today()][-4:]


def _today() -> date:
    return now().date()


def _this_year() -> int:
    return _today().year

"""A database with one row in every append-only table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from analysis.rulebook.instrument import instrument_ids, load_instrument
from models import (
    Announcement,
    Assessment,
    AssessmentRound,
    AuditEvent,
    Batch,
    CommentLabel,
    CommentReview,
    Consultation,
    CredentialChange,
    Declaration,
    Evidence,
    Exclusion,
    Finding,
    FindingStep,
    FollowUp,
    FollowUpStep,
    FormerName,
    InstanceKey,
    Interview,
    Interviewer,
    Kiosk,
    LateCounted,
    LateCounting,
    LateReceipt,
    LateResponse,
    Medium,
    Objection,
    ObjectionRelease,
    OmbudsmanProduct,
    ProductStatus,
    Proposal,
    Publication,
    PublishedCount,
    Receipt,
    ReceivedBundle,
    ReceivedPeriod,
    Reconciliation,
    Recording,
    Response,
    Role,
    SampledAssessor,
    SampledSubject,
    SampledUnit,
    SecondaryFigure,
    SecondaryWithdrawal,
    SelfAssessment,
    SentBundle,
    SignFilm,
    SignOff,
    Succession,
    ThinnedUnit,
    ToMend,
    TriageChoice,
    TriageVersion,
    TrustedKey,
    TrustedKeyDecision,
    TrustedKeyEnd,
    UnitChange,
    User,
    Waiver,
    WaiverConfirmation,
    Withdrawal,
    answers_table,
    now,
    open_engine,
    writing,
)
from models.base import Base
from survey.storage import CheckedResponse, store
from tests.world import a_district, seal_by_another

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
    colleague: int
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
        colleague = User(username="budi", name="Budi", password_hash="x", active=True)
        colleague.roles.append(Role(role="analyst"))
        session.add_all([user, colleague, batch])
        session.flush()
        publication.user_id = user.id
        row = CheckedResponse(
            answers={},
            channel="open_link",
            provenance="self",
            experience=("none",),
            comment="Baik sekali",
            local_date=now().date().replace(day=15),
            quarter_hour=40,
        )
        store(session, world.clinic, world.period, load_instrument("skm-2017"), [row])
        response = session.scalars(select(Response.id)).one()
        table = answers_table("skm-2026", load_instrument("skm-2026").allowed)
        session.execute(table.insert(), {"response_id": response})
        session.add_all(
            [
                publication,
                AuditEvent(created_at=now(), actor="command line", act="test", details={}),
                CredentialChange(user_id=user.id, what="made", created_at=now()),
                Exclusion(
                    response_id=response,
                    reason="terkirim dua kali",
                    user_id=colleague.id,
                    created_at=now(),
                ),
                Receipt(code_hash="c" * 64, **place),
                FormerName(unit_id=world.registry.id, name="Kantor Sipil", until=now().date()),
                UnitChange(
                    unit_id=world.registry.id,
                    how="merge",
                    day=now().date(),
                    reason="Perda yang baru",
                    user_id=user.id,
                    created_at=now(),
                    successions=[Succession(successor=world.clinic)],
                ),
                Kiosk(
                    institution_id=world.district.id,
                    unit_id=world.clinic.id,
                    name="Loket 1",
                    key_hash="k" * 64,
                    created_at=now(),
                ),
                ThinnedUnit(
                    unit_id=world.clinic.id,
                    period_id=world.period.id,
                    institution_id=world.district.id,
                    archive="a" * 64,
                    rows=5,
                    created_at=now(),
                ),
                InstanceKey(public_key="k", reason="the first start", created_at=now()),
                Interviewer(
                    unit_id=world.clinic.id, name="Siti", key_hash="i" * 64, created_at=now()
                ),
                Recording(
                    unit_id=world.clinic.id,
                    instrument="skm-2017",
                    item="time",
                    language="id",
                    user_id=user.id,
                    created_at=now(),
                ),
                SignFilm(
                    unit_id=world.clinic.id,
                    address="https://isyarat.example/1",
                    user_id=user.id,
                    created_at=now(),
                ),
                *_fieldwork(world.clinic.id, user.id, world.period.instrument_hash),
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
        session.add_all(_desk(place, user.id, batch.id))
        _late(session, place, user.id)
        _triage(session, user.id, response)
        seal_by_another(session, publication)
        objection = Objection(
            publication_id=publication.id,
            unit_id=world.clinic.id,
            item="time_limit",
            reason="papan sudah dipasang",
            raised_by=user.id,
            raised_at=now(),
        )
        session.add(objection)
        session.flush()
        session.add(
            ToMend(objection_id=objection.id, item="time_limit", subject="", person_id=user.id)
        )
        session.add(
            ObjectionRelease(
                objection_id=objection.id,
                reason="penilainya sudah pindah",
                user_id=user.id,
                created_at=now(),
            )
        )
        session.add(
            Declaration(
                institution_id=world.district.id,
                year=2026,
                fact="corrective_products_followed_up",
                holds=True,
                reason="LAHP terakhir dilaksanakan",
                user_id=user.id,
                created_at=now(),
            )
        )
        _opinion(session, world.district.id, world.clinic.id, user.id)
        _federation(session, place, user.id, colleague.id)
        a_round = AssessmentRound(
            year=2026,
            scheme_hash=world.period.scheme_hash,
            sampling="",
            user_id=user.id,
            created_at=now(),
        )
        session.add(a_round)
        session.flush()
        place = {"round_id": a_round.id, "unit_id": world.clinic.id}
        session.add_all(_sample(place, user.id))
        _signed(session, place, user.id, colleague.id)
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
            colleague=colleague.id,
            response=response,
        )


def _opinion(session: Session, institution: int, unit: int, user: int) -> None:
    """One row in each table of what an opinion rests on."""
    place = {"institution_id": institution, "unit_id": unit, "user_id": user, "created_at": now()}
    product = OmbudsmanProduct(
        **place, kind="improvement", number="LHP-1/2026", issued=date(2026, 1, 5), due=None
    )
    product.statuses.append(
        ProductStatus(
            turn=1,
            status="followed_up",
            on=date(2026, 2, 5),
            note="papan sudah dipasang",
            user_id=user,
            created_at=now(),
        )
    )
    figure = SecondaryFigure(
        **place, year=2026, indicator="bps", value="71.5", source="BPS, IPM", source_year=2025
    )
    session.add_all([product, figure])
    session.flush()
    reason = "angka milik kabupaten lain"
    session.add(
        SecondaryWithdrawal(figure_id=figure.id, reason=reason, user_id=user, created_at=now())
    )
    session.flush()


def _federation(session: Session, place: Mapping[str, int], user: int, colleague: int) -> None:
    """One row in each table of what instances send each other."""
    institution, act = place["institution_id"], {"user_id": user, "created_at": now()}
    key = TrustedKey(
        institution_id=institution, public_key="k", reason="dibandingkan lewat telepon", **act
    )
    session.add(key)
    session.flush()
    bundle = {"institution_id": institution, "year": 2026, "number": 1, "document": "{}", **act}
    received = ReceivedBundle(**bundle, hash="b" * 64, key_id=key.id)
    decision = TrustedKeyDecision(
        key_id=key.id, proposed_by=user, confirmed=True, user_id=colleague, created_at=now()
    )
    end = TrustedKeyEnd(key_id=key.id, reason="kuncinya diganti", **act)
    session.add_all([SentBundle(**bundle, hash="a" * 64, reason=""), received, decision, end])
    session.flush()
    session.add(ReceivedPeriod(period_id=place["period_id"], bundle_id=received.id))


def _late(session: Session, place: Mapping[str, int], user: int) -> None:
    """One row in each table of late ratings."""
    late = LateResponse(**place, came_on=now().date(), filled_on=None, content={})
    counting = LateCounting(**place, reason="HP tanpa sinyal", user_id=user, created_at=now())
    session.add_all([LateReceipt(**place, code_hash="l" * 64), late, counting])
    session.flush()
    session.add(LateCounted(late_id=late.id, counting_id=counting.id))


def _fieldwork(unit: int, user: int, instrument: str) -> list[Base]:
    """One row in each further table of the assessors."""
    place = {"unit_id": unit, "year": 2026, "created_at": now()}
    judged = {"item": "time_limit", "subject": "", "judgement": 3}
    return [
        SelfAssessment(**place, **judged, area="standards", assessor_id=user, note=""),
        Reconciliation(**place, **judged, reason="papan dilihat bersama", user_id=user),
        Interview(
            **place,
            area="experience",
            instrument_hash=instrument,
            respondent=1,
            interviewer_id=user,
            answers={"forms": ["none"]},
            points=1,
            most=1,
        ),
    ]


def _triage(session: Session, user: int, response: UUID) -> None:
    """One row in each table of the triage."""
    act = {"user_id": user, "created_at": now()}
    version = TriageVersion(
        **act, corpus_hash="a" * 64, reviews=0, last_review=0, parameters="{}", scores="{}"
    )
    session.add(version)
    session.flush()
    session.add_all(
        [
            TriageChoice(**act, version_id=version.id),
            CommentLabel(
                response_id=response,
                version_id=version.id,
                label="praise",
                confidence=0.9,
                abstained=False,
                urgent=False,
                withheld=False,
                sentiment="positive",
                elements="conduct",
            ),
            CommentReview(**act, response_id=response, label="praise", role="analyst"),
        ]
    )


def _desk(place: Mapping[str, int], user: int, batch: int) -> list[Base]:
    """One row in each table of the official's desk."""
    act = {"user_id": user, "created_at": now()}
    plan = FollowUp(
        **place, **act, element="time", programme="Loket tambahan", due=now().date(), person="Ani"
    )
    plan.steps = [FollowUpStep(**act, status="planned", account="")]
    announcement = Announcement(
        **place, document="{}", document_hash="d" * 64, prepared_by=user, prepared_at=now()
    )
    announcement.media = [Medium(**act, medium="website", place="x", published=now().date())]
    return [
        Evidence(**act, hash="e" * 64, file_name="a.jpg", media_type="image/jpeg", size=1),
        plan,
        Consultation(**place, **act, held=now().date(), participants=9, minutes="Sepakat."),
        announcement,
        Withdrawal(
            batch_id=batch, reason="berkas kuartal lain", proposed_by=user, proposed_at=now()
        ),
    ]


def _sample(place: Mapping[str, int], user: int) -> list[Base]:
    """One row in each table of a round."""
    act = {"user_id": user, "created_at": now()}
    chosen = {**place, **act, "turn": 1, "reason": "pelaksana SPM kesehatan"}
    finding = Finding(**place, **act, kind="procedure", text="Alur layanan terlalu panjang")
    finding.steps = [FindingStep(**act, turn=1, status="answered", text="Alur sudah dipangkas")]
    return [
        Proposal(**chosen, kind="puskesmas", marks=["spm"]),
        SampledUnit(**chosen, kind="puskesmas"),
        SampledSubject(**chosen, kind="petugas", subject="petugas-1"),
        SampledAssessor(**chosen, assessor_id=user),
        finding,
    ]


def _signed(session: Session, place: Mapping[str, int], user: int, colleague: int) -> None:
    """One row in each table of waivers and sign-offs."""
    act = {"user_id": user, "created_at": now()}
    waiver = Waiver(**place, **act, lacking=[], reason="unit tutup karena banjir")
    session.add(waiver)
    session.flush()
    session.add_all(
        [
            WaiverConfirmation(
                waiver_id=waiver.id, proposed_by=user, user_id=colleague, created_at=now()
            ),
            SignOff(**place, **act, state="a" * 64),
        ]
    )

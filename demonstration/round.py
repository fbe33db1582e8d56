"""The demonstration's rounds: units chosen, assessors named, all signed off, findings followed."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor
from analysis.rulebook.scheme import Scheme
from desk.assessment.completeness import fieldwork_of
from desk.assessment.findings import NewFinding, answer_finding, decide_finding, write_finding
from desk.assessment.rounds import (
    AssessorChoice,
    SubjectChoice,
    UnitProposal,
    UnproposedUnit,
    choose_assessors,
    choose_beyond,
    choose_proposed,
    choose_subjects,
    judged_under,
    open_round,
    propose_units,
)
from desk.assessment.sampled import sampled_units
from desk.assessment.signing_off import sign_off
from desk.assessment.waivers import confirm_waiver, propose_waiver
from models import AssessmentRound, Unit

STAFF = 4
# The unit in which only three of four could be asked, which two analysts waived.
SHORT_OF_STAFF = "puskesmas-b-contoh"
WHY_WAIVED = "Seorang petugas cuti melahirkan dan tidak ada gantinya (data contoh)"
# The unit that two assessors judge, so that they differ.
JUDGED_BY_TWO = "dinkes-contoh"
SUPERVISORS = ("analis2.contoh", "analis3.contoh")
# The unit whose staff are not judged yet, so that its city stays provisional.
UNFINISHED, UNFINISHED_AREA = "puskesmas-kota-contoh", "competence"
PROPOSED = {
    "office": ("contoh", "dinkes-contoh", "disdik-contoh", "dinsos-contoh", "dpmptsp-contoh"),
    "puskesmas": ("puskesmas-a-contoh", "puskesmas-kota-contoh"),
}
BEYOND = {"puskesmas-b-contoh": "puskesmas", "disdukcapil-kota-contoh": "office"}
WHY_PROPOSED = "Layanan yang paling banyak dipakai warga (data contoh)"
WHY_BEYOND = "Banyak keluhan warga tahun lalu (data contoh)"
# Kind and text of each finding, and the steps that came after it, in turn.
FINDINGS: Sequence[tuple[str, str, Sequence[str]]] = (
    ("procedure", "Alur permohonan perlu ditinjau: berkas diperiksa dua kali (data contoh)", ()),
    (
        "innovation",
        "Diminta inovasi antrean agar warga tidak menunggu sejak pagi (data contoh)",
        ("Antrean lewat pesan singkat diuji coba di satu loket (data contoh)",),
    ),
    (
        "finding",
        "Maklumat pelayanan belum dipasang di ruang tunggu (data contoh)",
        (
            "Maklumat sudah dipasang di dua tempat (data contoh)",
            "Sudah terlihat di loket (data contoh)",
        ),
    ),
)


def choose_sample(
    session: Session, actors: Mapping[str, Actor], year: int, scheme: Scheme
) -> AssessmentRound:
    """A round of the year with every unit in the sample; one can't show four members of staff."""
    analyst, coordinator = actors["analis.contoh"], actors["koordinator.contoh"]
    units = {unit.code: unit for unit in session.scalars(select(Unit))}
    opened = open_round(session, analyst, year, scheme)
    for kind, codes in PROPOSED.items():
        keys = [units[code].id for code in codes]
        marks = ["spm"] if kind == "puskesmas" else []
        proposal = UnitProposal(keys, kind, marks, WHY_PROPOSED)
        propose_units(session, coordinator, opened.id, proposal)
        choose_proposed(session, analyst, opened.id, keys)
    for code, kind in BEYOND.items():
        beyond = UnproposedUnit(units[code].id, kind, WHY_BEYOND)
        choose_beyond(session, analyst, opened.id, beyond)
    for code, unit in units.items():
        products = [service.code for service in unit.services][:2]
        people = {"petugas": STAFF - (code == SHORT_OF_STAFF), "pengaduan": 2}
        choose_subjects(session, analyst, opened.id, unit.id, SubjectChoice(products, people))
        assessors = [actors[name].user_id for name in assessors_of(code)]
        choose_assessors(session, analyst, opened.id, unit.id, AssessorChoice(assessors))
    return opened


def assessors_of(code: str) -> list[str]:
    """Who assesses a unit: one analyst all of them, a second some, a third one."""
    second = ["analis2.contoh"] if code in BEYOND else []
    third = ["analis3.contoh"] if code == JUDGED_BY_TWO else []
    return ["analis.contoh", *second, *third]


def finish_round(session: Session, actors: Mapping[str, Actor], round_id: int) -> None:
    """What is lacking by one person is waived; whoever did not assess a unit signs it off."""
    a_round, (first, second) = session.get_one(AssessmentRound, round_id), SUPERVISORS
    work = fieldwork_of(
        session, a_round.year, judged_under(session, a_round), _sampled(session, a_round)
    )
    for unit in session.scalars(select(Unit).order_by(Unit.id)):
        if unit.code == SHORT_OF_STAFF:
            waiver = propose_waiver(session, actors[first], round_id, unit.id, WHY_WAIVED)
            confirm_waiver(session, actors[second], waiver.id)
        elif work.open_lacks(unit.id):
            continue
        supervisor = next(name for name in SUPERVISORS if name not in assessors_of(unit.code))
        sign_off(session, actors[supervisor], round_id, unit.id)


def write_findings(session: Session, actors: Mapping[str, Actor], round_id: int) -> None:
    """Findings for a unit, in each of the states that one passes through."""
    analyst, second = actors["analis.contoh"], actors["analis2.contoh"]
    official = actors["petugas.contoh"]
    unit = session.scalars(select(Unit.id).where(Unit.code == "contoh")).one()
    for kind, text, steps in FINDINGS:
        finding = write_finding(session, analyst, round_id, NewFinding(unit, kind, text))
        if steps:
            answer_finding(session, official, finding.id, steps[0])
        if steps[1:]:
            decide_finding(session, second, finding.id, True, steps[1])


def _sampled(session: Session, a_round: AssessmentRound) -> set[int]:
    return sampled_units(session, a_round.year) or set()

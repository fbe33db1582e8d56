"""The demonstration's round: units proposed and chosen, assessors named, findings followed."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor
from analysis.rulebook.scheme import Scheme
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
    open_round,
    propose_units,
)
from models import Unit

# The unit whose complaint handling is not judged yet, so that its city stays provisional.
UNFINISHED, UNFINISHED_AREA = "puskesmas-kota-contoh", "complaints"
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


def show_round(session: Session, actors: Mapping[str, Actor], year: int, scheme: Scheme) -> None:
    """A round of the year: every unit is in the sample, one of them is not fully judged."""
    analyst, second = actors["analis.contoh"], actors["analis2.contoh"]
    units = {unit.code: unit for unit in session.scalars(select(Unit))}
    opened = open_round(session, analyst, year, scheme).id
    for kind, codes in PROPOSED.items():
        keys = [units[code].id for code in codes]
        marks = ["spm"] if kind == "puskesmas" else []
        coordinator = actors["koordinator.contoh"]
        propose_units(session, coordinator, opened, UnitProposal(keys, kind, marks, WHY_PROPOSED))
        choose_proposed(session, analyst, opened, keys)
    for code, kind in BEYOND.items():
        choose_beyond(session, analyst, opened, UnproposedUnit(units[code].id, kind, WHY_BEYOND))
    for code, unit in units.items():
        products = [service.code for service in unit.services][:2]
        people = {"petugas": 4, "pengaduan": 2}
        choose_subjects(session, analyst, opened, unit.id, SubjectChoice(products, people))
        assessors = [analyst.user_id, *([second.user_id] if code in BEYOND else [])]
        choose_assessors(session, analyst, opened, unit.id, AssessorChoice(assessors))
    official = actors["petugas.contoh"]
    for kind, text, steps in FINDINGS:
        finding = write_finding(
            session, analyst, opened, NewFinding(units["contoh"].id, kind, text)
        )
        if steps:
            answer_finding(session, official, finding.id, steps[0])
        if steps[1:]:
            decide_finding(session, second, finding.id, True, steps[1])

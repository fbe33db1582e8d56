"""The demonstration's desk: a follow-up plan, paper being keyed, results made public."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor
from desk.office.keying import (
    FIRST,
    SECOND,
    NewKeying,
    Sheet,
    SheetEntry,
    begin_keying,
    key_sheet,
    sample_of,
    store_keying,
)
from desk.office.withdrawals import propose_withdrawal
from desk.papers.announcing import NewMedium, approve, note_medium, prepare_unit
from desk.places import periods_of
from desk.unit.follow_up import (
    NewConsultation,
    NewProgramme,
    ProgrammeStep,
    hold_consultation,
    note_step,
    plan_follow_up,
)
from models import Institution, Period, Unit, now
from survey.periods import asked_instrument

InventedProgrammes = Sequence[tuple[str, str, Sequence[tuple[str, str]]]]

SHEETS = 6
KEYED_SO_FAR = 2
# Element, programme, and the steps that came after planning it: status and account.
PLANS: Sequence[InventedProgrammes] = (
    (
        (
            "requirements",
            "Papan syarat layanan dipasang di ruang tunggu",
            (("under_way", ""), ("done", "Papan terpasang di tiga tempat (data contoh)")),
        ),
        (
            "procedure",
            "Loket tambahan pada jam ramai",
            (("under_way", "Petugas sedang dilatih (data contoh)"),),
        ),
        ("time", "Antrean daring", ()),
    ),
    (
        (
            "procedure",
            "Alur layanan disederhanakan dari lima menjadi tiga langkah",
            (("done", "Berlaku sejak awal semester (data contoh)"),),
        ),
        (
            "cost",
            "Kotak pembayaran nontunai",
            (("dropped", "Layanan ini gratis, jadi tidak diperlukan (data contoh)"),),
        ),
    ),
)


def show_desk(
    session: Session,
    actors: Mapping[str, Actor],
    institution: Institution,
    random: np.random.Generator,
) -> None:
    """Something in every screen of the desk, for the official's unit and the institution."""
    official, coordinator = actors["petugas.contoh"], actors["koordinator.contoh"]
    unit = session.scalars(select(Unit).where(Unit.id.in_(official.units))).one()
    running, last, before, *_ = periods_of(session, official, unit.id)
    for period, plan in zip((last, before), PLANS, strict=True):
        _follow_up(session, official, unit, period, plan)
    _paper(session, official, unit, running, random)
    _announce(session, official, coordinator, unit, last)
    waiting = next(one for one in institution.units if one.id not in official.units)
    prepare_unit(session, coordinator, waiting.id, last.id)


def _follow_up(
    session: Session,
    official: Actor,
    unit: Unit,
    period: Period,
    plan: InventedProgrammes,
) -> None:
    due = period.ends + timedelta(days=120)
    for element, programme, steps in plan:
        one = plan_follow_up(
            session,
            official,
            unit.id,
            period.id,
            NewProgramme(
                element, f"{programme} (data contoh)", due, "Kepala Seksi Contoh (data contoh)"
            ),
        )
        for status, account in steps:
            note_step(session, official, one.id, ProgrammeStep(status, account))
    hold_consultation(
        session,
        official,
        unit.id,
        period.id,
        NewConsultation(
            period.ends - timedelta(days=10),
            24,
            "Hadir warga, tokoh masyarakat, dan petugas. Disepakati: syarat layanan dipasang di "
            "ruang tunggu dan loket ditambah pada jam ramai. (data contoh)",
        ),
    )


def _paper(
    session: Session, official: Actor, unit: Unit, period: Period, random: np.random.Generator
) -> None:
    """One pile stored and proposed for withdrawal, one being keyed."""
    stored = begin_keying(
        session,
        official,
        NewKeying(unit.id, period.id, "Kotak saran Loket 1 (data contoh)", SHEETS),
    )
    sheets = {serial: _sheet(unit, period, random) for serial in range(1, SHEETS + 1)}
    for serial, sheet in sheets.items():
        key_sheet(session, official, stored.id, SheetEntry(serial, sheet, FIRST))
    for serial in sample_of(stored):
        key_sheet(session, official, stored.id, SheetEntry(serial, sheets[serial], SECOND))
    batch = store_keying(session, official, stored.id)
    propose_withdrawal(
        session, official, batch.id, "Lembar milik loket unit lain ikut terketik (data contoh)"
    )
    in_hand = begin_keying(
        session,
        official,
        NewKeying(unit.id, period.id, "Kotak saran Loket 2 (data contoh)", SHEETS),
    )
    for serial in range(1, KEYED_SO_FAR + 1):
        key_sheet(
            session, official, in_hand.id, SheetEntry(serial, _sheet(unit, period, random), FIRST)
        )


def _sheet(unit: Unit, period: Period, random: np.random.Generator) -> Sheet:
    items = list(asked_instrument(period).allowed)
    given = random.integers(2, 5, len(items)).tolist()
    answers = dict(zip(items, given, strict=True))
    return Sheet(answers=answers, service=unit.services[0].code)


def _announce(
    session: Session, official: Actor, coordinator: Actor, unit: Unit, period: Period
) -> None:
    """The unit's result of a closed period, public since it was approved."""
    announcement = prepare_unit(session, official, unit.id, period.id)
    approve(session, coordinator, announcement.id)
    note_medium(
        session,
        official,
        announcement.id,
        NewMedium("notice_board", "Ruang tunggu (data contoh)", now().date()),
    )

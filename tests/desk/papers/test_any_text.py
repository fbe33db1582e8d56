"""What people type into every field reaches the papers; no character stops one."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from analysis.characters import entered
from desk.office.keying import Sheet
from desk.papers.announcing import NewMedium, approve, note_medium, prepare_unit
from desk.papers.papers import RequestedPaper, hand_out
from desk.papers.pekppp import gather_evidence
from desk.reasons import worded
from desk.unit.follow_up import (
    NewConsultation,
    NewProgramme,
    ProgrammeStep,
    hold_consultation,
    note_step,
    plan_follow_up,
)
from models import FollowUp, KeyedSheet, reading, writing
from reports.contents import Signatory
from reports.papers.evidence import evidence_zip
from tests.desk.conftest import ELEMENTS, House
from tests.desk.office.test_keying import begin, key
from tests.desk.papers.test_announcing import second_coordinator
from tests.desk.papers.test_collecting import note, photo
from tests.desk.unit.test_results import close
from tests.nasty import NASTY
from tests.reports.survey import a_photo

TEXT = " ".join(NASTY)[:190]
KINDS = ("report_pdf", "report_docx", "announcement_pdf", "worksheet", "open_data")


def fill_in(house: House) -> None:
    """The text in every field that people may fill in freely."""
    house.rate(3, 6)
    keying = begin(house)
    key(house, keying, 1, Sheet(answers=dict.fromkeys(ELEMENTS, 3), comment=TEXT))
    note(house, team=TEXT, place=TEXT, way=TEXT)
    photo(house, a_photo(), TEXT)
    close(house)
    with writing(house.engine) as session:
        place = house.clinic, house.period
        new = NewProgramme("time", TEXT, date(2099, 1, 31), TEXT)
        plan = plan_follow_up(session, house.official, *place, new)
        note_step(session, house.official, plan.id, ProgrammeStep("done", TEXT))
        held = NewConsultation(date(2099, 1, 1), 20, TEXT)
        hold_consultation(session, house.official, *place, held)
        announced = prepare_unit(session, house.official, *place).id
    with writing(house.engine) as session:
        approve(session, second_coordinator(house), announced)
        published = NewMedium("website", TEXT, date(2099, 2, 1))
        note_medium(session, house.coordinator, announced, published)


def test_every_field_reaches_every_paper(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA", str(tmp_path))
    fill_in(house)
    with reading(house.engine) as session:
        (plan,) = session.scalars(select(FollowUp))
        assert (plan.programme, plan.person) == (entered(TEXT), entered(TEXT))
        (sheet,) = session.scalars(select(KeyedSheet))
        assert "\\u0000" not in sheet.filled
        evidence = gather_evidence(
            session, house.coordinator, house.period, "id", lambda done, all: None
        )
    assert evidence_zip(evidence, "id").startswith(b"PK")
    signed = Signatory(TEXT, TEXT, TEXT, TEXT, date(2099, 1, 1))
    for kind in KINDS:
        asked = RequestedPaper(kind, house.period, house.clinic, approval=signed)
        assert hand_out(house.engine, house.official, asked).content


def test_a_reason_of_nothing_that_is_seen_is_none() -> None:
    with pytest.raises(ValueError, match="words_unfit"):
        worded("reason", "\u200b\u200d \ufeff" * 9)

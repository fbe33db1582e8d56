"""The papers as they are filled from the database, on both engines."""

import csv
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document
from openpyxl import load_workbook

from accounts.actors import Actor, Forbidden
from desk.office.periods import close_period
from desk.office.visits import VisitCount, record_visits
from desk.papers.contents import institution_contents, unit_contents
from desk.papers.papers import KINDS, LONGEST_LINE, Drawing, Paper, RequestedPaper, hand_out
from desk.unit.follow_up import NewProgramme, ProgrammeStep, note_step, plan_follow_up
from models import Institution, Period, writing
from reports.contents import Signatory
from tests.desk.conftest import ELEMENTS, House, older_photo, on_one_engine
from tests.desk.office.test_withdrawals import decide, propose
from tests.desk.unit.test_results import close, load, rows
from tests.kept import kept
from tests.refusing import refusing
from tests.reports.office import Office
from tests.reports.survey import a_photo
from tests.world import a_period

GOOD = {**dict.fromkeys(ELEMENTS, 3), "time": 4}
SIGNED = Signatory("Kepala", "dr. Ani", "1980", "Langgur", date(2026, 7, 15))
OF_UNIT = [key for key, kind in KINDS.items() if kind.unit]
OF_INSTITUTION = [key for key, kind in KINDS.items() if kind.institution]
BEGINS = {"pdf": b"%PDF-", "docx": b"PK", "xlsx": b"PK", "zip": b"PK", "png": b"\x89PNG"}


def make(house: House, kind: str, actor: Actor | None = None, **asked: Any) -> Paper:
    """A paper of the clinic, unless it is said of whom."""
    wanted = RequestedPaper(kind, house.period, house.clinic)
    return hand_out(house.engine, actor or house.coordinator, replace(wanted, **asked))


@pytest.fixture
def closed(surveyed: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Both units surveyed, and a folder for what they hand in."""
    monkeypatch.setenv("DATA", str(tmp_path))
    return surveyed


@kept
def surveyed(house: House) -> House:
    """Both units surveyed: 12 and 6 respondents, all of them alike."""
    house.rate(GOOD, 12, service=0)
    house.rate(4, 6, unit=house.registry)
    with writing(house.engine) as session:
        record_visits(session, house.official, house.clinic, house.period, VisitCount(40))
    close(house)
    return house


@on_one_engine
def test_every_paper_is_made_and_traced(closed: House) -> None:
    places = [(kind, closed.clinic) for kind in OF_UNIT]
    for kind, unit in [*places, *((kind, None) for kind in OF_INSTITUTION)]:
        paper = make(closed, kind, unit=unit)
        ending = paper.file_name.rpartition(".")[2]
        assert paper.content.startswith(BEGINS.get(ending, b"<!DOCTYPE html>")), kind
        event = closed.last_act()
        assert (event.act, event.user_id) == ("hand_out_paper", closed.coordinator.user_id)
        assert event.details == {
            "paper": kind,
            "of": "puskesmas-langgur" if unit else "malra",
            "period": "semester-ini",
            "sha256": sha256(paper.content).hexdigest(),
        }


def test_of_an_open_period_there_are_questionnaires_only(house: House) -> None:
    house.rate(3, 7)
    places = [(kind, house.clinic) for kind in OF_UNIT if kind != "questionnaire"]
    for kind, unit in [*places, *((kind, None) for kind in OF_INSTITUTION)]:
        with refusing("found open, expected a period that is closed"):
            make(house, kind, unit=unit)
    paper = make(house, "questionnaire", sheets=(3, 5))
    assert paper.file_name == "kuesioner-puskesmas-langgur-semester-ini.html"
    assert b"PUSKESMA-0005" in paper.content
    assert b"PUSKESMA-0006" not in paper.content


def test_nobody_gets_papers_of_others(closed: House) -> None:
    for kind in OF_UNIT:
        for role in ("other_official", "other_coordinator", "administrator", "nobody"):
            with pytest.raises(Forbidden):
                make(closed, kind, closed.actors[role])
    for kind in OF_INSTITUTION:
        for role in ("official", "other_coordinator", "analyst", "nobody"):
            with pytest.raises(Forbidden):
                make(closed, kind, closed.actors[role], unit=None)
    assert "hand_out_paper" not in closed.acts()


def test_a_unit_has_no_papers_of_another_institutions_period(closed: House) -> None:
    with writing(closed.engine) as session:
        strange = a_period(session, session.get_one(Institution, closed.province))
        session.flush()
    for kind in OF_UNIT:
        with pytest.raises(Forbidden):
            make(closed, kind, period=strange.id)


@pytest.mark.parametrize(("kind", "unit"), [("recapitulation", True), ("worksheet", False)])
def test_a_kind_that_there_is_not(closed: House, kind: str, unit: bool) -> None:
    for wrong in (kind, "pamphlet"):
        with refusing("one that there is"):
            make(closed, wrong, unit=closed.clinic if unit else None)


@on_one_engine
def test_the_worksheet_recomputes_to_the_index(closed: House, tmp_path: Path) -> None:
    """12 x (8 elements at 3, one at 4): 25 x 28 / 9."""
    made = {"sheet": make(closed, "worksheet").content}
    book = Office(tmp_path).recalculated(made)["sheet"]
    assert 77.78 in {cell for row in book["Pengolahan"].iter_rows(values_only=True) for cell in row}


def test_the_recapitulation_has_every_unit(closed: House) -> None:
    book = load_workbook(BytesIO(make(closed, "recapitulation", unit=None).content), data_only=True)
    found = {cell for row in book.worksheets[0].iter_rows(values_only=True) for cell in row}
    assert {"Puskesmas Langgur", "Dukcapil", 77.78, 100} <= found


@on_one_engine
def test_an_averaged_headline_is_the_same_in_the_recapitulation(
    house: House, tmp_path: Path
) -> None:
    """(100 + 50) / 2, where all answers together make 66.67."""
    with writing(house.engine) as session:
        later = a_period(session, session.get_one(Institution, house.district), days=(31, 60))
        later.code, later.headline = "sesudahnya", "averaged"
        session.flush()
        key = later.id
    house.rate(4, 5, service=0, period=key)
    house.rate(2, 10, service=1, period=key)
    with writing(house.engine) as session:
        close_period(session, house.coordinator, key)
    made = {"all": make(house, "recapitulation", unit=None, period=key).content}
    rows = Office(tmp_path).recalculated(made)["all"].worksheets[0].iter_rows(values_only=True)
    (found,) = (row for row in rows if row[1] == "Puskesmas Langgur")
    assert found[12:15] == (None, 75, "C")


def test_contents_of_a_unit(closed: House) -> None:
    with writing(closed.engine) as session:
        told = unit_contents(session, closed.official, closed.clinic, closed.period, "id")
    assert (told.name, told.headline, told.index.n, told.index.shown) == (
        "Puskesmas Langgur",
        "pooled",
        12,
        "77.78",
    )
    assert (told.visits, told.minimum) == (40, 36)
    assert [(part.name, part.index and part.index.n) for part in told.parts] == [("Poli umum", 12)]
    assert [(point.name, point.grade) for point in told.years] == [("Semester ini 2026", "B")]
    assert [one.groups for one in told.respondents] == [((("",), 12),)] * 4
    assert told.mending is not None
    assert told.mending.grade == "A"
    assert told.mending.needs[-1].element == "time"
    assert not told.demonstration


def test_contents_of_an_institution_are_the_mean_of_its_units(closed: House) -> None:
    """(700 / 9 + 100) / 2."""
    with writing(closed.engine) as session:
        told = institution_contents(
            session, closed.coordinator, closed.district, closed.period, "en"
        )
    assert (told.unit, told.headline) == (None, "units")
    assert (told.index.n, told.index.shown) == (18, "88.89")
    assert told.index.means["time"] == 4
    assert told.visits is None
    assert {part.name for part in told.parts} == {"Puskesmas Langgur", "Dukcapil"}


def test_a_unit_under_five_is_in_no_figure_of_the_institution(house: House) -> None:
    house.rate(3, 9)
    house.rate(1, 4, unit=house.registry)
    close(house)
    with writing(house.engine) as session:
        told = institution_contents(session, house.coordinator, house.district, house.period, "id")
    assert (told.index.n, told.index.shown) == (9, "75.00")
    assert told.years[0].index == 75
    assert {part.name: part.index is not None for part in told.parts} == {
        "Puskesmas Langgur": True,
        "Dukcapil": False,
    }


def test_fewer_than_five_have_a_report_without_figures_and_no_worksheet(house: House) -> None:
    house.rate(1, 4)
    close(house)
    with writing(house.engine) as session:
        told = unit_contents(session, house.official, house.clinic, house.period, "id")
    assert (told.index.index, told.parts, told.years[0].index) == (None, (), None)
    assert make(house, "report_pdf").content.startswith(b"%PDF")
    with refusing("at least 5"):
        make(house, "worksheet")


def test_what_nobody_answered_gets_no_poster(house: House) -> None:
    close(house)
    posters = [kind for kind in KINDS if kind.startswith("announcement")]
    assert len(posters) == 3
    for kind in posters:
        for unit, name in ((house.clinic, "Puskesmas Langgur"), (None, "Kabupaten Maluku")):
            with refusing(f"{name}.*nobody has answered"):
                make(house, kind, unit=unit)
    assert "hand_out_paper" not in house.acts()


def test_the_report_tells_what_was_planned_withdrawn_and_who_signs(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from desk.evidence import check_evidence, keep_evidence

    monkeypatch.setenv("DATA", str(tmp_path))
    house.rate(3, 7)
    decide(house, house.analyst, propose(house, house.coordinator, load(house, rows(9, 4))))
    close(house)
    with writing(house.engine) as session:
        place = house.clinic, house.period
        programme = NewProgramme("time", "Loket kedua", date(2099, 1, 31), "Ani")
        plan = plan_follow_up(session, house.official, *place, programme)
        photo = keep_evidence(session, house.official, check_evidence("loket.png", a_photo()))
        broken = older_photo(session, house.official.user_id, b"\xff\xd8\xff no photo")
        note_step(session, house.official, plan.id, ProgrammeStep("under_way", "dibangun", photo))
        note_step(session, house.official, plan.id, ProgrammeStep("done", "dibuka", broken))
    with writing(house.engine) as session:
        told = unit_contents(session, house.official, *place, "id")
    (step,) = told.plan
    assert (step.programme, step.time, step.status) == ("Loket kedua", "31 Januari 2099", "done")
    assert step.photo
    assert (told.excluded, told.withdrawn, told.inputs) == (0, 9, {})
    report = Document(BytesIO(make(house, "report_docx", approval=SIGNED).content))
    texts = [one.text for one in report.paragraphs]
    assert any("dr. Ani" in text for text in texts)
    assert "Ani" not in str(house.last_act().details)


def test_a_signature_that_is_too_long(closed: House) -> None:
    with refusing("at most 200"):
        make(closed, "report_pdf", approval=replace(SIGNED, office="x" * (LONGEST_LINE + 1)))


def test_what_became_of_the_plan_before(closed: House) -> None:
    with writing(closed.engine) as session:
        first = session.get_one(Period, closed.period)
        later = a_period(session, session.get_one(Institution, closed.district))
        later.code, later.starts = "sesudahnya", first.ends + timedelta(days=1)
        later.ends = later.starts + timedelta(days=9)
        session.flush()
        place = closed.clinic, closed.period
        programme = NewProgramme("time", "Loket", date(2099, 1, 1), "Ani")
        plan = plan_follow_up(session, closed.official, *place, programme)
        note_step(session, closed.official, plan.id, ProgrammeStep("dropped", "tidak ada dana"))
    closed.rate(2, 5, period=later.id)
    with writing(closed.engine) as session:
        close_period(session, closed.coordinator, later.id)
    with writing(closed.engine) as session:
        told = unit_contents(session, closed.official, closed.clinic, later.id, "id")
    assert [(step.programme, step.status) for step in told.followed_up] == [("Loket", "not_done")]
    assert not told.plan
    assert [point.index for point in told.years][1] == 50


def test_open_data_hold_the_answers_and_the_index(house: House) -> None:
    house.rate(GOOD, 30, service=0, experience=("undue_delay",))
    house.rate({"time": 2}, 30, service=1)
    house.rate({}, 2)
    close(house)
    with ZipFile(BytesIO(make(house, "open_data").content)) as package:
        read = {
            name: list(csv.DictReader(StringIO(package.read(name).decode("utf-8-sig"))))
            for name in ("data.csv", "units.csv", "experience.csv")
        }
    assert Counter(row["time"] for row in read["data.csv"]) == {"4": 30, "2": 30}
    assert [row["respondents"] for row in read["units.csv"]] == ["60"]
    assert {"unit": "Puskesmas Langgur", "experience": "undue_delay", "responses": "30"} in read[
        "experience.csv"
    ]


def test_ratings_are_stored_while_a_paper_is_drawn(
    closed: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No transaction is open meanwhile: on SQLite the other would have to wait for it."""
    kept = KINDS["worksheet"]

    def slow(*asked: Any) -> Drawing:
        drawing = kept.unit(*asked) if kept.unit else None

        def drawn() -> bytes:
            with writing(closed.engine) as session:
                record_visits(
                    session,
                    closed.official,
                    closed.clinic,
                    closed.period,
                    VisitCount(41, reason="baru terhitung sekarang"),
                )
            return drawing.draw() if drawing else b""

        return Drawing(drawn)

    monkeypatch.setitem(KINDS, "worksheet", replace(kept, unit=slow))
    make(closed, "worksheet")
    assert closed.acts()[-2:] == ["record_visits", "hand_out_paper"]

"""What the next survey tells of a plan's elements: once each, with no cause claimed."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document

from accounts.actors import Forbidden
from analysis.errors import Problem
from desk.office.periods import close_period
from desk.papers.contents import unit_contents
from desk.unit.effects import effects_of
from desk.unit.follow_up import NewProgramme, ProgrammeStep, note_step, plan_follow_up
from desk.unit.plans import period_before
from desk.unit.results import unit_results
from models import Institution, Period, writing
from reports.contents import Effect
from reports.papers.report import report_docx
from tests.desk.conftest import ELEMENTS, House
from tests.world import a_period

SPREAD = (2, 3, 3, 4)


@pytest.fixture
def earlier(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """A survey before: 40 answers around 3, with a plan for time (twice) and cost; closed."""
    monkeypatch.setenv("DATA", str(tmp_path))
    with writing(house.engine) as session:
        district = session.get_one(Institution, house.district)
        before = a_period(session, district, days=(-90, -31))
        before.code, before.name = "semester-lalu", "Semester lalu"
        session.flush()
        key = before.id
    rate(house, key)
    with writing(house.engine) as session:
        place = house.clinic, key
        for element in ("time", "time", "cost"):
            programme = NewProgramme(element, "Loket", date(2099, 1, 1), "Ani")
            one = plan_follow_up(session, house.official, *place, programme)
            if element == "time":
                note_step(session, house.official, one.id, ProgrammeStep("done", "Dibuka"))
    shut(house, key)
    return key


def rate(house: House, period: int, **changed: int) -> None:
    for answer in SPREAD:
        told: Mapping[str, int] = {**dict.fromkeys(ELEMENTS, answer), **changed}
        house.rate({key: min(4, told[key]) for key in ELEMENTS}, 10, period=period)


def shut(house: House, period: int) -> None:
    with writing(house.engine) as session:
        close_period(session, house.coordinator, period)


def found(house: House) -> dict[str, Effect]:
    with house.looking() as session:
        now = session.get_one(Period, house.period)
        results = unit_results(session, house.official, house.clinic, now.id)
        effects = effects_of(session, house.official, results, period_before(session, now))
    assert len({one.element for one in effects}) == len(effects)
    return {one.element: one for one in effects}


def test_what_rose_after_a_programme_and_what_did_not(house: House, earlier: int) -> None:
    for answer in SPREAD:
        house.rate({**dict.fromkeys(ELEMENTS, answer), "time": max(3, answer)}, 10)
    shut(house, house.period)
    effects = found(house)
    assert list(effects) == ["time", "cost"]
    time, cost = effects["time"], effects["cost"]
    assert (time.before, time.now) == (Fraction(3), Fraction(13, 4))
    assert (time.done, time.verdict) == (True, "same")
    assert time.change.adjusted is not None
    assert time.change.adjusted > (time.change.p or 0)
    assert (cost.done, cost.verdict, cost.change.difference) == (False, "same", 0)


@pytest.mark.parametrize(("answers", "verdict"), [((3, 4, 4, 4), "rose"), ((1, 2, 2, 3), "fell")])
def test_a_change_beyond_chance_is_named(
    house: House, earlier: int, answers: tuple[int, ...], verdict: str
) -> None:
    for answer, usual in zip(answers, SPREAD, strict=True):
        house.rate({**dict.fromkeys(ELEMENTS, usual), "time": answer}, 10)
    shut(house, house.period)
    effects = found(house)
    assert (effects["time"].verdict, effects["cost"].verdict) == (verdict, "same")
    low, high = effects["time"].change.interval or (0, 0)
    assert low < float(effects["time"].now - effects["time"].before) < high


def test_while_the_survey_runs_nothing_is_told(house: House, earlier: int) -> None:
    rate(house, house.period)
    assert found(house) == {}


def test_too_few_answers_tell_nothing(house: House, earlier: int) -> None:
    house.rate(4, 4)
    shut(house, house.period)
    assert found(house) == {}


def test_all_answering_alike_say_why_there_is_no_verdict(house: House, earlier: int) -> None:
    house.rate(4, 20)
    shut(house, house.period)
    assert found(house)["time"].verdict == "unknown"
    assert found(house)["time"].change.verdict == Problem("all_alike")


def test_only_who_sees_the_unit_sees_its_effects(house: House, earlier: int) -> None:
    rate(house, house.period)
    shut(house, house.period)
    with house.looking() as session:
        results = unit_results(session, house.official, house.clinic, house.period)
        before = session.get_one(Period, earlier)
        with pytest.raises(Forbidden):
            effects_of(session, house.other_official, results, before)


def test_the_report_tells_it_in_chapter_three(house: House, earlier: int) -> None:
    for answer, usual in zip((3, 4, 4, 4), SPREAD, strict=True):
        house.rate({**dict.fromkeys(ELEMENTS, usual), "time": answer}, 10)
    shut(house, house.period)
    with writing(house.engine) as session:
        told = unit_contents(session, house.official, house.clinic, house.period, "id")
    document = Document(BytesIO(report_docx(told, "id")))
    texts = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    texts += [paragraph.text for paragraph in document.paragraphs]
    assert "Nilai unsur ini naik setelah program selesai." in texts
    assert any("Survei tidak membuktikan sebab perubahan" in text for text in texts)

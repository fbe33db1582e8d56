"""An integrity zone's surveys, answers 1-6: from the form to every paper, named as they are."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from accounts.actors import Actor
from analysis.rulebook.instrument import load_instrument
from desk.office.keying import (
    SECOND,
    NewKeying,
    Sheet,
    SheetEntry,
    begin_keying,
    key_sheet,
    sample_of,
    store_keying,
)
from desk.office.periods import close_period
from desk.office.visits import VisitCount, record_visits
from desk.papers.contents import institution_contents, unit_contents
from desk.papers.papers import KINDS, Paper, RequestedPaper, hand_out
from desk.unit.results import UnitResults, unit_results
from desk.unit.steps import keep_steps
from models import Keying, User, now, open_engine, reading, writing
from survey.checks import Submission, SubmissionRefused
from survey.receipts import mint_key
from survey.submission import submit
from tests.desk.conftest import on_one_engine
from tests.reports.office import Office
from tests.world import District, a_district

SURVEYS = {"spkp-2021": "IPKP", "spak-2021": "IPAK"}
SECRET = b"0" * 32
SUMMIT = 6


class Zone:
    """A district that runs one of the two surveys, with its coordinator."""

    def __init__(self, engine: Engine, survey: str) -> None:
        self.engine, self.items = engine, list(load_instrument(survey).allowed)
        with writing(engine) as session:
            self.world: District = a_district(session, survey)
            user = User(username="budi", name="Budi", password_hash="-", active=True)
            session.add(user)
            session.flush()
            places = frozenset({self.world.district.id})
            self.actor = Actor(user.id, "Budi", institutions=places)
            self.place = self.world.clinic.id, self.world.period.id

    def answer(self, answer: int, number: int) -> None:
        """Submits a form so many times, as the light door does."""
        for _ in range(number):
            with writing(self.engine) as session:
                told = dict.fromkeys(self.items, answer)
                form = Submission(mint_key(), "puskesmas-langgur", "semester-ini", told)
                submit(session, SECRET, form, now())

    def close(self) -> None:
        with writing(self.engine) as session:
            record_visits(session, self.actor, *self.place, VisitCount(40))
            close_period(session, self.actor, self.place[1])

    def results(self) -> UnitResults:
        assert keep_steps(self.engine, self.actor, self.place[0])
        with reading(self.engine) as session:
            return unit_results(session, self.actor, *self.place)

    def paper(self, kind: str, unit: bool = True) -> Paper:
        asked = RequestedPaper(kind, self.place[1], self.place[0] if unit else None)
        return hand_out(self.engine, self.actor, asked)


@pytest.fixture(params=SURVEYS)
def survey(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def zone(engine: Engine, survey: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Zone:
    monkeypatch.setenv("DATA", str(tmp_path))
    return Zone(engine, survey)


@pytest.fixture
def zones(sqlite_url: str, postgresql_url: str, survey: str) -> Iterator[list[Zone]]:
    """The same zone on each engine."""
    engines = [open_engine(sqlite_url), open_engine(postgresql_url)]
    yield [Zone(engine, survey) for engine in engines]
    for engine in engines:
        engine.dispose()


@pytest.mark.parametrize("survey", [*SURVEYS, "skm-2017"], indirect=True)
def test_both_engines_fill_the_papers_alike(zones: list[Zone]) -> None:
    """So that those tests that draw every paper do it on one of them."""
    told = []
    for zone in zones:
        for answer, number in ((4, 5), (3, 7), (2, 1)):
            zone.answer(answer, number)
        zone.close()
        with reading(zone.engine) as session:
            whole = zone.world.district.id, zone.place[1]
            told.append(
                [
                    unit_contents(session, zone.actor, *zone.place, "id"),
                    institution_contents(session, zone.actor, *whole, "id"),
                ]
            )
    assert told[0] == told[1]


@on_one_engine
def test_from_the_form_to_every_paper(zone: Zone, survey: str, tmp_path: Path) -> None:
    """5 x 6 and 5 x 5 of six: 4 x 5.5 / 6 = 3.67."""
    zone.answer(6, 5)
    zone.answer(5, 5)
    zone.close()
    found = zone.results().index
    assert found is not None
    assert (found.shown, found.n) == ("3.67", 10)
    for kind, paper in KINDS.items():
        for unit in (True, False):
            if paper.unit if unit else paper.institution:
                assert zone.paper(kind, unit).content, kind
    made = {
        "sheet": zone.paper("worksheet").content,
        "all": zone.paper("recapitulation", False).content,
    }
    for name, book in Office(tmp_path).recalculated(made).items():
        cells = [
            cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
        ]
        assert 3.67 in cells, name
        assert any(SURVEYS[survey] in str(cell) for cell in cells)
        assert not any("IKM" in str(cell) or "Kepuasan" in str(cell) for cell in cells), name


def test_a_seventh_answer_is_refused(zone: Zone) -> None:
    with pytest.raises(SubmissionRefused):
        zone.answer(SUMMIT + 1, 1)
    with pytest.raises(SubmissionRefused):
        zone.answer(0, 1)


def test_paper_forms_are_keyed_from_a_to_f(zone: Zone) -> None:
    with writing(zone.engine) as session:
        keying = begin_keying(session, zone.actor, NewKeying(*zone.place, "K1", 10)).id
    sheet = Sheet(answers=dict.fromkeys(zone.items, SUMMIT))
    with writing(zone.engine) as session:
        for serial in range(1, 11):
            key_sheet(session, zone.actor, keying, SheetEntry(serial, sheet, 1))
        for serial in sample_of(session.get_one(Keying, keying)):
            key_sheet(session, zone.actor, keying, SheetEntry(serial, sheet, SECOND))
        store_keying(session, zone.actor, keying)
    index = zone.results().index
    assert index is not None
    assert index.shown == "4.00"


def test_the_questionnaire_has_six_letters(zone: Zone) -> None:
    page = zone.paper("questionnaire").content.decode()
    assert page.count("<li>f. Sangat setuju</li>") == len(zone.items)

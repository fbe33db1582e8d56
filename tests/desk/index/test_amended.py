"""A look after an act derives anew only the institutions that the act concerned."""

import re
from collections.abc import Collection
from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

import desk
import survey
from analysis.rulebook.scheme import Scheme, load_scheme
from desk.assessment.completeness import Fieldwork, fieldwork_of
from desk.audit import log
from desk.index import kept, perception
from desk.index.concerned import ACTS, institutions_concerned
from desk.index.kept import ToldEvent
from desk.index.perception import Scoring, score_visible, score_year, year_shown
from desk.publication.explaining import explain
from models import Unit, reading, writing
from tests.desk.conftest import House, another_district
from tests.desk.index.test_league import assert_same, rate_a_year
from tests.desk.index.test_perception import FIRST

PERCEPTION = load_scheme("perception-2022")
Asked = list[set[int]]


@pytest.fixture
def two(house: House) -> House:
    """Two institutions that were judged; the first is surveyed as well."""
    with writing(house.engine) as session:
        other = another_district(session, "lain").id
    rate_a_year(house, FIRST, good=28, poor=2)
    house.judge(3)
    house.judge(2, house.registry)
    house.judge(1, other)
    return house


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """The units whose fieldwork was looked at, one entry each time."""
    units: Asked = []

    def look(session: Session, year: int, scheme: Scheme, of: Collection[int]) -> Fieldwork:
        units.append(set(of))
        return fieldwork_of(session, year, scheme, of)

    monkeypatch.setattr(perception, "fieldwork_of", look)
    return units


def look(house: House, scoring: Scoring) -> None:
    """What is shown is what scoring gives."""
    with reading(house.engine) as session:
        shown = year_shown(session, house.analyst, scoring)
        assert_same(shown, score_year(session, house.analyst, scoring))


@pytest.mark.parametrize("squares", [False, True])
@pytest.mark.parametrize("scheme", ["perception-2022", "ombudsman-2022", "compliance-2021"])
def test_an_act_on_one_institution_is_seen_and_the_other_not_looked_at(
    two: House, asked: Asked, scheme: str, squares: bool
) -> None:
    scoring = Scoring(load_scheme(scheme), 2025, stand_in=True, squares=squares)
    look(two, scoring)
    every = asked[0]
    own = {two.clinic, two.registry}
    (other,) = every - own
    for unit, rung, concerned in (
        (two.registry, 4, own),
        (other, 4, {other}),
        (two.clinic, 0, own),
    ):
        asked.clear()
        two.judge(rung, unit)
        look(two, scoring)
        assert asked == [concerned, every]  # the look, then all for comparison


def test_after_many_acts_all_is_derived(
    two: House, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    scoring = Scoring(PERCEPTION, 2025)
    monkeypatch.setattr(kept, "MOST_EVENTS", 1)
    look(two, scoring)
    two.judge(4)
    two.judge(1)
    asked.clear()
    look(two, scoring)
    assert asked[0] == asked[1]


def test_a_transaction_that_was_undone_is_not_seen_later(two: House, asked: Asked) -> None:
    """What it derived is kept under an event that nobody else sees."""
    scoring = Scoring(PERCEPTION, 2025)
    look(two, scoring)
    with writing(two.engine) as session:
        log(session, two.analyst, "assess", units=[two.clinic])
        session.flush()
        year_shown(session, two.analyst, scoring)
        session.rollback()
    asked.clear()
    look(two, scoring)
    assert asked[0] == asked[1]


def test_acts_are_named_as_they_are_written() -> None:
    """Each act whose event names its place is written somewhere under that name."""
    roots = (Path(str(one.__file__)).parent for one in (desk, survey))
    others = [path for root in roots for path in root.rglob("*.py") if path.stem != "concerned"]
    written = set(re.findall(r'"([a-z_]+)"', "".join(path.read_text() for path in others)))
    assert {act for acts in ACTS.values() for act in acts} <= written


@pytest.mark.parametrize(
    ("act", "told"),
    [
        ("rename_place", {"place": "malra"}),
        ("load_register", {}),
        ("declare", {}),
        ("interview", {"unit": "unknown"}),
        ("assess", {"units": [0]}),
    ],
)
def test_what_names_no_place_here_may_concern_any(
    house: House, act: str, told: dict[str, object]
) -> None:
    known = ToldEvent("assess", {"units": [house.clinic]})
    with reading(house.engine) as session:
        assert institutions_concerned(session, [known]) == {house.district}
        assert institutions_concerned(session, [known, ToldEvent(act, told)]) is None


def test_one_institution_is_scored_and_explained_without_the_others(two: House) -> None:
    """The views that look at all units before one may choose are not asked."""
    statements: list[str] = []

    def note(*of: object) -> None:
        statements.append(str(of[2]))

    scoring = Scoring(PERCEPTION, 2025, stand_in=True)
    with reading(two.engine) as session:
        event.listen(two.engine, "before_cursor_execute", note)
        one = score_visible(session, two.analyst, scoring, two.district)
        explain(session, two.analyst, scoring, two.district)
        event.remove(two.engine, "before_cursor_execute", note)
        views = [text for text in statements if re.search("current_(assess|interv)", text)]
        assert (len(statements) > 10, views) == (True, [])
        every = score_year(session, two.analyst, scoring)
        of_it = session.scalars(select(Unit.id).where(Unit.institution_id == two.district)).all()
    scores = {
        unit.id: found.score for unit, found in zip(every.units, every.result.units, strict=True)
    }
    assert {
        unit.id: found.score for unit, found in zip(one.units, one.result.units, strict=True)
    } == {unit: score for unit, score in scores.items() if unit in of_it}

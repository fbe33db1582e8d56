"""What is needed of a unit, by the rule of its year and round."""

import pytest

from analysis.rulebook.sampling import load_sampling, parse_sampling
from analysis.rulebook.scheme import load_scheme
from desk.assessment.completeness import Fieldwork, fieldwork_of
from desk.assessment.lacks import Lack
from desk.assessment.rounds import SubjectChoice, choose_subjects
from models import reading, writing
from tests.desk.conftest import House, another_district


def work(house: House, unit: int, year: int, scheme: str = "ombudsman-2022") -> Fieldwork:
    with reading(house.engine) as session:
        return fieldwork_of(session, year, load_scheme(scheme), [unit])


def test_a_round_from_before_the_number_of_users_stands_under_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = load_sampling().yaml.splitlines(keepends=True)
    text = "".join(line for line in lines if not line.startswith("  interviews:"))
    before = parse_sampling(text, "before")
    assert before.rule(2023).interviews is None
    monkeypatch.setattr("desk.assessment.rounds.load_sampling", lambda: before)
    house.judge(3, year=2023)
    assert work(house, house.clinic, 2023).lacks[house.clinic] == (
        Lack("interviews", "experience", found=0, needed=30),
    )


def test_a_rule_that_says_no_numbers_asks_for_one(house: House) -> None:
    house.assign(year=2021)
    with writing(house.engine) as session:
        one = SubjectChoice(["layanan-1"], {}, "satu layanan dihentikan")
        choose_subjects(session, house.analyst, 1, house.clinic, one)
    house.judge(3, year=2021, scheme="compliance-2021")
    assert work(house, house.clinic, 2021, "compliance-2021").lacks == {}


def test_a_unit_that_gives_one_service_needs_one(house: House) -> None:
    with writing(house.engine) as session:
        unit = another_district(session, "lain").id
    house.judge(3, unit, scheme="compliance-2021")
    assert work(house, unit, 2025, "compliance-2021").lacks == {}


def test_each_interview_is_held_with_as_many_users(house: House) -> None:
    house.judge(3, scheme="opini-2025", areas=("competence", "governance", "complaints"))
    house.interview()
    assert work(house, house.clinic, 2025, "opini-2025").lacks[house.clinic] == (
        Lack("interviews", "seen_standards", found=0, needed=30),
        Lack("interviews", "trust", found=0, needed=30),
    )


def test_a_scheme_asks_only_for_what_it_scores(house: House) -> None:
    """Nothing of complaint officers, nor of users, for service standards."""
    house.judge(3, scheme="compliance-2021")
    assert work(house, house.clinic, 2025, "compliance-2021").lacks == {}
    lacks = work(house, house.clinic, 2025, "perception-2022").lacks[house.clinic]
    assert {one.area for one in lacks} == {"competence"}

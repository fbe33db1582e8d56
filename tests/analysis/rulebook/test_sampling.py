"""The rules of the sample: the numbers of each year, and files that are refused."""

import pytest

from analysis.errors import BadInput
from analysis.rulebook.sampling import load_sampling, parse_sampling
from tests.refusing import in_english, refusing

RULES = load_sampling()


@pytest.mark.parametrize(
    ("year", "units"),
    [
        (2016, {"office": 2}),
        (2020, {"office": 2}),
        (2021, {"office": 4}),
        (2022, {"office": 5, "puskesmas": 2}),
        (2030, {"office": 5, "puskesmas": 2}),
    ],
)
def test_the_units_of_a_district_by_year(year: int, units: dict[str, int]) -> None:
    found = RULES.rule(year).units_of("district")
    assert {kind: number.value for kind, number in found.items()} == units
    assert {number.standing for number in found.values()} == {"stated"}


def test_nothing_is_said_of_a_ministry() -> None:
    assert RULES.rule(2023).units_of("ministry") == {}


def test_the_subjects_of_a_unit() -> None:
    subjects = RULES.rule(2023).subjects
    assert {kind: number.value for kind, number in subjects.items()} == {
        "product": 2,
        "petugas": 4,
        "pengaduan": 2,
    }
    assert RULES.rule(2021).subjects == {}


def test_the_focus_of_2024() -> None:
    assert [list(RULES.focus(year)) for year in (2023, 2024)] == [[], ["spm"]]


def test_a_year_before_all_rules() -> None:
    with refusing("found 2015, expected 2016 or later"):
        RULES.rule(2015)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("from: 2021-01-01", "from: 2020-12-31", "each year under one rule"),
        ("from: 2021-01-01, to: 2021-12-31", "from: 2021-01-01", "each year under one rule"),
        ("office: {value: 5", "dinas: {value: 5", "found dinas, expected one of hospital"),
        ("puskesmas: {value: 2", "puskesmas: {value: 0", "expected at least 1"),
        ("standing: stated, source: penilaian-2024", "source: penilaian-2024", "found nothing"),
        ("source: penilaian-2024", "source: koran", "found koran"),
        ("  pengaduan:\n    name", "  kader1:\n    name", "kader1"),
    ],
)
def test_what_breaks_a_rule_is_named(old: str, new: str, told: str) -> None:
    assert old in RULES.yaml
    with pytest.raises(BadInput) as error:
        parse_sampling(RULES.yaml.replace(old, new), "sampling.yaml")
    assert told in in_english(error.value)
    assert "sampling.yaml" in in_english(error.value)


def test_the_users_to_interview_are_stated_for_2023() -> None:
    sampling = load_sampling()
    number = sampling.rule(2023).interviews
    assert number is not None
    assert (number.value, number.standing, sampling.sources[number.source].year) == (
        30,
        "stated",
        2023,
    )
    assert sampling.rule(2021).interviews is None

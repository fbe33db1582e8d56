"""Assessors' instruments: whole ladders, known sources, items that the schemes ask for."""

from pathlib import Path

import pytest

from analysis.errors import BadInput
from analysis.rulebook.fieldwork import (
    FOLDER,
    blends,
    instruments_of,
    items_of,
    judged_in,
    load_field_instrument,
    parse_field_instrument,
    schemes_judged_in,
)
from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme, scheme_ids
from analysis.rules import rule_ids
from tests.refusing import in_english

SMALL = """
id: small
title: Small
valid: {from: 2020-01-01}
area: facilities
subject: unit
subjects: {value: 1, standing: assumed, source: us}
sources: {us: {title: Us, year: 2026}}
standing: assumed
source: us
ladder: {standing: assumed, source: us}
note: ""
items:
- key: roof
  text: Roof
  rungs: {0: a, 1: b, 2: c, 3: d, 4: e}
"""


def test_the_instruments_of_a_year() -> None:
    areas = {"standards", "competence", "facilities", "complaints", "experience"}
    assert set(instruments_of(2025)) == areas | {"governance", "seen_standards", "trust"}
    assert set(instruments_of(2024)) == areas
    assert set(instruments_of(2018)) == {"standards"}
    assert set(instruments_of(2010)) == set()


@pytest.mark.parametrize("scheme", ["ombudsman-2022", "opini-2025", "perception-2022"])
def test_every_judged_indicator_has_its_item(scheme: str) -> None:
    """And no item counts in an indicator that a scheme of that year has not."""
    year = load_scheme(scheme).valid.start.year
    indicators = {
        node.key
        for node in load_scheme(scheme).indicators()
        if node.evidence in (None, "judgement")
    }
    asked = {item.indicator for one in judged_in(year).values() for item in one.asked_in(year)}
    assert indicators <= asked
    if scheme == "ombudsman-2022":
        assert indicators == asked


def test_recommendations_are_asked_since_2023_and_count_with_the_ombudsman() -> None:
    def keys(year: int) -> list[str]:
        return [item.key for item in judged_in(year)["competence"].asked_in(year)]

    assert set(keys(2023)) - set(keys(2022)) == {"knows_recommendations"}
    assert items_of("knows_ombudsman") == {"knows_ombudsman", "knows_recommendations"}


def test_fourteen_components_of_the_law() -> None:
    standards = load_field_instrument("standards-2016")
    assert len(standards.items) == 14
    assert (standards.standing, standards.ladder.standing) == ("stated", "assumed")


def test_users_are_asked_the_ten_forms_that_citizens_are_asked() -> None:
    experience = load_field_instrument("experience-2022").experience
    assert experience is not None
    assert set(experience.forms) == set(load_instrument("skm-2017").experience.forms)


@pytest.mark.parametrize("name", rule_ids(FOLDER))
def test_every_text_is_in_both_languages(name: str) -> None:
    instrument = load_field_instrument(name)
    texts = [instrument.title, instrument.note]
    texts += [text for item in instrument.items for text in (item.text, *item.rungs.values())]
    assert all(text.id and text.en and text.id != text.en for text in texts)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (", 4: e", "", "a text for each of 0, 1, 2, 3, 4"),
        ("4: e", "4: e, 5: f", "a text for each of 0, 1, 2, 3, 4"),
        ("source: us\nladder", "source: them\nladder", "source: found them, expected one of us"),
        ("area: facilities", "area: experience", "items, or experience"),
        ("area: facilities", "area: weather", "small.yaml: area"),
        ("subject: unit", "subject: dog", "small.yaml: subject"),
        ("  text: Roof", "  text: Roof\n  counts_in: house", "items that count in an item"),
        ("- key: roof", "- colour: red\n  key: roof", "no such key"),
        ("valid: {from: 2020-01-01}", "valid: {from: 2020-01-01, to: 2019-01-01}", "a last day"),
    ],
)
def test_a_broken_file_is_refused_with_its_reason(old: str, new: str, told: str) -> None:
    assert parse_field_instrument(SMALL, "small.yaml").asked_in(2026)[0].key == "roof"
    assert old in SMALL
    with pytest.raises(BadInput) as refused:
        parse_field_instrument(SMALL.replace(old, new), "small.yaml")
    assert told in in_english(refused.value)


def test_an_instrument_of_ones_own_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(SMALL)
    assert load_field_instrument(str(file)).hash == parse_field_instrument(SMALL, "x").hash


def test_a_scheme_of_answers_blends_nothing() -> None:
    found = {name for name in scheme_ids() if not blends(load_scheme(name))}
    assert found == {"skm-2004", "skm-2017", "ipkp-2021", "ipak-2021"}


@pytest.mark.parametrize("year", range(2016, 2028))
def test_what_is_judged_in_a_year_is_asked_by_its_schemes(year: int) -> None:
    scheme, *others = schemes_judged_in(year)
    asked = {item.indicator for one in judged_in(year).values() for item in one.asked_in(year)}
    assert asked
    own = {node.key for node in scheme.indicators()}
    assert asked <= own.union(*({node.key for node in one.indicators()} for one in others))
    assert [one.id for one in others] == (["ombudsman-2022"] if year >= 2025 else [])
    assert scheme.valid.start.year <= year
    assert scheme.valid.end is None or scheme.valid.end.year >= year

"""What citizens call offices: dated data that says where it comes from."""

import re

import pytest

from analysis.errors import BadInput
from survey.finding.abbreviations import load_abbreviations, parse_abbreviations, read_words

RULES = """
id: a
valid: {{from: 2026-01-01}}
fillers: [di]
sources: {{own: {{title: x, year: 2026}}}}
groups: [{{standing: assumed, source: {source}, forms: {forms}}}]
"""


def first(typed: str) -> list[str]:
    return [forms[0] for forms in read_words(typed)]


def test_words_that_are_one_form_stay_together_and_fillers_are_left_out() -> None:
    assert first("Mau urus Kartu Keluarga di Tual?") == ["kartu keluarga", "tual"]
    assert first("kantor urusan agama (Tual)") == ["kantor urusan agama", "tual"]
    assert first("kantor") == ["kantor"]
    assert first("?! -") == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("disdukcapil", "kependudukan dan pencatatan sipil"),
        ("capil", "dukcapil"),
        ("PKM", "puskesmas"),
        ("RSUD", "rumah sakit umum daerah"),
        ("dukcapl", "kependudukan dan pencatatan sipil"),
    ],
)
def test_an_abbreviation_means_its_other_forms_too(typed: str, meant: str) -> None:
    (forms,) = read_words(typed)
    assert forms[0] == typed.lower()
    assert meant in forms


def test_every_group_says_where_it_comes_from() -> None:
    rules = load_abbreviations()
    for group in rules.groups:
        assert (group.standing == "assumed") == (group.source == "own")
    assert {group.source for group in rules.groups} == rules.sources.keys()


@pytest.mark.parametrize(
    ("source", "forms", "told"),
    [
        ("law", "[a, b]", "unknown"),
        ("own", "[a]", "few"),
        ("own", "[a, B]", "pattern"),
    ],
)
def test_a_broken_rule_is_refused(source: str, forms: str, told: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_abbreviations(RULES.format(source=source, forms=forms), "a.yaml")
    assert any(re.search(told, problem.code) for problem in refused.value.problems)

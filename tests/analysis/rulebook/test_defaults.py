"""What is offered first is named once, and exists."""

import pytest

from analysis.rulebook.defaults import FILE, load_defaults, parse_defaults
from analysis.rulebook.fieldwork import blends
from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme
from desk.index.perception import is_scored_here
from tests.refusing import refusing


def test_what_is_offered_first_can_be_chosen() -> None:
    first = load_defaults()
    assert load_instrument(first.questionnaire)
    assert is_scored_here(load_scheme(first.scheme_of_scores))
    assert load_scheme(first.scheme_shown)
    for scheme in map(load_scheme, first.schemes_compared):
        assert blends(scheme)
        assert scheme.bands


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("questionnaire: skm-2017", "questionnaire: skm-1999", "questionnaire"),
        ("scheme_of_scores: perception-2022", "scheme_of_scores: none", "scheme_of_scores"),
        ("[ombudsman-2022, compliance-2021]", "[ombudsman-2022]", "schemes_compared"),
        ("[ombudsman-2022, compliance-2021]", "[ombudsman-2022, skm]", "schemes_compared.1"),
        ("scheme_shown:", "scheme_hidden:", "scheme_hidden"),
    ],
)
def test_a_default_that_does_not_exist_is_refused(old: str, new: str, key: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    with refusing(key):
        parse_defaults(text.replace(old, new), FILE.name)

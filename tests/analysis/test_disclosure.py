"""The rule of small groups stands once, and what may be shown is a type that it makes."""

import ast
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.disclosure import Undisclosed, few, hidden_groups, merged_groups
from analysis.index.disclosed import disclose, disclose_experience, mean_index
from analysis.index.experience import Experienced
from analysis.index.satisfaction import Satisfaction
from analysis.rulebook.scheme import load_scheme

HOME = Path(__file__).parents[2]
FLOORS = ("analysis", "survey", "desk", "reports", "screens", "demonstration")
RULE = {HOME / "analysis/disclosure.py", HOME / "analysis/index/disclosed.py"}
FILES = [file for floor in FLOORS for file in sorted((HOME / floor).rglob("*.py"))]
# What one floor must not name, for want of a way to mask it: the unmasked siblings.
UNMASKED = {"Satisfaction", "Experienced", "undisclosed"}
SCHEME = load_scheme("skm-2017")
KEYS = [node.key for node in SCHEME.children]
SIZES = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 12), min_size=1)


def names(node: ast.AST) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Name):
            yield one.id
        elif isinstance(one, ast.Attribute):
            yield one.attr


def test_nothing_but_the_rule_compares_or_computes_with_the_smallest_group() -> None:
    """Elsewhere its number is only said."""
    using = [
        f"{file.relative_to(HOME)}:{node.lineno}"
        for file in FILES
        if file not in RULE
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Compare | ast.BinOp)
        if "SMALLEST_GROUP" in set(names(node))
    ]
    assert using == []


@pytest.mark.parametrize("floor", ["screens", "reports/papers", "reports/notices"])
def test_what_is_drawn_knows_no_unmasked_result(floor: str) -> None:
    files = sorted((HOME / floor).rglob("*.py"))
    assert files
    for file in files:
        assert UNMASKED & set(names(ast.parse(file.read_text()))) == set(), file


@given(SIZES)
def test_no_hidden_group_can_be_had_by_subtraction(sizes: Mapping[str, int]) -> None:
    hidden = hidden_groups(sizes)
    assert not any(few(n) for key, n in sizes.items() if key not in hidden)
    together = sum(sizes[key] for key in hidden)
    assert not few(together) or together == sum(sizes.values())


@given(SIZES)
def test_merged_groups_are_a_whole_of_large_groups(sizes: Mapping[str, int]) -> None:
    groups = merged_groups(sizes)
    whole = sum(sizes.values())
    assert sum(n for _, n in groups) == (0 if whole < 5 else whole)
    assert all(n >= 5 for _, n in groups)


def an_index(n: int, answered: Mapping[str, int]) -> Satisfaction:
    means = {key: Fraction(3) if count else None for key, count in answered.items()}
    return Satisfaction(SCHEME, n, answered, means, Fraction(75), None)


@given(st.integers(0, 12), st.lists(st.integers(0, 12), min_size=9, max_size=9))
def test_a_disclosed_index_tells_of_no_one_to_four(n: int, counts: list[int]) -> None:
    answered = dict(zip(KEYS, counts, strict=True))
    shown = disclose(an_index(n, answered))
    assert shown.n == n
    if n < 5:
        assert shown.too_few
        assert (shown.index, shown.band, dict(shown.means), dict(shown.answered)) == (
            None,
            None,
            {},
            {},
        )
        return
    assert shown.index == 75
    assert not any(few(count) for count in shown.answered.values())
    assert shown.hidden == hidden_groups(answered)
    assert {key for key, mean in shown.means.items() if mean is None} == shown.hidden | {
        key for key, count in answered.items() if not count
    }


def test_an_institution_shows_no_mean_that_a_unit_hides() -> None:
    whole = disclose(an_index(9, dict.fromkeys(KEYS, 9)))
    part = disclose(an_index(9, dict.fromkeys(KEYS, 9) | {KEYS[0]: 2}))
    both = mean_index([whole, part])
    assert part.means[KEYS[0]] is both.means[KEYS[0]] is None
    assert both.hidden == part.hidden
    assert both.index == 75


@pytest.mark.parametrize(
    ("answered", "none", "score", "above"),
    [(5, 5, 100, False), (9, 6, Fraction(400, 9), True), (10, 5, 50, False), (5, 1, 0, True)],
)
def test_a_score_that_would_tell_of_one_to_four_people_is_a_bound(
    answered: int, none: int, score: Fraction, above: bool
) -> None:
    shown = disclose_experience(Experienced(answered, none, 0, {"undue_delay": answered - none}))
    assert shown
    assert (shown.score, shown.above) == (score, above)
    assert (shown.none is None) == (above or few(none))
    assert (shown.forms["undue_delay"] is None) == (0 < answered - none < 5)


def test_of_fewer_than_five_no_experience_is_told() -> None:
    assert disclose_experience(Experienced(4, 4, 0, {})) is None
    assert disclose_experience() is None


def test_what_is_undisclosed_is_opened_by_its_name_alone() -> None:
    assert Undisclosed(7).undisclosed == 7

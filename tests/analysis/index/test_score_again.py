"""Scores after some units' values changed are those of scoring all of them, whatever the scheme."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis.errors import BadInput
from analysis.index.composite import Column
from analysis.index.institutions import Assessed, Result, score_again, score_institutions
from analysis.rulebook.scheme import Scheme
from tests.analysis.index.test_operations import scheme

BY_ITSELF = "key: a, normalise: identity"
SCHEMES = {
    "means": scheme(BY_ITSELF, "key: b, normalise: identity", more="coverage: 0.5\n"),
    "geometric": scheme(BY_ITSELF, "key: b, normalise: identity", more="mean: geometric\n"),
    "caps": scheme(
        BY_ITSELF, "key: b, normalise: {kind: goalposts, between: [20, 60], caps: true}"
    ),
    "among all": scheme(BY_ITSELF, "key: b, normalise: min_max"),
    "ranks": scheme(BY_ITSELF, "key: b, normalise: rank, direction: down"),
    "outliers": scheme(BY_ITSELF, "key: b, normalise: identity, outliers: {kind: winsorise}"),
}
UNITS = 6
values = st.none() | st.integers(1, 100).map(Fraction)
columns = st.lists(values, min_size=UNITS, max_size=UNITS)


def assessed(first: Column, second: Column) -> Assessed:
    return Assessed(
        institutions=[f"place-{at // 2}" for at in range(UNITS)],
        units=[f"unit-{at}" for at in range(UNITS)],
        columns={"a": first, "b": second},
        provinces=["one", "one", "one", "one", None, None],
    )


def scored(rules: Scheme, of: Assessed) -> Result | None:
    try:
        return score_institutions(rules, of)
    except BadInput:
        return None


@pytest.mark.parametrize("name", SCHEMES)
@given(
    first=columns,
    second=columns,
    changed=st.dictionaries(st.integers(0, UNITS - 1), st.tuples(values, values)),
)
def test_as_if_all_were_scored(
    name: str,
    first: Column,
    second: Column,
    changed: dict[int, tuple[Fraction | None, Fraction | None]],
) -> None:
    before = scored(SCHEMES[name], assessed(first, second))
    later = [
        [changed[at][of] if at in changed else value for at, value in enumerate(column)]
        for of, column in enumerate((first, second))
    ]
    after = scored(SCHEMES[name], assessed(*later))
    assume(before is not None and after is not None)
    assert before is not None
    assert score_again(before, assessed(*later), list(changed)) == after

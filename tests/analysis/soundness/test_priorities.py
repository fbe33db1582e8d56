"""What to mend first: one rule, and clear only where the interval of importance says so."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import Problem
from analysis.soundness.importance import Driver, Importance
from analysis.soundness.priorities import priorities

MEANS = {
    "time": Fraction(3),
    "cost": Fraction(2),
    "product": Fraction(4),
    "conduct": Fraction(5, 2),
}


def found(**intervals: tuple[float, float]) -> Importance:
    """An importance with these intervals; the average is 0.1."""
    drivers = tuple(
        Driver(key, (low + high) / 2, low, high) for key, (low, high) in intervals.items()
    )
    return Importance(99, 0, (), 0.1 * len(drivers), drivers, 1000, 1, 0.95)


def test_clear_only_where_the_whole_interval_lies_above_the_average() -> None:
    told = priorities(
        MEANS, found(time=(0.2, 0.3), cost=(0.05, 0.4), product=(0.3, 0.4), conduct=(0.11, 0.2))
    )
    # The mean of the means is 2.875: "time" is important, but not weak; "cost" not clearly so.
    assert (told.clear, told.unclear) == (("conduct",), ("cost",))
    assert told.order == ("conduct", "cost", "time", "product")
    assert told.basis == "importance"


def test_where_nothing_is_clear_or_known_the_lowest_comes_first() -> None:
    unclear = found(time=(0, 0.2), cost=(0.05, 0.4), product=(0, 0.4), conduct=(0, 0.05))
    for known in (unclear, None, Problem("few_respondents", n=9, needed=90)):
        told = priorities(MEANS, known)
        assert (told.basis, told.clear) == ("mean", ())
        assert told.order == ("cost", "conduct", "time", "product")


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.fractions(1, 4), min_size=1),
    st.lists(st.tuples(st.floats(0, 0.5), st.floats(0, 0.5)), min_size=8, max_size=8),
)
def test_every_element_stands_once(
    means: dict[str, Fraction], ends: list[tuple[float, float]]
) -> None:
    known = found(**{key: (min(two), max(two)) for key, two in zip("abcdefgh", ends, strict=True)})
    told = priorities(means, known)
    assert sorted(told.order) == sorted(means)
    assert told.order[: len(told.clear)] == told.clear
    assert (told.basis == "importance") == bool(told.clear)

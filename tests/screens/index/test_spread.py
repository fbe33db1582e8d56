"""The distribution of scores: every institution once, each in its own zone's colour."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from analysis.rulebook.scheme import load_scheme
from reports.style import INK, ZONES
from screens.index.spread import binned
from tests.analysis.index.test_league import a_league, row

CENTS = st.lists(st.integers(0, 10_000), min_size=1, max_size=40)


@given(CENTS)
def test_each_institution_is_drawn_once_in_its_zone(found: Sequence[int]) -> None:
    league = a_league(*(row(f"i{at}", "city", f"{one}/100") for at, one in enumerate(found)))
    frame = binned(league, 0, 100)
    assert frame["number"].sum() == len(found)
    for zone, colour in ZONES.items():
        drawn = frame.loc[frame["colour"] == colour, "number"].sum()
        assert drawn == (league["zone"] == zone).sum()
    assert (frame["top"] - frame["below"] == frame["number"]).all()


def test_without_zones_all_are_drawn_alike() -> None:
    opinion = load_scheme("opini-2025")
    league = a_league(
        row("a", "city", "78", scheme=opinion), row("b", "city", "77", scheme=opinion)
    )
    frame = binned(league, 0, 100)
    assert frame["colour"].tolist() == [INK]
    assert frame["range"].tolist() == ["76–80"]

"""The trend of a paper: names with their year, intervals, edges of grades."""

import re

from hypothesis import given
from hypothesis import strategies as st

from reports.charts import Dot, Edge, series, svg
from reports.style import zoomed

EDGES = [Edge(65.0, "C"), Edge(76.61, "B"), Edge(88.31, "A")]


def test_a_trend_shows_years_intervals_and_edges() -> None:
    dots = [
        Dot("Semester I 2025", 78.2, "78,20 (B)", (75.1, 81.3)),
        Dot("Semester II 2025", None, "–"),
        Dot("Semester I 2026", 80.1, "80,10 (B)", (77.0, 83.2)),
    ]
    drawn = svg(series(dots, (25, 100), EDGES))
    words = re.sub(r"<[^>]+>", " ", drawn)
    assert words.count("Semester I ") >= 2
    assert words.count("2025") == 2
    assert words.count("2026") == 1
    assert {"A", "B"} <= set(words.split())
    # Two intervals that are known, two edges that are seen.
    assert len(re.findall(r'aria-roledescription="rule mark"', drawn)) == 4
    assert "80,10 (B)" in words


def test_two_periods_of_one_name_are_two_points() -> None:
    dots = [Dot("Survei", 70.0, "70,00"), Dot("Survei", 80.0, "80,00")]
    words = re.sub(r"<[^>]+>", " ", svg(series(dots, (25, 100))))
    assert {"70,00", "80,00"} <= set(words.split())


@given(st.lists(st.floats(25, 100), min_size=1))
def test_the_part_of_a_scale_that_is_drawn_holds_all(values: list[float]) -> None:
    low, high = zoomed((25, 100), values)
    assert 25 <= low <= min(values)
    assert max(values) <= high <= 100
    assert high - low >= 25

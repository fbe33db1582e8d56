"""Steps: whatever an open period shows moves by nobody or by five and more."""

from collections.abc import Sequence
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from desk.unit.steps import advance
from models.final_counts import MARGINS
from survey.margins import WHOLE, MarginCells

SERVICES, SOURCES = (1, 2, 3), ("visit", "7")
ARRIVALS = st.lists(
    st.lists(st.tuples(st.sampled_from(SOURCES), st.sampled_from(SERVICES)), max_size=9),
    max_size=12,
)


def cells_of(arrived: Sequence[tuple[str, int]]) -> MarginCells:
    """The cells of responses that are known by source and service; all in one month."""
    cells: MarginCells = {}
    for source, service in arrived:
        for key in ((WHOLE, source, None), ("service_id", source, service), ("month", source, "m")):
            cells.setdefault(key, [0])[0] += 1
    return cells


@given(ARRIVALS)
def test_no_step_tells_of_fewer_than_five(arrivals: list[list[tuple[str, int]]]) -> None:
    shown: MarginCells = {}
    arrived: list[tuple[str, int]] = []
    for more in arrivals:
        arrived += more
        present = cells_of(arrived)
        then = advance(shown, present)
        for key, counts in then.items():
            moved = counts[0] - shown.get(key, [0])[0]
            assert moved == 0 or moved >= 5
            assert counts[0] == 0 or counts[0] >= 5
            assert counts[0] <= present[key][0]
        for source, margin in product(SOURCES, MARGINS):
            whole = then.get((WHOLE, source, None), [0])[0]
            told = [counts[0] for key, counts in then.items() if key[:2] == (margin, source)]
            rest = whole - sum(told)
            assert rest == 0 or rest >= 5
        assert advance(then, present) == then
        shown = then


@given(ARRIVALS)
def test_no_look_lags_by_five(arrivals: list[list[tuple[str, int]]]) -> None:
    present = cells_of([one for more in arrivals for one in more])
    shown = advance({}, present)
    for source in SOURCES:
        whole = (WHOLE, source, None)
        assert present.get(whole, [0])[0] - shown.get(whole, [0])[0] < 5


def test_a_response_excluded_while_another_came_moves_nothing() -> None:
    kept = cells_of([("visit", 1)] * 10 + [("visit", 2)] * 10)
    swapped = {key: list(counts) for key, counts in kept.items()}
    for counts in swapped.values():
        counts.append(99)
    kept = {key: [*counts, 0] for key, counts in kept.items()}
    assert advance(kept, swapped) == kept

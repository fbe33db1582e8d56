"""Answers packed several together are counted as those of each item, in any order and anywhere."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from analysis.arrays import Flags, Places
from analysis.index.counting import AnswerCounter
from analysis.index.packing import AnswerCodes, PackedAnswers
from analysis.index.tally import Tally
from analysis.rulebook.instrument import Instrument, load_instrument
from analysis.rulebook.scheme import load_scheme
from analysis.uncertainty.moments import KeptRows, Linear, linear, moments, scale_of

GROUPS, ROWS = 3, 400
# Of one item an element, of several that stand in several packs, and of six answers each.
INSTRUMENTS = "skm-2017", "skm-2026", "spkp-2021"
Answers = dict[str, AnswerCodes]


def drawn(instrument: Instrument, seed: int) -> tuple[Places, Answers]:
    """The group of each response, and by item its codes; the last group answers nothing."""
    chance = np.random.default_rng(seed)
    group = chance.integers(0, GROUPS, ROWS)
    codes = {}
    for item in instrument.items:
        given = chance.integers(0, len(item.answers) + 1, ROWS).astype(np.uint8)
        given[(group == GROUPS - 1) | (chance.random(ROWS) < 0.3)] = 0
        codes[item.key] = given
    return group, codes


def blocks(
    counter: AnswerCounter, group: Places, codes: Answers, parts: Sequence[Places]
) -> list[PackedAnswers]:
    """The responses, those of each part in a block."""
    return [
        PackedAnswers(group[part], counter.join({item: own[part] for item, own in codes.items()}))
        for part in parts
    ]


@pytest.fixture(params=["as it is", "no room for packs", "pieces", "one processor"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How the rows are gone through, which changes nothing."""
    match request.param:
        case "no room for packs":
            monkeypatch.setattr("analysis.index.packing.MOST_CELLS", 20)
        case "pieces":
            monkeypatch.setattr("analysis.index.packing.PIECE", 7)
        case "one processor":
            monkeypatch.setattr("analysis.processors.threads", lambda: 1)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("name", INSTRUMENTS)
def test_packs_are_counted_as_their_items(name: str) -> None:
    instrument = load_instrument(name)
    group, codes = drawn(instrument, seed=1)
    counter = AnswerCounter(instrument)
    halves = np.array_split(np.arange(ROWS), 5)
    counts = counter.count(blocks(counter, group, codes, halves), GROUPS)
    found = dict(zip(counter.measures, counts.T.tolist(), strict=True))

    def by_group(rows: Flags) -> list[int]:
        return [int((rows & (group == one)).sum()) for one in range(GROUPS)]

    for item in instrument.items:
        for at, value in enumerate(instrument.allowed[item.key], 1):
            assert found[f"{item.key}_{value}"] == by_group(codes[item.key] == at)
    for element, items in instrument.items_of.items():
        answered = np.any([codes[item] > 0 for item in items], axis=0)
        assert found[f"answered_{element}"] == by_group(answered)
    assert found["respondents"] == by_group(np.any([*map(np.asarray, codes.values())], axis=0))
    assert found["respondents"][-1] == 0


def second_pass(name: str, parts: Sequence[Places]) -> tuple[Linear, Tally]:
    """The linear errors of what is drawn, in these blocks."""
    instrument = load_instrument(name)
    group, codes = drawn(instrument, seed=2)
    counter = AnswerCounter(instrument, pairs=True)
    given = blocks(counter, group, codes, parts)
    names = pd.DataFrame({"unit": ["A", "B", "C"]})
    tally = counter.tally(counter.count(given, GROUPS), names)
    scale = scale_of(tally, load_scheme(instrument.scheme))
    kept = KeptRows(counter.packs, given, np.arange(GROUPS))
    return kept.linear(moments(tally), scale, tally), tally


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("name", INSTRUMENTS)
def test_errors_of_the_rows_are_those_of_the_pairs(name: str) -> None:
    instrument = load_instrument(name)
    found, tally = second_pass(name, [np.arange(ROWS)])
    expected = linear(moments(tally), scale_of(tally, load_scheme(instrument.scheme)))
    np.testing.assert_allclose(found.squares, expected.squares, rtol=1e-11)
    np.testing.assert_allclose(found.total, expected.total, atol=1e-12)
    np.testing.assert_array_equal(found.index, expected.index)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("name", INSTRUMENTS)
def test_the_order_of_rows_changes_no_bit(name: str) -> None:
    one, _ = second_pass(name, [np.arange(ROWS)])
    shuffled = np.random.default_rng(3).permutation(ROWS)
    other, _ = second_pass(name, np.array_split(shuffled, 7))
    assert one.squares.tobytes() == other.squares.tobytes()
    assert one.total.tobytes() == other.total.tobytes()

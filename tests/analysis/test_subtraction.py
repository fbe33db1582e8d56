"""Whoever holds some of the answers takes them away from what is shown: nobody may be left over.

Answers fall at random into files, piles and what citizens sent. An attacker holds any of the files,
and looks whether one to four people are left of anything.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure import HeldSource, betrays, few
from analysis.index.disclosed import (
    SOURCE,
    DisclosedIndex,
    disclose_experience,
    disclose_groups,
    disclose_sources,
)
from analysis.index.experience import Experienced
from analysis.index.tally import Tally, read_tally
from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme
from analysis.soundness.disclosed_rows import (
    DisclosedRows,
    HeldAnswers,
    WithheldRows,
    disclose_rows,
)
from analysis.soundness.matrix import Answers
from analysis.soundness.matrix import given as answering
from tests.analysis.rows import tally_of

pytestmark = pytest.mark.long

SKM, ASKED = load_scheme("skm-2017"), load_instrument("skm-2017")
ITEMS = list(ASKED.allowed)
CITIZENS = "visit"
FILES = ("1", "2", "3")
GROUPS = ("a", "b", "c")
SIZES = st.sampled_from([0, 0, 1, 2, 4, 5, 6, 9, 20])
SPLITS = st.fixed_dictionaries(dict.fromkeys((CITIZENS, *FILES), SIZES))
SEEDS = st.integers(0, 2**32)


def held_at_once() -> Iterator[tuple[str, ...]]:
    """The files that one attacker may hold."""
    for number in range(len(FILES) + 1):
        yield from combinations(FILES, number)


def some_answers(sizes: Mapping[str, int], seed: int) -> dict[str, Answers]:
    """Answers of each source; some missing, in some elements nearly all."""
    chance = np.random.default_rng(seed)
    missing = chance.choice([0, 0, 0.3, 0.9], len(ITEMS))
    drawn = {}
    for source, size in sizes.items():
        answers = chance.integers(1, 5, (size, len(ITEMS))).astype(float)
        answers[chance.random(answers.shape) < missing] = np.nan
        drawn[source] = answers
    return drawn


def held_answers(drawn: Mapping[str, Answers], beside: Sequence[int] = ()) -> HeldAnswers:
    return HeldAnswers(
        np.concatenate(list(drawn.values())),
        np.repeat(list(drawn), [len(answers) for answers in drawn.values()]),
        {
            source: HeldSource(len(answers), tuple(beside) if source == FILES[0] else ())
            for source, answers in drawn.items()
        },
    )


def rows_of(answers: Answers) -> Counter[tuple[float, ...]]:
    return Counter(map(tuple, np.nan_to_num(answering(answers, ASKED)).tolist()))


@given(SPLITS, SEEDS)
def test_no_row_is_left_of_a_worksheet(sizes: Mapping[str, int], seed: int) -> None:
    drawn = some_answers(sizes, seed)
    if len(answering(np.concatenate(list(drawn.values())), ASKED)) < 5:
        return
    shown = disclose_rows(held_answers(drawn), ASKED, SKM)
    if isinstance(shown, WithheldRows):
        return
    for files in held_at_once():
        left = rows_of(shown.answers)
        for file in files:
            left.subtract(rows_of(drawn[file]))
        rows = np.array(list(left.elements()))
        assert not few(len(rows))
        if len(rows):
            assert not any(map(few, (rows > 0).sum(axis=0).tolist()))


@given(st.integers(1, 30), st.data())
def test_nor_beside_what_somebody_keyed(sheets: int, data: st.DataObject) -> None:
    """Whoever keyed a part of a pile knows it, and may hold every other file."""
    part = data.draw(st.integers(1, sheets))
    drawn = {FILES[0]: np.full((sheets, len(ITEMS)), 3.0), FILES[1]: np.full((9, len(ITEMS)), 2.0)}
    shown = disclose_rows(held_answers(drawn, [sheets - part]), ASKED, SKM)
    if isinstance(shown, DisclosedRows):
        assert not few(len(shown.answers) - 9 - part)
        assert not few(sheets)


@pytest.mark.parametrize("few_citizens", [1, 2, 4])
def test_sixty_imported_and_few_by_link(few_citizens: int) -> None:
    """Their means are of the sixty alone; with all nine answers of the others none of the rows."""
    drawn = some_answers({FILES[0]: 60, CITIZENS: few_citizens}, 7)
    drawn = {source: np.nan_to_num(answers, nan=2.0) for source, answers in drawn.items()}
    shown = disclose_rows(held_answers(drawn), ASKED, SKM)
    assert isinstance(shown, WithheldRows)
    assert shown.why.code == "rows_beside_few"
    assert (shown.index.n, shown.index.apart) == (60 + few_citizens, few_citizens)
    alone = disclose_rows(held_answers({FILES[0]: drawn[FILES[0]]}), ASKED, SKM)
    assert isinstance(alone, DisclosedRows)
    found = dict(zip(ITEMS, alone.answers.mean(axis=0), strict=True))
    assert {key: float(mean or 0) for key, mean in shown.index.means.items()} == pytest.approx(
        found
    )


def test_what_few_answered_moves_nothing_but_the_index() -> None:
    ours = some_answers({FILES[0]: 40, FILES[1]: 7}, 1)
    for other in range(1, 5):
        few_of_them = np.full((3, len(ITEMS)), float(other))
        shown = disclose_sources(a_tally({**ours, CITIZENS: few_of_them}), SKM)
        alone = disclose_sources(a_tally(ours), SKM)
        assert (shown.means, shown.answered, shown.hidden) == (
            alone.means,
            alone.answered,
            alone.hidden,
        )


def a_tally(drawn: Mapping[str, Answers]) -> Tally:
    rows = {source: plain_rows(answers) for source, answers in drawn.items() if len(answers)}
    counted = tally_of(rows).counted.rename(columns={"unit": SOURCE})
    return read_tally(counted, ASKED, [SOURCE])


def plain_rows(answers: Answers) -> list[dict[str, int | None]]:
    return [
        {item: None if np.isnan(one) else int(one) for item, one in zip(ITEMS, row, strict=True)}
        for row in answers
    ]


@dataclass(frozen=True)
class Attack:
    """Cells by source and group, and what is shown of their sums."""

    cells: Mapping[tuple[str, str], Answers]
    whole: DisclosedIndex
    groups: Mapping[str, DisclosedIndex | None]

    def left(self, files: Sequence[str], groups: Sequence[str], element: str) -> int:
        """How many answers are left of these groups for whoever holds the files.

        Those of the small sources are in no mean.
        """
        at = ITEMS.index(element)
        return sum(
            int((~np.isnan(self.cells[source, group][:, at])).sum())
            for source in self.large
            for group in groups
            if source not in files
        )

    @property
    def large(self) -> list[str]:
        sizes = {
            source: sum(len(self.cells[source, group]) for group in GROUPS)
            for source in (CITIZENS, *FILES)
        }
        return [source for source, size in sizes.items() if not few(size)]

    def unshown(self, element: str) -> list[str]:
        """The groups whose sum follows from the whole and from those that are shown."""
        return [
            group for group, one in self.groups.items() if one is None or one.means[element] is None
        ]


def an_attack(cells: Mapping[tuple[str, str], Answers]) -> Attack | None:
    rows = {f"{source} {group}": plain_rows(one) for (source, group), one in cells.items()}
    counted = tally_of(rows).counted
    keys = counted.pop("unit").str.split(" ", expand=True)
    named = pd.concat([keys.set_axis([SOURCE, "group"], axis=1), counted], axis=1)
    by = [SOURCE, "group"]
    tally = read_tally(named, ASKED, by)
    whole = disclose_sources(tally, SKM)
    if whole.too_few:
        return None
    sizes = named.groupby(SOURCE)["respondents"].transform("sum")
    large = read_tally(named[~sizes.between(1, 4)], ASKED, by)
    if not len(large):
        return Attack(cells, whole, dict.fromkeys(GROUPS))
    shown = disclose_groups(large, "group", SKM, [large])
    return Attack(cells, whole, dict(zip(GROUPS, shown, strict=True)))


@settings(max_examples=30)
@given(
    st.fixed_dictionaries(dict.fromkeys(product((CITIZENS, *FILES), GROUPS), SIZES)),
    SEEDS,
    st.booleans(),
)
def test_no_small_group_is_left_of_services_or_months(
    sizes: Mapping[tuple[str, str], int], seed: int, all_answer: bool
) -> None:
    """Neither of a group, nor of what the groups shown leave of the whole, nor of an index."""
    drawn = some_answers({f"{one} {group}": n for (one, group), n in sizes.items()}, seed)
    filled = 3.0 if all_answer else np.nan
    cells = {
        key: np.where(np.isnan(one), filled, one)
        for key, one in zip(sizes, drawn.values(), strict=True)
    }
    cells = {key: one[~np.isnan(one).all(axis=1)] for key, one in cells.items()}
    attack = an_attack(cells)
    if attack is None:
        return
    for files, element in product(held_at_once(), ITEMS):
        if attack.whole.means[element] is not None:
            assert not few(attack.left(files, GROUPS, element))
            assert not few(attack.left(files, attack.unshown(element), element))
        for group, one in attack.groups.items():
            if one and one.means[element] is not None:
                assert not few(attack.left(files, [group], element))
    for files, (group, one) in product(held_at_once(), attack.groups.items()):
        if one:
            assert not few(sum(attack.left(files, [group], key) for key in one.hidden))


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=4
    )
)
def test_nobody_is_left_of_what_was_experienced(sources: Sequence[tuple[int, int, int]]) -> None:
    """``sources``: how many had nothing, a delay alone, and also had to pay."""
    counted = [
        Experienced(none + delay + paid, none, 0, {"delay": delay + paid, "payment": paid})
        for none, delay, paid in sources
    ]
    shown = disclose_experience(*counted)
    if shown is None:
        assert all(one.answered < 5 for one in counted)
        return
    large = [one for one in counted if one.answered >= 5]
    assert shown.answered == sum(one.answered for one in large)
    for form, number in shown.forms.items():
        assert (number is None) == any(few(one.forms[form]) for one in large)
        assert number in (None, sum(one.forms[form] for one in large))
    if shown.none is not None:
        assert not any(few(one.answered - one.none) for one in large)
    for form in shown.forms:
        assert betrays(HeldSource(one.forms[form]) for one in large) == (shown.forms[form] is None)

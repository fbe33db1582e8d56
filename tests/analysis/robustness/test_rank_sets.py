"""Rank sets against R's csranks, and against what any of them must be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.arrays import Flags, Floats, Integers
from analysis.robustness.rank_sets import RankEstimates, holm_sets, pairwise_above, rank_sets
from tests.analysis.likert import r_says

DRAWS = 10_000


def estimates(scores: Floats, errors: Floats, freedom: float = np.inf) -> RankEstimates:
    return RankEstimates(scores, errors, np.full(len(scores), freedom))


def test_sets_are_those_of_csranks_within_one() -> None:
    """Both take critical values from draws, which differ."""
    units, expected = r_says("unit"), r_says("csranks")
    assert units["unit"].tolist() == expected["unit"].tolist()
    given = estimates(units["ikm"].to_numpy(), units["se.ikm"].to_numpy())
    found = rank_sets(given, 0.95, DRAWS, 1)
    for sets, columns in (
        (found.marginal, ["marg_L", "marg_U"]),
        (found.simultaneous, ["sim_L", "sim_U"]),
    ):
        away = np.abs(sets - expected[columns].to_numpy())
        assert away.max() <= 1
        assert (away > 0).mean() < 0.2


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0.1, 10)), min_size=2, max_size=8))
def test_a_set_holds_its_rank_and_all_at_once_are_wider(rows: list[tuple[float, float]]) -> None:
    scores, errors = np.array(rows).T
    sets = rank_sets(estimates(scores, errors), 0.95, 500, 2)
    rank = 1 + (scores[:, None] < scores).sum(axis=1)
    for each in (sets.marginal, sets.simultaneous):
        assert (each[:, 0] <= rank).all()
        assert (rank <= each[:, 1]).all()
        assert each.min() >= 1
        assert each.max() <= len(rows)


@pytest.mark.parametrize(
    ("gap", "expected"),
    [(2.6, [[1, 2], [1, 2]]), (2.95, [[1, 1], [2, 2]])],  # 1.96 x sqrt(2) = 2.77
)
def test_of_two_the_quantile_is_that_of_their_difference(
    gap: float, expected: list[list[int]]
) -> None:
    sets = rank_sets(estimates(np.array([gap, 0.0]), np.ones(2)), 0.95, DRAWS, 3)
    assert sets.marginal.tolist() == expected
    assert sets.simultaneous.tolist() == expected


def all_draws(given: RankEstimates, draws: int, seed: int) -> tuple[Integers, Integers]:
    """The sets from all pairs of all draws, each step anew."""
    p, errors = len(given.scores), given.widened(0.95)
    noise = np.random.default_rng(seed).standard_normal((p, draws), np.float32)
    noise *= errors.astype(np.float32)[:, None]
    away = np.sqrt(errors[:, None] ** 2 + errors**2)
    ratio = (given.scores[:, None] - given.scores) / away
    drawn = (noise[:, None] - noise) * (1 / away).astype(np.float32)[:, :, None]

    def sets(above: Flags, below: Flags) -> Integers:
        return np.stack([1 + below.sum(axis=1), p - above.sum(axis=1)], axis=1)

    def steps(one: int) -> tuple[Flags, Flags]:
        above, below = np.zeros(p, bool), np.zeros(p, bool)
        while True:
            largest = np.maximum(drawn[one, ~above].max(axis=0), -drawn[one, ~below].min(axis=0))
            critical = np.quantile(largest, 0.95)
            if (above == (ratio[one] > critical)).all() and (
                below == (ratio[one] < -critical)
            ).all():
                return above, below
            above, below = ratio[one] > critical, ratio[one] < -critical

    together = np.zeros((p, p), bool)
    while (sure := ratio > np.quantile(drawn[~together].max(axis=0), 0.95)).sum() > together.sum():
        together = sure
    above, below = zip(*map(steps, range(p)), strict=True)
    return sets(np.array(above), np.array(below)), sets(together, together.T)


@pytest.mark.parametrize("near", [2**16, 100])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_left_out_of_the_steps_changes_nothing(
    seed: int, near: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.robustness.rank_sets.NEAR", near)
    chance = np.random.default_rng(seed)
    given = estimates(chance.normal(78, 4, 25), chance.uniform(0.1, 3, 25))
    found, (alone, together) = rank_sets(given, 0.95, 1001, seed), all_draws(given, 1001, seed)
    assert found.marginal.tolist() == alone.tolist()
    assert found.simultaneous.tolist() == together.tolist()


def test_few_degrees_of_freedom_widen() -> None:
    scores, errors = np.array([2.95, 0.0]), np.ones(2)
    sets = rank_sets(estimates(scores, errors, 5.0), 0.95, DRAWS, 3)
    assert sets.marginal.tolist() == [[1, 2], [1, 2]]


def test_one_alone_is_first() -> None:
    alone = estimates(np.array([3.0]), np.ones(1))
    sets = rank_sets(alone, 0.95, 100, 3)
    assert sets.marginal.tolist() == sets.simultaneous.tolist() == [[1, 1]]
    assert holm_sets(alone, 0.95).tolist() == [[1, 1]]


def test_ranks_are_covered_by_both_kinds_of_sets() -> None:
    """True scores in pairs that lie close, which is where a naive interval fails."""
    truth = np.array([80, 80.2, 82, 82.1, 85, 85.3, 90.0])
    true_rank = 1 + (truth[:, None] < truth).sum(axis=1)
    chance, errors = np.random.default_rng(5), np.array([1.0, 0.5, 1.5, 1.0, 0.7, 1.2, 2.0])
    alone, together, times = np.zeros(7), 0, 400
    for at in range(times):
        drawn = truth + errors * chance.standard_normal(7)
        sets = rank_sets(estimates(drawn, errors), 0.95, 1000, at)
        held = [
            (each[:, 0] <= true_rank) & (true_rank <= each[:, 1])
            for each in (sets.marginal, sets.simultaneous)
        ]
        alone += held[0]
        together += held[1].all()
    assert (alone / times).min() >= 0.93
    assert together / times >= 0.93


def test_holms_steps_by_hand() -> None:
    """Of three, four one-sided tests: at 0.05 / 4 the quantile is 2.24, with one rejected 2.13."""
    errors = np.full(3, np.sqrt(0.5))  # of a difference: 1
    for scores, expected in (
        ([0.0, 2.2, 5.0], [[3, 3], [2, 2], [1, 1]]),  # 2.8 and 5 make way for 2.2
        ([0.0, 2.1, 5.0], [[2, 3], [2, 3], [1, 1]]),
        ([0.0, 2.2, 2.2], [[1, 3], [1, 3], [1, 3]]),  # nothing does
    ):
        assert holm_sets(estimates(np.array(scores), errors), 0.95).tolist() == expected


def test_holms_sets_of_many_are_those_of_draws_or_a_little_wider(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chance = np.random.default_rng(8)
    given = estimates(chance.normal(78, 8, 60), chance.uniform(0.5, 2, 60))
    found = holm_sets(given, 0.95)
    width = (found[:, 1] - found[:, 0]).mean()
    drawn = rank_sets(given, 0.95, 4000, 1).marginal
    assert 1 <= width / (drawn[:, 1] - drawn[:, 0]).mean() < 1.15
    monkeypatch.setattr("analysis.robustness.rank_sets.AT_ONCE", 100)
    assert (holm_sets(given, 0.95) == found).all()


def test_holms_sets_cover_where_scores_are_all_but_alike_and_people_few() -> None:
    truth, times = 70 + 0.001 * np.arange(12.0), 300
    true_rank = 1 + (truth[:, None] < truth).sum(axis=1)
    chance, errors = np.random.default_rng(5), np.linspace(0.5, 1.5, 12)
    held = np.zeros(12)
    for _ in range(times):
        estimated = errors * np.sqrt(chance.chisquare(6, 12) / 6)
        drawn = truth + errors * chance.standard_normal(12)
        found = holm_sets(estimates(drawn, estimated, 6.0), 0.95)
        held += (found[:, 0] <= true_rank) & (true_rank <= found[:, 1])
    assert (held / times).min() >= 0.95


def test_how_sure_one_is_above_another() -> None:
    above = pairwise_above(estimates(np.array([3.0, 0.0, 0.0]), np.array([3.0, 4.0, 4.0])))
    assert above[0, 1] == pytest.approx(0.7257468822499265)  # Phi(0.6)
    assert above[1, 0] == pytest.approx(1 - above[0, 1])
    assert above[1, 2] == pytest.approx(0.5)


def test_of_whom_nothing_is_known_nobody_is_surely_above_or_below() -> None:
    known = estimates(np.array([90.0, 80.0, 70.0, 60.0]), np.full(4, 0.5))
    sets = rank_sets(known.unsure(np.array([False, True, False, False])), 0.95, 2000, 1)
    assert sets.marginal.tolist() == [[1, 2], [1, 4], [2, 3], [3, 4]]
    assert sets.simultaneous.tolist() == [[1, 2], [1, 4], [2, 3], [3, 4]]
    steps = holm_sets(known.unsure(np.array([False, True, False, False])), 0.95)
    assert steps.tolist() == [[1, 2], [1, 4], [2, 3], [3, 4]]

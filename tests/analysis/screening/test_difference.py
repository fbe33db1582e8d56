"""The index without and with the flagged: the formula, and how often its interval holds."""

from fractions import Fraction

import numpy as np
import pytest

from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme
from analysis.screening.difference import IndexDifference, difference
from analysis.screening.responses import Bools
from analysis.soundness.matrix import Answers

pytestmark = pytest.mark.long

SKM, SCHEME = load_instrument("skm-2017"), load_scheme("skm-2017")
ITEMS = len(SKM.items)


def found(answers: Answers, flagged: Bools) -> IndexDifference:
    return difference(answers, flagged, SKM, SCHEME)


def drawn(n: int, mean: float, random: np.random.Generator, missing: float = 0.0) -> Answers:
    latent = mean + random.normal(0, 0.5, (n, 1)) + random.normal(0, 0.5, (n, ITEMS))
    answers = np.clip(np.rint(latent), 1, 4)
    answers[random.random(answers.shape) < missing] = np.nan
    return answers


def test_without_gaps_it_is_the_formula_of_two_means() -> None:
    """(f/n)^2 (s_kept^2 / (n - f) + s_flagged^2 / f), of each person's own index."""
    random = np.random.default_rng(1)
    answers, flagged = drawn(60, 3, random), np.arange(60) < 15
    own = 25 * answers.mean(axis=1)
    kept, out = own[~flagged], own[flagged]
    one = found(answers, flagged)
    expected = 0.25**2 * (kept.var(ddof=1) / 45 + out.var(ddof=1) / 15)
    assert one.error == pytest.approx(expected**0.5, rel=1e-12)
    assert one.difference == pytest.approx(kept.mean() - own.mean(), rel=1e-12)
    assert one.interval is not None
    assert sum(one.interval) / 2 == pytest.approx(one.difference)


@pytest.mark.parametrize("missing", [0.0, 0.15])
def test_the_interval_holds_what_it_says(missing: float) -> None:
    """Conditional on the flags: as many kept and as many flagged in every sample."""
    random = np.random.default_rng(2)

    def sample(times: int) -> tuple[Answers, Bools]:
        kept, out = drawn(60 * times, 2.9, random, missing), drawn(20 * times, 3.6, random, missing)
        return np.concatenate([kept, out]), np.arange(80 * times) >= 60 * times

    truth = found(*sample(500)).difference or 0
    samples = [found(*sample(1)) for _ in range(250)]
    ends = np.array([one.interval for one in samples])
    differences = np.array([one.difference for one in samples], float)
    assert 0.91 <= np.mean((ends[:, 0] <= truth) & (truth <= ends[:, 1])) <= 0.99
    errors = [one.error for one in samples if one.error]
    assert np.mean(errors) == pytest.approx(differences.std(), rel=0.12)


def test_where_nothing_can_be_said() -> None:
    random = np.random.default_rng(3)
    answers = drawn(12, 3, random)
    nobody, all_of, one = np.zeros(12, bool), np.ones(12, bool), np.arange(12) == 0
    assert found(answers, nobody).difference == 0
    assert found(answers, all_of).difference is None
    for flagged in (nobody, one):
        assert found(answers, flagged).interval is None
    alike = np.full((12, ITEMS), 3.0)
    assert found(alike, np.arange(12) < 5).interval is None
    alike[:5] = 4  # each of the two alike among themselves
    assert found(alike, np.arange(12) < 5).interval is None


def test_both_indices_are_the_exact_ones() -> None:
    answers = np.concatenate([np.full((6, ITEMS), 3.0), np.full((2, ITEMS), 4.0)])
    answers[0, 0] = np.nan
    one = found(answers, np.arange(8) >= 6)
    assert one.kept.index == 75
    assert one.all_of.index == Fraction(25, 9) * (Fraction(23, 7) + 8 * Fraction(26, 8))
    assert (one.all_of.n, one.kept.n) == (8, 6)

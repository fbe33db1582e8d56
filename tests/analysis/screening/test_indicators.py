"""Each indicator by itself: its p is honest, what it must see it sees, what is exempt is."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from analysis.arrays import Floats, Integers
from analysis.screening.bursts import bursts
from analysis.screening.comments import alike
from analysis.screening.contrast import Contrast, Rating, contrast
from analysis.screening.copied import copied
from analysis.screening.devices import clusters
from analysis.screening.duplicates import _chance, _graph, _near, duplicates
from analysis.screening.responses import UNKNOWN, Bools, ScreenedResponses, numbered
from analysis.screening.rules import load_rules
from analysis.screening.unit import shares

ITEMS, LEAST = 9, 5


def at_random(n: int, seed: int) -> ScreenedResponses:
    """Responses independent of each other in everything."""
    random = np.random.default_rng(seed)
    return ScreenedResponses(
        answers=random.integers(2, 5, (n, ITEMS)),
        highest=np.full(ITEMS, 4),
        day=random.integers(0, 60, n),
        quarter=np.clip(np.rint(random.normal(46, 7, n)), 30, 62).astype(np.int64),
        fast=np.zeros(n, np.int64),
        client=np.arange(n),
        vouched=np.zeros(n, bool),
    )


def burst_of(responses: ScreenedResponses) -> float:
    rule = load_rules().bursts
    (p,) = bursts(
        responses, rule.windows.value, LEAST, rule.steepest.value, rule.level.value
    ).p.tolist()
    return float(p)


def contrast_of(points: Floats, group: Bools) -> Contrast:
    """Of one unit."""
    return contrast(Rating(points, np.zeros(len(points), np.intp), 1), group)


@pytest.mark.parametrize("level", [0.05, 0.2])
def test_chances_are_honest(level: float) -> None:
    """Where nothing is going on, a p of at most the level is no more frequent than the level."""
    samples = [at_random(150, seed) for seed in range(150)]
    most = level + 2.6 * (level * (1 - level) / len(samples)) ** 0.5
    assert np.mean([burst_of(one) <= level for one in samples]) <= most
    assert np.mean([duplicates(one, LEAST).p <= level for one in samples]) <= most
    pairs = zip(samples[::2], samples[1::2], strict=True)
    again = [copied(one, before).p <= level for one, before in pairs]
    assert np.mean(again) <= level + 2.6 * (level * (1 - level) / len(again)) ** 0.5


def test_a_burst_is_seen_and_no_more_than_it() -> None:
    calm = at_random(200, 1)
    assert burst_of(calm) > 0.01
    quarter, day = calm.quarter.copy(), calm.day.copy()
    quarter[:12], day[:12] = 67, 30
    rule = load_rules().bursts
    found = bursts(replace(calm, quarter=quarter, day=day), [1], LEAST, rule.steepest.value, 0.001)
    assert found.p < 1e-6
    assert found.group.nonzero()[0].tolist() == list(range(12))


def test_the_same_minute_every_day_is_seen() -> None:
    calm = at_random(300, 2)
    quarter = calm.quarter.copy()
    quarter[:60] = 67  # one or two on each day, which no single day tells
    assert burst_of(replace(calm, quarter=quarter)) < 1e-6


def test_without_times_there_is_no_burst() -> None:
    unknown = np.full(50, UNKNOWN)
    assert burst_of(replace(at_random(50, 3), day=unknown, quarter=unknown)) == 1


def test_a_device_is_one_client_on_one_day() -> None:
    client = np.array([1] * 5 + [2] * 5 + [UNKNOWN] * 10)
    day = np.array([1] * 5 + [1, 1, 1, 2, 2] + [3] * 10)
    several = replace(at_random(20, 4), client=client, day=day)
    assert clusters(several, LEAST).nonzero()[0].tolist() == [0, 1, 2, 3, 4]


def test_alike_is_counted_as_by_comparing_all() -> None:
    responses = at_random(60, 5)
    answers = np.where(responses.answers == 2, 3, responses.answers)
    near = _near(answers, responses.places, np.zeros(60, np.int64))
    differ = (answers[:, None] != answers[None]).sum(axis=2)
    assert near.tolist() == ((differ <= 1).sum(axis=1) - 1).tolist()


def test_the_chance_of_shared_edges_is_that_of_all_permutations() -> None:
    random = np.random.default_rng(6)
    n = 12
    one, other = (np.triu(random.random((n, n)) < share, 1) for share in (0.3, 0.4))
    one, other = one | one.T, other | other.T
    degrees = one.sum(axis=0), other.sum(axis=0)
    first, second = (_graph(degree, np.zeros(n, np.intp), 1) for degree in degrees)
    expected, variance = _chance(first, second, np.array([n]))
    shared = []
    for _ in range(20_000):
        at = random.permutation(n)
        shared.append((one & other[np.ix_(at, at)]).sum() / 2)
    assert expected == pytest.approx(np.mean(shared), rel=0.02)
    assert variance == pytest.approx(np.var(shared), rel=0.05)


def test_model_forms_of_one_day_are_seen_and_straight_lines_are_not() -> None:
    responses = at_random(200, 7)
    answers, day = responses.answers.copy(), responses.day.copy()
    answers[:10], day[:10] = [4, 4, 3, 4, 4, 3, 4, 4, 4], 5
    answers[np.arange(10), np.arange(10) % ITEMS] = 4
    found = duplicates(replace(responses, answers=answers, day=day), LEAST)
    assert found.p < 1e-6
    assert found.group.nonzero()[0].tolist() == list(range(10))
    straight = responses.answers.copy()
    straight[:40] = 4
    assert duplicates(replace(responses, answers=straight, day=day), LEAST).p > 0.01


def test_a_copied_period_is_seen() -> None:
    before, now = at_random(150, 8), at_random(150, 9)
    assert copied(now, before).p > 0.01
    answers = now.answers.copy()
    answers[:50] = before.answers[:50]
    found = copied(replace(now, answers=answers), before)
    assert found.p < 1e-6
    assert found.group[:50].all()


def test_the_contrast_is_wilcoxons_and_looks_up_only() -> None:
    random = np.random.default_rng(10)
    points = random.integers(0, 8, 60).astype(float)
    group = np.arange(60) < 20
    points[group] += 1
    theirs = mannwhitneyu(
        points[group], points[~group], alternative="greater", method="asymptotic"
    ).pvalue
    assert contrast_of(points, group).p == pytest.approx(theirs, rel=1e-12)
    assert contrast_of(-points, group).p > 0.5
    assert contrast_of(np.full(9, 3.0), np.arange(9) < 4).p == 1
    for nobody in (group & False, group | True):
        assert contrast_of(points, nobody).p == 1
        assert contrast_of(points, nobody).points == 0


def test_comments_alike_are_long_ones_with_few_changes() -> None:
    words = "Pelayanan di sini cepat sekali dan semua petugas ramah serta sabar kepada warga"
    changed = [words, words.upper(), words + ".", words.replace("cepat", "sangat cepat"), words]
    others = ["Terima kasih"] * 9 + ["Antrean panjang sekali, kursinya kurang, dan loket cuma satu"]
    found = alike([*changed, *others, ""], 8, 0.85, 5)
    assert found.nonzero()[0].tolist() == [0, 1, 2, 3, 4]
    assert not alike(changed[:4], 8, 0.85, 5).any()
    assert not alike([], 8, 0.85, 5).any()


def test_shares_of_a_few_people_are_not_told() -> None:
    fast = np.array([1] * 4 + [0] * 46)
    found = shares(replace(at_random(50, 11), fast=fast), load_rules())
    assert found["fast"] is None
    assert found["unvouched"] == 1
    some = replace(at_random(50, 11), fast=np.array([1] * 20 + [0] * 20 + [UNKNOWN] * 10))
    assert shares(some, load_rules())["fast"] == 0.5


def test_combinations_get_a_number_each() -> None:
    keys: list[Integers] = [np.array([3, 3, 9, 9]), np.array([1, 2, 1, 1])]
    number, count = numbered(*keys)
    assert count[number].tolist() == [1, 1, 2, 2]
    same = [pair for pair in combinations(range(4), 2) if number[pair[0]] == number[pair[1]]]
    assert same == [(2, 3)]

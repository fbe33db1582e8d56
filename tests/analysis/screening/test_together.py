"""Units are screened together, and each as if it were alone; as before there was such a way."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import IsolationForest

from analysis.arrays import Floats
from analysis.screening.contrast import ranks_within
from analysis.screening.joint import UNITS as GROWN_ON
from analysis.screening.joint import features, grow, joint
from analysis.screening.responses import numbered, side_by_side
from analysis.screening.rules import load_rules
from analysis.screening.simulator import a_unit, honest
from analysis.screening.unit import Screening, screen, screen_each
from tests.analysis.screening.invented import Invented, invented_units

pytestmark = pytest.mark.long

# What the program of version 0.4.0 found of the same units, one by one.
KNOWN = Path(__file__).parents[2] / "data" / "screening" / "found-0.4.json"


@pytest.fixture(scope="module")
def units() -> list[Invented]:
    return list(invented_units())


@pytest.fixture(scope="module")
def together(units: Sequence[Invented]) -> list[Screening]:
    responses, earlier, comments = zip(*units, strict=True)
    every = [text for own in comments for text in own]
    return screen_each(side_by_side(responses), side_by_side(earlier), every)


def as_known(found: Screening, unusual: "np.typing.NDArray[np.bool_]") -> dict[str, Any]:
    return {
        "flags": [
            [one.alarm, one.p, one.points, np.flatnonzero(one.group).tolist()]
            for one in found.flags
        ],
        "shares": dict(found.shares),
        "evidence": dict(found.evidence),
        "unusual": np.flatnonzero(unusual).tolist(),
    }


def assert_same(found: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """Alarms, groups and what is unusual are the same; chances and points to nine digits."""
    assert found["unusual"] == known["unusual"]
    for one, other in zip(found["flags"], known["flags"], strict=True):
        assert (one[0], one[3]) == (other[0], other[3])
        assert_near(one[1:3], other[1:3])
    for told in ("shares", "evidence"):
        assert list(found[told]) == list(known[told])
        assert_near(list(found[told].values()), list(known[told].values()))


def assert_near(found: Sequence[float | None], known: Sequence[float | None]) -> None:
    for one, other in zip(found, known, strict=True):
        assert one == (None if other is None else pytest.approx(other, rel=1e-9))


def test_together_they_are_found_as_before(
    units: Sequence[Invented], together: Sequence[Screening]
) -> None:
    responses = side_by_side([one for one, _, _ in units])
    unusual, known = joint(responses).unusual, json.loads(KNOWN.read_text(encoding="utf-8"))
    for at, (found, expected) in enumerate(zip(together, known, strict=True)):
        assert_same(as_known(found, unusual[responses.rows_of(at)]), expected)
    raised = {flag.alarm for found in together for flag in found.flags}
    assert raised == {"bursts", "devices", "duplicates", "unvouched", "copied", "comments"}


def test_each_alone_is_found_as_together(
    units: Sequence[Invented], together: Sequence[Screening]
) -> None:
    responses = side_by_side([one for one, _, _ in units])
    every = joint(responses)
    for at, (own, earlier, comments) in enumerate(units):
        alone, view = screen(own, earlier, comments), joint(own)
        of_lot = every.unusual[responses.rows_of(at)]
        assert_same(as_known(alone, view.unusual), as_known(together[at], of_lot))
        assert view.score == pytest.approx(every.score[responses.rows_of(at)], rel=1e-9)


def test_neighbours_change_nothing(units: Sequence[Invented]) -> None:
    """In another order, among others, with the same clients and days."""
    picked = [units[at] for at in (31, 8, 3, 31)]
    responses, earlier, _ = zip(*picked, strict=True)
    first, *_, last = screen_each(side_by_side(responses), side_by_side(earlier))
    for flag, again in zip(first.flags, last.flags, strict=True):
        assert flag.alarm == again.alarm
        assert (flag.group == again.group).all()
    assert first.flags


def test_the_forest_scores_as_the_library_does() -> None:
    rule = load_rules().joint
    random = np.random.default_rng(rule.seed.value)
    rows = features(side_by_side([honest(a_unit(random), random) for _ in range(GROWN_ON)]))
    theirs = IsolationForest(n_estimators=rule.trees.value, random_state=rule.seed.value).fit(rows)
    some: Floats = rows[::50]
    assert grow().score(some) == pytest.approx(-theirs.score_samples(some), rel=1e-12)


def test_ranks_are_of_the_own_unit_and_shared_by_equals() -> None:
    values, unit = np.array([2.0, 5, 2, 1, 1, 1]), np.array([0, 0, 0, 2, 2, 2])
    assert ranks_within(values, unit).tolist() == [1.5, 3, 1.5, 2, 2, 2]
    assert ranks_within(np.zeros(0), np.zeros(0, np.intp)).tolist() == []


def test_far_numbers_are_told_apart_too() -> None:
    """More combinations than one number could hold at once."""
    far = np.array([0, 2**61, 2**61, 5])
    number, count = numbered(far, far[::-1].copy(), np.array([0, 2**40, 2**40, 0]))
    assert count[number].tolist() == [1, 2, 2, 1]

"""Units as wholes: honest ones are left in peace, stuffed ones are found, by invented units."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from analysis.rules import check, parse_yaml, read_rules
from analysis.screening.joint import joint
from analysis.screening.responses import UNKNOWN, ScreenedResponses
from analysis.screening.rules import FILE, Rules, load_rules
from analysis.screening.simulator import KINDS, SimulatedUnit, a_unit, dishonest, honest
from analysis.screening.unit import noted, screen
from tests.refusing import refusing

pytestmark = pytest.mark.long

HONEST = 300
# What each kind raises first, and which part of the units of 300 is found at a fifth stuffed.
FIRST = {
    "staff": "devices",
    "copied": "copied",
    "device": "devices",
    "closing": "bursts",
    "alike": "duplicates",
}


def usual(seed: int, **how: float) -> tuple[SimulatedUnit, np.random.Generator]:
    """A unit of 300 that is not near its ceiling."""
    random = np.random.default_rng(seed)
    return replace(a_unit(random, 300), **({"liking": 3.0} | how)), random  # type: ignore[arg-type]


def false_alarms(units: int, **how: float) -> float:
    """The false alarms a unit a quarter of units that are honest in some extreme way."""
    alarms = 0
    for seed in range(units):
        random = np.random.default_rng([7, seed])
        unit = replace(a_unit(random), **how)  # type: ignore[arg-type]
        alarms += len(screen(honest(unit, random), honest(unit, random)).flags)
    return alarms / units


def test_honest_units_raise_at_most_one_false_alarm_in_twenty() -> None:
    assert false_alarms(HONEST) <= load_rules().false_alarms.value


@pytest.mark.parametrize(
    "how",
    [
        {"liking": 4.2},
        {"careless": 0.6},
        {"vouched": 1.0, "devices": 1.0},
        {"vouched": 0.0, "network": 0.9},
        {"size": 30},
        {"evening": 0.9},
    ],
    ids=str,
)
def test_what_only_looks_strange_raises_no_more(how: dict[str, float]) -> None:
    """Ceilings, people in a hurry, kiosks and paper, the office's own network, few, evenings."""
    assert false_alarms(60, **how) <= load_rules().false_alarms.value


@pytest.mark.parametrize("kind", KINDS)
def test_stuffing_is_found_and_named(kind: str) -> None:
    share, found, precision = 0.4 if kind == "copied" else 0.2, 0, []
    for seed in range(12):
        unit, random = usual(seed)
        responses, stuffed, earlier = dishonest(unit, kind, share, random)
        flags = {flag.alarm: flag for flag in screen(responses, earlier).flags}
        if flag := flags.get(FIRST[kind]):  # type: ignore[call-overload]
            found += 1
            precision.append(stuffed[flag.group].mean())
            assert flag.number >= load_rules().least_group.value
    assert found >= 9
    assert np.mean(precision) > 0.6


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"copied"}))
def test_the_joint_view_ranks_the_stuffed_first(kind: str) -> None:
    unit, random = usual(1)
    responses, stuffed, _ = dishonest(unit, kind, 0.2, random)
    view = joint(responses)
    assert roc_auc_score(stuffed, view.score) > 0.75
    assert (joint(responses).score == view.score).all()


def test_few_honest_responses_are_unusual() -> None:
    shares = []
    for seed in range(20):
        unit, random = usual(seed)
        shares.append(joint(honest(unit, random)).unusual.mean())
    assert np.mean(shares) < 3 * load_rules().joint.unusual.value


def test_a_kiosk_is_no_device() -> None:
    """The same stuffing that is one device on the open link is none at a registered kiosk."""
    unit, random = usual(3)
    responses, stuffed, _ = dishonest(unit, "device", 0.2, random)
    assert "devices" in {flag.alarm for flag in screen(responses).flags}
    client = np.where(stuffed, UNKNOWN, responses.client)
    at_kiosk = replace(responses, client=client, vouched=responses.vouched | stuffed)
    assert "devices" not in {flag.alarm for flag in screen(at_kiosk).flags}


def test_a_group_that_rates_worse_raises_no_alarm() -> None:
    unit, random = usual(4)
    responses, stuffed, _ = dishonest(unit, "closing", 0.2, random)
    assert screen(responses).flags
    angry = np.where(stuffed[:, None], 1, responses.answers)
    assert "bursts" not in {flag.alarm for flag in screen(replace(responses, answers=angry)).flags}


@pytest.mark.parametrize("n", [0, 1, 4, 6])
def test_a_handful_is_screened_without_an_alarm(n: int) -> None:
    unit, random = usual(5)
    few = _first(honest(unit, random), n)
    assert screen(few, few).flags == []
    assert len(joint(few).score) == n


def _first(responses: ScreenedResponses, n: int) -> ScreenedResponses:
    return ScreenedResponses(
        highest=responses.highest,
        **{
            name: getattr(responses, name)[:n]
            for name in ("answers", "day", "quarter", "fast", "client", "vouched")
        },
    )


def test_people_in_a_hurry_are_noted_only() -> None:
    unit, random = usual(6, careless=1.0)
    found = screen(honest(unit, random))
    assert found.flags == []
    assert "straight" in noted(found.shares, load_rules())


def test_rules_name_their_sources() -> None:
    text = read_rules(FILE)
    assert load_rules().id == "screening-2026"
    with refusing("source: found nobody"):
        _parsed(text.replace("source: kulldorff-2005", "source: nobody"))
    with refusing("quarter-hours of one day"):
        _parsed(text.replace("[28, 68]", "[68, 28]"))
    with refusing("least_group"):
        _parsed(text.replace("least_group: {value: 5", "least_group: {value: 4"))


def _parsed(text: str) -> Rules:
    return check(Rules, parse_yaml(text, FILE.name), FILE.name)

"""What screening detects of simulated units, and how often it errs: python -m bench.detection

Honest units, and units stuffed in five ways at four shares (``analysis.screening.simulator``),
by the default thresholds. Ends with 1 where honest units raise more false alarms than the rules
allow.
"""

import argparse
import sys
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.stats import beta
from sklearn.metrics import roc_auc_score

from analysis.arrays import Floats
from analysis.screening.joint import joint
from analysis.screening.responses import Bools
from analysis.screening.rules import load_rules
from analysis.screening.simulator import KINDS, a_unit, dishonest, honest
from analysis.screening.unit import Flag, screen

HONEST, STUFFED, SEED = 4_000, 400, 2028
SHARES = (0.05, 0.10, 0.20, 0.40)
RISE, INDEX_POINTS = 2, 0.75  # 75 index points (25 to 100) are 100 of screening
HEADINGS = (
    "stuffing",
    "share",
    "units with an alarm",
    "of those that rose by 2",
    "AUC, units",
    "AUC, responses",
    "precision",
    "found",
)


@dataclass(frozen=True)
class Detected:
    """Of one kind of stuffing at one share: in which part of the units an alarm was raised, and
    in which part of those whose index rose by two points; ROC AUC of units (the strongest
    evidence) and of responses (the joint view, mean over units); of flagged units the mean
    precision and part found of the flagged responses."""

    units: float
    units_that_rose: float | None
    unit_auc: float
    response_auc: float
    precision: float
    found: float


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.detection", description=__doc__)
    parser.add_argument("--units", type=int, default=STUFFED, help="of each kind and share")
    parser.add_argument("--honest", type=int, default=HONEST)
    options = parser.parse_args()
    alarms, evidence = honest_alarms(options.honest)
    print(f"| {' | '.join(HEADINGS)} |\n|{'---|' * len(HEADINGS)}")
    for kind, share in product(KINDS, SHARES):
        one = detected(kind, share, options.units, evidence)
        rose = "–" if one.units_that_rose is None else f"{one.units_that_rose:.0%}"
        units = f"{one.units:.0%} | {rose} | {one.unit_auc:.2f}"
        by_response = f"{one.response_auc:.2f} | {one.precision:.2f} | {one.found:.2f}"
        print(f"| {kind} | {share:.0%} | {units} | {by_response} |", flush=True)
    raised = int(alarms.sum())
    worst = float(beta.ppf(0.95, raised + 1, options.honest - raised))
    allowed = load_rules().false_alarms.value
    print(
        f"\nFalse alarms: {raised} of {options.honest} honest units a quarter,"
        f" {raised / options.honest:.3f} a unit (at most {worst:.3f}, one-sided 95 %)."
        f"\nWanted: at most {allowed} a unit a quarter."
    )
    return 0 if worst <= allowed else 1


def honest_alarms(units: int) -> tuple[Floats, Floats]:
    """(units,) the number of false alarms of honest units, and their strongest evidence."""
    alarms, evidence = np.zeros(units), np.zeros(units)
    for at in range(units):
        random = np.random.default_rng([SEED, at])
        unit = a_unit(random)
        found = screen(honest(unit, random), honest(unit, random))
        alarms[at], evidence[at] = len(found.flags), found.strongest
    return alarms, evidence


def detected(kind: str, share: float, units: int, honest_evidence: Floats) -> Detected:
    """What is detected in so many units that are stuffed in this way."""
    evidence, by_response, flagged = [], [], []
    alarms: list[bool] = []
    rises: list[float] = []
    for at in range(units):
        random = np.random.default_rng([SEED, 1, at])
        responses, stuffed, earlier = dishonest(a_unit(random), kind, share, random)
        found = screen(responses, earlier)
        evidence.append(found.strongest)
        by_response.append(roc_auc_score(stuffed, joint(responses).score))
        alarms.append(bool(found.flags))
        rise = np.nanmean(responses.points) - np.nanmean(responses.points[~stuffed])
        rises.append(float(rise) * INDEX_POINTS)
        if found.flags:
            flagged.append(_quality(found.flags, stuffed))
    stuffed_or_not = [0] * len(honest_evidence) + [1] * units
    precision, share_found = np.mean(flagged, axis=0) if flagged else (np.nan, np.nan)
    return Detected(
        len(flagged) / units,
        _part([alarm for alarm, rise in zip(alarms, rises, strict=True) if rise >= RISE]),
        float(roc_auc_score(stuffed_or_not, [*-honest_evidence, *(-p for p in evidence)])),
        float(np.mean(by_response)),
        float(precision),
        float(share_found),
    )


def _part(alarms: list[bool]) -> float | None:
    return sum(alarms) / len(alarms) if alarms else None


def _quality(flags: list[Flag], stuffed: Bools) -> tuple[float, float]:
    """Which part of the flagged was stuffed, and which part of the stuffed was flagged."""
    group = np.any([flag.group for flag in flags], axis=0)
    return float(stuffed[group].mean()), float(group[stuffed].mean())


if __name__ == "__main__":
    sys.exit(main())

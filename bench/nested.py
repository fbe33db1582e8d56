"""How often the interval of the index without less with the flagged holds: python -m bench.nested

Samples of kept and flagged respondents, as many of each every time (the interval is conditional on
the flags), who answer nine elements 1-4 from normal variables that correlate within a respondent;
the flagged rate 0.8 higher. The truth is that of 2,000 such samples in one.
"""

from itertools import product

import numpy as np

from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme
from analysis.screening.difference import IndexDifference, difference
from analysis.screening.responses import Bools
from analysis.soundness.matrix import Answers

SIZES = ((40, 10), (100, 5), (160, 40), (400, 20))
MISSING = (0.0, 0.2)
SAMPLES, AT_ONCE = 2_000, 2_000
SKM, SCHEME = load_instrument("skm-2017"), load_scheme("skm-2017")
LIKING, HIGHER, SPREAD = 2.9, 0.8, 0.5


def main() -> None:
    print("| kept | flagged | missing | truth | spread of samples | mean error | holds, % |")
    print("|---|---|---|---|---|---|---|")
    for (kept, flagged), missing in product(SIZES, MISSING):
        chance = np.random.default_rng(2026)
        truth = _found(*_sample(kept * AT_ONCE, flagged * AT_ONCE, missing, chance)).difference
        samples = [_found(*_sample(kept, flagged, missing, chance)) for _ in range(SAMPLES)]
        ends = np.array([one.interval for one in samples])
        held = ((ends[:, 0] <= truth) & (truth <= ends[:, 1])).mean()
        spread = np.std([float(one.difference or 0) for one in samples])
        error = np.mean([float(one.error or 0) for one in samples])
        row = f"{truth:.2f} | {spread:.3f} | {error:.3f} | {100 * held:.1f}"
        print(f"| {kept} | {flagged} | {missing:.0%} | {row} |", flush=True)


def _found(answers: Answers, flagged: Bools) -> IndexDifference:
    return difference(answers, flagged, SKM, SCHEME)


def _sample(
    kept: int, flagged: int, missing: float, chance: np.random.Generator
) -> tuple[Answers, Bools]:
    """(n, items) answers, and who of them is flagged."""
    out = np.arange(kept + flagged) >= kept
    person = LIKING + HIGHER * out + chance.normal(0, SPREAD, len(out))
    latent = person[:, None] + chance.normal(0, SPREAD, (len(out), len(SKM.items)))
    answers = np.clip(np.rint(latent), 1, 4)
    answers[chance.random(answers.shape) < missing] = np.nan
    return answers, out


if __name__ == "__main__":
    main()

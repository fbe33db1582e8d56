"""The index without the flagged responses less the index with them, and how sure that is.

Two indices of nested samples: all n responses, and the n - f that are kept. Given who is
flagged, the only chance left is who the kept and who the flagged are: two independent samples.
With u the linear error of a response in an index (``analysis.uncertainty.moments.linear``) and
w = u in the index without (0 if flagged) - u in the index with all,

    Var = sum over both samples of n_h / (n_h - 1) sum (w - mean of w in h)^2,

which is Var(with) + Var(without) - 2 Cov of the two, all given the flags. For a single mean it
is (f/n)^2 (s_kept^2 / (n - f) + s_flagged^2 / f). Interval: t with Welch and Satterthwaite's
degrees of freedom. Index points; respondents a random sample of visits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from analysis.arrays import Floats
from analysis.index.satisfaction import Satisfaction, satisfaction
from analysis.rulebook.certainty import load_certainty
from analysis.rulebook.instrument import Instrument
from analysis.rulebook.scheme import Scheme
from analysis.screening.responses import Bools
from analysis.soundness.matrix import Answers, tally_of
from analysis.uncertainty.moments import scale_of

NO_SPREAD = 1e-9


@dataclass(frozen=True)
class IndexDifference:
    """``all_of`` and ``kept``: the index with and without the flagged; ``difference``: kept
    less all, None where either has no index; ``error`` and ``interval`` at the rules' level,
    None where the kept or the flagged are under two, or alike among themselves."""

    all_of: Satisfaction
    kept: Satisfaction
    difference: float | None
    error: float | None = None
    interval: tuple[float, float] | None = None


def difference(
    answers: Answers, flagged: Bools, instrument: Instrument, scheme: Scheme
) -> IndexDifference:
    """The difference of a unit's index without and with its flagged responses.

    ``answers``: (n, items) in the order of ``instrument.items``, NaN where nothing was answered;
    ``flagged`` (n,).
    """
    given = ~np.isnan(answers).all(axis=1)
    answers, flagged = answers[given], flagged[given]
    tallies = tally_of(answers, instrument), tally_of(answers[~flagged], instrument)
    whole, kept = (satisfaction(tally, scheme)[0] for tally in tallies)
    if whole.index is None or kept.index is None:
        return IndexDifference(whole, kept, None)
    slopes = _slopes(instrument, scale_of(tallies[0], scheme).slopes)
    change = _errors(answers, ~flagged, slopes) - _errors(answers, flagged | True, slopes)
    moved = float(kept.index - whole.index)
    samples = change[flagged], change[~flagged]
    if min(map(len, samples)) < 2 or max(map(np.ptp, samples)) < NO_SPREAD:
        return IndexDifference(whole, kept, moved)
    error, reach = _spread(samples)
    return IndexDifference(whole, kept, moved, error, (moved - reach, moved + reach))


def _slopes(instrument: Instrument, slopes: Floats) -> Floats:
    """(items,) what an item's mean adds to the index: its part of its element's slope."""
    elements = list(instrument.items_of)
    by_item = [
        slopes[elements.index(item.element)] / len(instrument.items_of[item.element])
        for item in instrument.items
    ]
    return np.array(by_item)


def _errors(answers: Answers, among: Bools, slopes: Floats) -> Floats:
    """(n,) the linear errors of the index of those ``among``; 0 of all others."""
    given = ~np.isnan(answers) & among[:, None]
    numbers = np.maximum(given.sum(axis=0), 1)
    means = np.where(given, answers, 0).sum(axis=0) / numbers
    errors: Floats = np.where(given, answers - means, 0) @ (slopes / numbers)
    return errors


def _spread(samples: Sequence[Floats]) -> tuple[float, float]:
    """The standard error of two independent samples' sum, and the reach of its interval."""
    parts = [len(one) * float(one.var(ddof=1)) for one in samples]
    pairs = zip(parts, samples, strict=True)
    freedom = sum(parts) ** 2 / sum(part**2 / (len(one) - 1) for part, one in pairs)
    error = sum(parts) ** 0.5
    return error, float(stdtrit(freedom, (1 + load_certainty().level) / 2)) * error

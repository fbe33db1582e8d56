"""How sure an institution's index is: the simple mean of its units' indices."""

from collections.abc import Sequence

import numpy as np

from analysis.arrays import Floats
from analysis.index.tally import Tally
from analysis.rulebook.scheme import Scheme
from analysis.uncertainty.intervals import Bounded
from analysis.uncertainty.moments import linear, moments, scale_of
from analysis.uncertainty.uncertainty import (
    Design,
    Sure,
    Uncertainty,
    nodes_of,
    part_left,
    possible,
    reasons,
    seen_of,
    spread_of,
    told,
)


def mean_uncertainty(
    tally: Tally, scheme: Scheme, visits: Sequence[int | None], index: float
) -> Uncertainty:
    """How sure the mean ``index`` of the groups' indices is, of a tally counted in pairs.

    Each group is a sample of its own ``visits`` (None: unknown). Of m groups, the error is
    sqrt(sum of their squared errors) / m, as is that of the interval that people see, about the
    mean of their centres on the same logit, drawn in by what is left of all; degrees of
    freedom by Welch and Satterthwaite. No interval where one of the groups has none, but for all
    alike. Raises BadInput where N < n, and ValueError without a group.
    """
    given, each = moments(tally), np.arange(len(tally))
    found, left = linear(given, scale_of(tally, scheme)), part_left(given, visits)
    spread = spread_of(found, given.respondents, Design(each, each, left))
    seen = seen_of(scheme, found.index, spread, possible(tally, scheme, visits))
    freedom = np.maximum(spread.freedom, 1).astype(float)
    endless, open_still = _error(seen.error), _error(seen.error * np.sqrt(seen.left))
    whole = Bounded(
        centre=np.array([seen.centre.mean()]),
        error=endless,
        freedom=_freedom(seen.error, seen.freedom),
        index=np.array([index]),
        left=(open_still / endless) ** 2,
        possible=seen.possible.mean(axis=0, keepdims=True),
        span=seen.span,
    )
    error = np.sqrt(spread.variance)
    complete = np.array([bool((left == 0).all())])
    sure = Sure(np.array([index]), _error(error), _freedom(error, freedom), whole, complete)
    why_not = [one for one in reasons(nodes_of(tally, scheme), given, spread) if one]
    first = next((one for one in why_not if one.code != "all_alike"), None)
    alike = why_not[0] if len(why_not) == len(tally) else None
    return told(scheme, sure, [first or alike])[0]


def _error(errors: Floats) -> Floats:
    return np.array([np.sqrt((errors**2).sum()) / len(errors)])


def _freedom(errors: Floats, freedom: Floats) -> Floats:
    """(1,) of the sum; the smallest where nothing spreads."""
    variance = errors**2
    if not variance.any():
        return np.array([freedom.min()])
    return np.array([variance.sum() ** 2 / (variance**2 / freedom).sum()])

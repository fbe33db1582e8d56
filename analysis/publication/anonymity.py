"""Rows about people such that nobody can be found among them.

k-anonymity (Samarati and Sweeney, 1998) with k = 5: global recoding in a stated order, then
local suppression in the same order; and, after l-diversity (Machanavajjhala and others, 2007),
no group that was dissatisfied to the last person. Answers are looked at and never changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from analysis.arrays import Flags
from analysis.disclosure import enough, shown_groups

HIDDEN = -1

Codes: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True)
class RecodingStep:
    """One step of global recoding: in ``column`` code i becomes ``onto[i]``; None hides all."""

    column: int
    onto: Codes | None


@dataclass(frozen=True)
class Protected:
    """``codes``: (n, c), ``HIDDEN`` where hidden; ``taken``: the steps of recoding taken."""

    codes: Codes
    taken: int


@dataclass(frozen=True)
class Coarsening:
    """How rows are made coarser: steps in their order, the last ones dropping each column once.

    ``tolerated``: the share of rows that may be left in unsafe groups; ``worthless``: the share
    of a column that is too small to be shown, above which the column is hidden.
    """

    steps: Sequence[RecodingStep]
    tolerated: float
    worthless: float


def protect(codes: Codes, sources: Codes, low: Flags, coarsening: Coarsening) -> Protected:
    """The rows of one unit with their quasi-identifiers made coarser, then hidden in places.

    ``codes``: (n, c) from 0, a missing value having a code of its own. ``sources``: (n,) who
    holds the rows besides us; each has five or more. ``low``: (n, m) unfavourable answers.
    ``steps``: in their order, the last ones dropping each column once; as few are taken as
    leave at most the share ``tolerated`` of the rows in unsafe groups. Those lose their
    columns one by one, in the order in which the steps drop them. A column is hidden wholly
    where more than the share ``worthless`` of it is too small to be shown.

    Within each source, whatever the order of the rows: a combination of codes occurs five
    times or never; not all of its rows are low in one answer, unless all of the source are;
    and of each value, in each column, five or more are hidden, or none, so that what is
    hidden cannot be had from a published total.
    """
    current = codes.copy()
    for taken in range(len(coarsening.steps) + 1):
        recoded = _hide_small(current, sources, coarsening.worthless)
        unsafe = ~_safe(np.column_stack([recoded, sources]), low)
        if unsafe.mean() <= coarsening.tolerated or taken == len(coarsening.steps):
            break
        step = coarsening.steps[taken]
        column = current[:, step.column]
        current[:, step.column] = HIDDEN if step.onto is None else step.onto[column]
    order = [step.column for step in coarsening.steps if step.onto is None]
    result = recoded.copy()
    for source in np.unique(sources):
        rows = sources == source
        result[rows] = _close_margins(_suppress(recoded[rows], low[rows], order), recoded[rows])
    return Protected(result, taken)


def _hide_small(codes: Codes, sources: Codes, worthless: float) -> Codes:
    """Values of fewer than five hidden, by the rule of published groups in each source."""
    result = codes.copy()
    for at, column in enumerate(codes.T):
        for source in np.unique(sources):
            values, sizes = np.unique(column[sources == source], return_counts=True)
            shown = shown_groups(sizes.tolist())
            result[np.isin(column, values[~np.array(shown)]), at] = HIDDEN
        if (result[:, at] == HIDDEN).mean() > worthless:
            result[:, at] = HIDDEN
    return result


def _suppress(codes: Codes, low: Flags, order: Sequence[int]) -> Codes:
    """Unsafe rows lose column by column; what stays unsafe takes the smallest group with it."""
    result = codes.copy()
    unsafe = np.flatnonzero(~_safe(result, low))
    for column in order:
        result[unsafe, column] = HIDDEN
        unsafe = unsafe[~_safe(result[unsafe], low[unsafe])]
    settled = np.setdiff1d(np.arange(len(result)), unsafe)
    if len(unsafe) and len(settled):
        result[settled[_smallest(result[settled])]] = HIDDEN
    return result


def _close_margins(codes: Codes, before: Codes) -> Codes:
    """Where one to four of a value are hidden, a whole group more is."""
    result = codes.copy()
    for at, column in enumerate(before.T):
        values, hidden = np.unique(column[result[:, at] != column], return_counts=True)
        for value in values[~enough(hidden)]:
            showing = np.flatnonzero(result[:, at] == value)
            result[showing[_smallest(result[showing])], at] = HIDDEN
    return result


def _smallest(codes: Codes) -> Flags:
    """Which rows make up the smallest combination of codes, the first of equals."""
    _, group, sizes = _groups(codes)
    return np.asarray(group == np.argmin(sizes))


def _safe(codes: Codes, low: Flags) -> Flags:
    """(n,) whether a row's combination occurs five times and not all of it are low."""
    _, group, sizes = _groups(codes)
    safe = enough(sizes)
    for answers in low.T:
        safe &= np.bincount(group, answers, len(sizes)) < sizes
    return np.asarray(safe[group])


def _groups(codes: Codes) -> tuple[Codes, Codes, Codes]:
    """The combinations as sorted numbers, (n,) which one a row has, and how often each occurs."""
    shifted = codes - HIDDEN
    width = shifted.max(axis=0, initial=0) + 1
    place = np.append(np.cumprod(width[:0:-1])[::-1], 1)
    return np.unique(shifted @ place, return_inverse=True, return_counts=True)

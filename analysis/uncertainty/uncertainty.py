"""How sure a satisfaction index is, if respondents are a random sample of visits.

Linearised standard errors with missing answers and finite population; source: docs of the
R package survey, whose svycontrast on totals gives the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analysis.arrays import Floats, Places
from analysis.errors import Problem, bad
from analysis.index.tally import Counts, Tally
from analysis.rulebook.certainty import CertaintyKey, load_certainty
from analysis.rulebook.scheme import Node, Scheme
from analysis.rules import RuleLanguage
from analysis.uncertainty.intervals import Bounded, Sampled, bounded, edges_of, t_interval
from analysis.uncertainty.moments import (
    Linear,
    Moments,
    Scale,
    SecondPass,
    item_shares,
    linear,
    moments,
    scale_of,
)

# Index points squared: far below the smallest spread of people who differ in one answer, far
# above what rounding leaves of none.
NO_SPREAD = 1e-9
# The mean of a single element as an index of its own.
OF_MEAN = Scale(np.ones(1))


@dataclass(frozen=True)
class Uncertainty:
    """How sure the index of one group is.

    ``standard_error`` in index points; ``freedom``: degrees of freedom; ``interval``: t's at the
    rules' level, clipped to the index's range, as R gives it; these None where all rate alike and
    others were not asked. ``bounded``: the interval that people see, see ``intervals.bounded``;
    ``grades``: probability by grade, a confidence distribution, not a posterior; ``inside``: the
    grade in whose band the whole bounded interval lies; ``complete``: every visit was asked and
    answered everything. All None where there is ``no_interval``.
    """

    standard_error: float | None = None
    freedom: int | None = None
    interval: tuple[float, float] | None = None
    bounded: tuple[float, float] | None = None
    grades: Mapping[str, float] | None = None
    inside: str | None = None
    complete: bool = False
    no_interval: Problem | None = None

    def certainty(self, grade: str) -> CertaintyKey | None:
        """How sure the shown grade is."""
        if not self.grades:
            return None
        if self.complete:
            return "certain"
        if self.inside == grade:
            return "almost_certain"
        return "likely" if self.grades[grade] >= load_certainty().likely else "borderline"

    def sentence(self, grade: str, language: RuleLanguage) -> str | None:
        """How sure the shown grade is in words, and on what assumption."""
        key = self.certainty(grade)
        return load_certainty().sentence(grade, key, language) if key else None


@dataclass(frozen=True)
class Design:
    """How groups were sampled: in H strata, which make up D domains.

    ``stratum`` (G,): of each group; ``domain`` (H,): of each stratum; ``left`` (H,): the part
    of the visits that was not asked, 1 - A/N, see ``part_left``, 1 where N is unknown.
    """

    stratum: Places
    domain: Places
    left: Floats


@dataclass(frozen=True)
class Spread:
    """The variance of each domain's index (D,), its ``freedom``, and whether it is ``nil``:
    no spread at all among the respondents of strata that were not asked whole.

    ``endless`` (D,): the variance as of an endless population; ``left`` (D,): what part of that
    is left, the strata's by their share of it, or of those asked where none of those that are
    open spread; ``respondents`` (D,).
    """

    variance: Floats
    freedom: Places
    nil: npt.NDArray[np.bool_]
    endless: Floats
    left: Floats
    respondents: Floats


def uncertainty(
    tally: Tally,
    scheme: Scheme,
    visits: Sequence[int | None] | None = None,
    rows: SecondPass | None = None,
    squares: Sequence[float] | None = None,
) -> list[Uncertainty]:
    """How sure the index of each group is, by what reads the ``rows`` again, or else of pairs.

    ``squares``: of the linear errors
    of each group, where somebody else summed them; then neither is needed.

    Var = (1 - A/N) n/(n - 1) sum of (u - mean of u)^2, u as in ``linear``, A the answers to the
    item least answered. ``visits``: N of each group, None where unknown: no correction. Raises
    BadInput where N < n.
    """
    given, scale = moments(tally), scale_of(tally, scheme)
    found = linear(given, scale) if rows is None else rows(given, scale, tally)
    if squares is not None:
        found = replace(found, squares=np.array(squares))
    each = np.arange(len(tally))
    visits = visits or [None] * len(tally)
    left = part_left(given, visits)
    spread = spread_of(found, given.respondents, Design(each, each, left))
    why_not = reasons(nodes_of(tally, scheme), given, spread)
    return described(scheme, found.index, spread, possible(tally, scheme, visits), why_not)


def element_errors(tally: Tally, visits: Sequence[int | None] | None = None) -> dict[str, Floats]:
    """By element (G,) the standard error of its mean, 1-4, among those who answered it.

    NaN where nothing can be said of it: under two answers, or all alike and others not asked.
    """
    each, given, errors = np.arange(len(tally)), moments(tally), {}
    for at, element in enumerate(tally.items_of):
        alone = given.of_element(at)
        left = part_left(alone, visits or [None] * len(tally))
        found = linear(alone, OF_MEAN)
        spread = spread_of(found, alone.respondents, Design(each, each, left))
        known = (alone.respondents > 1) & ~spread.nil
        errors[element] = np.where(known, np.sqrt(spread.variance), np.nan)
    return errors


def part_left(given: Moments, visits: Sequence[int | None]) -> Floats:
    """(G,) 1 - A/N; 1 where N is None. Raises BadInput where N < n.

    A: the answers to the item least answered: who was asked but did not answer is open still.
    """
    for n, known in zip(given.respondents.tolist(), visits, strict=True):
        if known is not None and known < n:
            raise bad("few_visits", found=known, least=n)
    fewest = fewest_answers(given.answers, given.answers > 0).tolist()
    return np.array(
        [1 - few / known if known else 1.0 for few, known in zip(fewest, visits, strict=True)]
    )


def fewest_answers(answers: Floats, in_use: npt.NDArray[np.bool_]) -> Floats:
    """(G,) the answers to the item least answered, of ``answers`` (G, I) to those ``in_use``."""
    fewest: Floats = np.where(in_use, answers, np.inf).min(axis=1)
    return np.where(np.isinf(fewest), 0, fewest)


def possible(tally: Tally, scheme: Scheme, visits: Sequence[int | None]) -> Floats:
    """(G, 2) between what the index of all N visits lies, whatever was not answered would be.

    Each item's A answers stand, the other N - A are all at one end of what it allows. The whole
    span where N is None.
    """
    if all(one is None for one in visits):
        return np.tile(_span(scheme), (len(tally), 1))
    given, scale = moments(tally), scale_of(tally, scheme)
    answers = given.answers
    shares = np.nan_to_num(item_shares(answers > 0, given.element_of))
    slopes = shares * scale.slopes[given.element_of]
    means = np.einsum("gii->gi", given.sums) / np.maximum(answers, 1)
    known = np.array([np.nan if one is None else one for one in visits], float)
    allowed = [tally.allowed[item] for items in tally.items_of.values() for item in items]
    moves = [
        slopes * (1 - answers / known[:, None]) * (np.array(ends) - means)
        for ends in ([min(one) for one in allowed], [max(one) for one in allowed])
    ]
    index = linear(given, scale).index
    least, most = np.minimum(*moves).sum(axis=1), np.maximum(*moves).sum(axis=1)
    found = np.stack([index + least, index + most], axis=1)
    return np.where(np.isnan(known)[:, None], _span(scheme), found)


def spread_of(
    found: Linear, respondents: Counts, design: Design, weights: Floats | None = None
) -> Spread:
    """The design's variance: sum over strata of left x n/(n - 1) sum (wu - mean of wu)^2.

    Freedom: respondents minus strata. A stratum of one respondent adds nothing: merge it.
    """
    each = np.ones(len(respondents)) if weights is None else weights
    strata, domains = len(design.domain), int(design.domain.max(initial=-1)) + 1
    n = _sums(design.stratum, respondents, strata)
    totals = _sums(design.stratum, each * found.total, strata)
    squares = _sums(design.stratum, each**2 * found.squares, strata)
    within = np.maximum(squares - totals**2 / np.maximum(n, 1), 0)
    endless = within * n / np.maximum(n - 1, 1)
    seen = _sums(design.domain, endless * (design.left > 0), domains)
    people = _sums(design.domain, n, domains)
    whole = _sums(design.domain, endless, domains)
    variance = _sums(design.domain, design.left * endless, domains)
    spread = seen * people >= NO_SPREAD
    among = _sums(design.domain, n * design.left, domains) / np.maximum(people, 1)
    return Spread(
        variance=variance,
        freedom=(people - _sums(design.domain, n > 0, domains)).astype(np.intp),
        nil=~spread & (_sums(design.domain, design.left > 0, domains) > 0),
        endless=whole,
        left=np.where(spread, variance / np.where(spread, whole, 1), among),
        respondents=people,
    )


def reasons(elements: Sequence[Node], given: Moments, spread: Spread) -> list[Problem | None]:
    """Why there is no interval, by group; None where there is one.

    ``elements``: those of ``given``, whose groups are the domains of ``spread``.
    """
    found: list[Problem | None] = []
    single: npt.NDArray[np.bool_] = np.equal(given.answers, 1)
    columns = given.respondents, given.answered.min(axis=1), single.sum(axis=1), spread.nil
    rows = zip(*(column.tolist() for column in columns), strict=True)
    for group, (n, fewest, lone, nil) in enumerate(rows):
        if fewest == 0:
            found.append(Problem("no_index"))
        elif n == 1:
            found.append(Problem("one_respondent"))
        elif lone:
            of = dict.fromkeys(given.element_of[single[group]].tolist())
            found.append(Problem("few_answers", elements=[elements[at].name for at in of]))
        else:
            found.append(Problem("all_alike") if nil else None)
    return found


def nodes_of(tally: Tally, scheme: Scheme) -> list[Node]:
    """The elements in use, in the order of the tally."""
    nodes = {node.key: node for node in scheme.children}
    return [nodes[element] for element in tally.items_of]


def described(
    scheme: Scheme,
    index: Floats,
    spread: Spread,
    ends: Floats,
    why_not: Sequence[Problem | None],
) -> list[Uncertainty]:
    """Intervals and grades from the index (D,), its spread, and the ``possible`` ends (D, 2)."""
    error, freedom = np.sqrt(spread.variance), np.maximum(spread.freedom, 1).astype(float)
    sure = Sure(index, error, freedom, seen_of(scheme, index, spread, ends), spread.left == 0)
    return told(scheme, sure, why_not)


def seen_of(scheme: Scheme, index: Floats, spread: Spread, ends: Floats) -> Bounded:
    """The index (D,) as people see it, see ``intervals.bounded``; ``ends`` (D, 2): possible."""
    freedom = np.maximum(spread.freedom, 1).astype(float)
    asked = spread.endless, spread.respondents
    return bounded(Sampled(index, *asked, freedom, spread.left, ends), _span(scheme))


@dataclass(frozen=True)
class Sure:
    """Indices (D,), their standard errors and degrees of freedom, ``seen`` as people see them;
    ``complete`` (D,): every visit was asked and answered everything.
    """

    index: Floats
    error: Floats
    freedom: Floats
    seen: Bounded
    complete: npt.NDArray[np.bool_]


def told(scheme: Scheme, sure: Sure, why_not: Sequence[Problem | None]) -> list[Uncertainty]:
    """Intervals and grades of each; those with a reason but that all are alike have none."""
    rules, span = load_certainty(), _span(scheme)
    plain = t_interval(sure.index, sure.error, sure.freedom, rules.level, span).tolist()
    ends = _with_index(sure.seen.interval(rules.level), sure.index)
    bands = sorted(scheme.bands.value, key=lambda band: band.start) if scheme.bands else []
    names, edges = [str(band.grade) for band in bands], edges_of(scheme, bands)
    masses, inside = sure.seen.grades(edges).tolist(), _inside(ends, edges).tolist()
    found = []
    for at, reason in enumerate(why_not):
        alike = reason is not None and reason.code == "all_alike"
        if reason and not alike:
            found.append(Uncertainty(no_interval=reason))
            continue
        found.append(
            Uncertainty(
                standard_error=None if alike else float(sure.error[at]),
                freedom=None if alike else int(sure.freedom[at]),
                interval=None if alike else tuple(plain[at]),
                bounded=tuple(ends[at].tolist()),
                grades=dict(zip(names, masses[at], strict=True)) if bands else None,
                inside=names[inside[at]] if bands and inside[at] >= 0 else None,
                complete=bool(sure.complete[at]),
            )
        )
    return found


def _span(scheme: Scheme) -> tuple[float, float]:
    return float(scheme.span[0]), float(scheme.span[1])


def _with_index(ends: Floats, index: Floats) -> Floats:
    """The interval, widened to the index itself where all rate at an end: wider is no less sure."""
    low, high = np.minimum(ends[:, 0], index), np.maximum(ends[:, 1], index)
    return np.stack([low, high], axis=1)


def _inside(ends: Floats, edges: Floats) -> Places:
    """(D,) by place the band in which the whole interval lies, -1 where it reaches over an edge."""
    low, high = (np.searchsorted(edges, ends[:, at], side="right") for at in (0, 1))
    return np.where(low == high, low, -1)


def _sums(of: Places, values: npt.ArrayLike, number: int) -> Floats:
    """(number,) the sums of the values by place."""
    return np.bincount(of, np.asarray(values, float), number).astype(np.float64)

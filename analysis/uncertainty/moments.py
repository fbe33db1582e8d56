"""Second moments of the answers by group, and what linear errors are made of.

Counts of answers and of pairs of answers are exact, and add up over files, steps, services
and months; every variance follows from them, so that no row of answers leaves its database.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.arrays import Floats, Integers, Places
from analysis.index.line import IndexLine
from analysis.index.packing import Pack, PackedAnswers, PackPart
from analysis.index.satisfaction import restrict
from analysis.index.tally import HALF, Counts, Tally
from analysis.processors import each, shares
from analysis.rulebook.scheme import Scheme

# Whole numbers of so many bits are exact in a float, as long as none of their sums has more.
EXACT = 52
LEAST = 2.0**-256


@dataclass(frozen=True)
class Moments:
    """Over the G groups of a tally and its I items, in the order of ``Tally.items_of``.

    ``element_of`` (I,): the element of each item, by place; ``respondents`` (G,); ``answered``
    (G, E): responses with an answer to the element. All (G, I, I), of those who answered both
    items of a pair: ``both`` their number, ``sums`` of the first item's answers, ``products``
    of the two; on the diagonal those who answered the item.
    """

    element_of: Places
    respondents: Counts
    answered: Counts
    both: Floats
    sums: Floats
    products: Floats

    @property
    def answers(self) -> Floats:
        """(G, I) answers to each item."""
        return _diagonal(self.both)

    def of_element(self, element: int) -> "Moments":
        """Those of one element alone, by place: its respondents are those who answered it."""
        items = np.flatnonzero(self.element_of == element)
        pairs = np.ix_(np.arange(len(self.respondents)), items, items)
        answered = self.answered[:, element]
        return Moments(
            element_of=np.zeros(len(items), np.intp),
            respondents=answered,
            answered=answered[:, None],
            both=self.both[pairs],
            sums=self.sums[pairs],
            products=self.products[pairs],
        )


@dataclass(frozen=True)
class Scale:
    """An index = start + sum(slopes x element means); ``slopes`` (E,)."""

    slopes: Floats
    start: float = 0.0


@dataclass(frozen=True)
class Linear:
    """An index of D domains, and the linear errors u of their respondents.

    ``index`` (D,): NaN where nobody answered; ``total`` and ``squares`` (G,): the sums of u
    and of its squares over the respondents of each group. The weighted sum of u over a domain
    is 0, and the variance of the index that of the weighted sum of u in repeated samples.
    """

    index: Floats
    total: Floats
    squares: Floats


# Reads the rows of a tally once more, wherever they are.
SecondPass = Callable[[Moments, Scale, Tally], Linear]


def moments(tally: Tally) -> Moments:
    """The moments of a tally; those of two items are 0 where it was not counted in pairs."""
    items = _items(tally)
    shape = (len(tally), len(items), len(items))
    both, sums, products = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for at, item in enumerate(items):
        counts, values = tally.counts(item), np.array(tally.allowed[item])
        both[:, at, at] = counts.sum(axis=1)
        sums[:, at, at] = counts @ values
        products[:, at, at] = counts @ values**2
    if tally.in_pairs:
        (one, other), pairs = np.triu_indices(len(items), 1), tally.pairs()
        both[:, one, other] = both[:, other, one] = pairs.both
        products[:, one, other] = products[:, other, one] = pairs.product
        sums[:, one, other], sums[:, other, one] = pairs.first, pairs.second
    return Moments(
        element_of=np.repeat(np.arange(len(tally.items_of)), [*map(len, tally.items_of.values())]),
        respondents=tally.respondents,
        answered=np.stack([tally.answered(element) for element in tally.items_of], axis=1),
        both=both,
        sums=sums,
        products=products,
    )


def scale_of(tally: Tally, scheme: Scheme) -> Scale:
    """The index as a sum over the element means in use: 25/k each.

    In general an element's share of the weights times the slope from its answers' scale.
    """
    line = IndexLine.of(restrict(scheme, list(tally.items_of)))
    slopes = [float(line.slopes[element]) for element in tally.items_of]
    return Scale(np.array(slopes), float(line.start))


def linear(
    given: Moments,
    scale: Scale,
    domain: Sequence[int] | Places | None = None,
    weights: Floats | None = None,
) -> Linear:
    """The index of each domain with its linear errors.

    ``domain`` (G,): which of the D domains a group is part of, each its own where None;
    ``weights`` (G,): of each respondent of the group, 1 where None. An element's mean is that
    of its m items that were answered. With a = 1 where an item was answered y, R the item's
    weighted mean and A the sum of the weights of those who answered it:
    u = sum over elements of slope x sum over items of a (y - R) / (m A).
    """
    of = np.arange(len(given.respondents)) if domain is None else np.asarray(domain, np.intp)
    numbers, sums = given.answers, _diagonal(given.sums)
    index, mean, factor = _errors(given, scale, of, weights)
    crossed = given.sums * mean[:, None, :]
    spread = given.products - crossed - crossed.transpose(0, 2, 1)
    spread += given.both * mean[:, :, None] * mean[:, None, :]
    total = np.einsum("gi,gi->g", factor, sums - numbers * mean)
    squares = np.einsum("gi,gij,gj->g", factor, spread, factor)
    return Linear(index, total, np.maximum(squares, 0))


@dataclass(frozen=True)
class KeptRows:
    """Answers that are in memory; ``places`` (groups,): of which group of the tally each is."""

    packs: Sequence[Pack]
    blocks: Sequence[PackedAnswers]
    places: Places

    def linear(self, given: Moments, scale: Scale, tally: Tally) -> Linear:
        """The index of each group of the tally with its linear errors.

        The same as ``linear``, which needs pairs instead of the rows. Squares are rounded to whole
        numbers, a power of two for each group, so large that their sums just stay exact: so the
        sums are the same in any order of the rows, and on any number of processors.
        """
        index, mean, factor = _errors(given, scale, np.arange(len(tally)), None)
        own = _diagonal(given.products) - 2 * mean * _diagonal(given.sums)
        own += given.answers * mean**2
        # The square of a sum is at most as many times the sum of the squares as it has parts.
        most = own.shape[1] * (factor**2 * own).sum(axis=1)
        exponent = (EXACT - np.frexp(np.maximum(most, LEAST))[1]) // 2
        errors: dict[str, Floats] = {}
        for at, item in enumerate(_items(tally)):
            away = np.array(tally.allowed[item]) - mean[:, at, None]
            scaled = np.ldexp(factor[:, at, None] * away, exponent[:, None])
            errors[item] = np.pad(scaled, ((0, 0), (1, 0)))[self.places]
        total = np.einsum("gi,gi->g", factor, _diagonal(given.sums) - given.answers * mean)
        squares = np.zeros(len(tally))
        np.add.at(squares, self.places, self._squares(errors))
        return Linear(index, total, np.ldexp(squares, -2 * exponent))

    def _squares(self, errors: Mapping[str, Floats]) -> Floats:
        """(groups,) the sums of the squares, each rounded; ``errors`` (groups, codes) by item."""
        groups = len(self.places)
        tables = [
            (at, part, _joint_errors(part, errors))
            for at, pack in enumerate(self.packs)
            for part in pack.parts(groups)
        ]

        def squares(share: Sequence[PackedAnswers]) -> Floats:
            found = np.zeros(groups)
            for piece in (piece for block in share for piece in block.pieces()):
                u = np.zeros(len(piece))
                for at, part, table in tables:
                    u += np.take(table, part.cells(piece.group, piece.joint[at]))
                found += np.bincount(piece.group, np.rint(u**2), groups)
            return found

        total: Floats = np.sum([*each(squares, shares(self.blocks))], axis=0)
        return total


def _joint_errors(part: PackPart, errors: Mapping[str, Floats]) -> Floats:
    """(groups x size,) the sums of the errors (groups, width) that each joint code stands for."""
    codes = zip(part.pack.items, part.pack.codes, strict=True)
    joint: Floats = np.sum([errors[item][:, code] for item, code in codes], axis=0)
    return joint.ravel()


@dataclass(frozen=True)
class WholeLines:
    """The linear errors of the respondents of G groups as whole numbers, so that sums are exact.

    2**exponent u = sum over items of slope x answer - start; ``slope``, ``start`` (G, I),
    ``exponent`` (G,): as large as leaves each sum below 2**31. ``index`` (G,).
    """

    index: Floats
    slope: Integers
    start: Integers
    exponent: Integers

    def linear(self, total: Integers, high: Integers, low: Integers) -> Linear:
        """What the sums (G,) say: of all numbers, and of their squares in halves of 31 bits."""
        exponent = self.exponent
        squares = np.ldexp(high.astype(float), HALF - 2 * exponent)
        squares += np.ldexp(low.astype(float), -2 * exponent)
        return Linear(self.index, np.ldexp(total.astype(float), -exponent), squares)


def whole_lines(given: Moments, scale: Scale, tally: Tally) -> WholeLines:
    """The lines of each group of a tally, for the engine that holds its rows."""
    index, mean, factor = _errors(given, scale, np.arange(len(tally)), None)
    allowed = [tally.allowed[item] for item in _items(tally)]
    ends = np.array([(min(one), max(one)) for one in allowed])
    farthest = np.abs(factor) * np.maximum(mean - ends[:, 0], ends[:, 1] - mean)
    # A bit is left for what is rounded.
    exponent = (HALF - 1 - np.frexp(farthest.sum(axis=1))[1]).astype(np.int64)
    slope = np.rint(np.ldexp(factor, exponent[:, None]))
    start = np.rint(slope * mean)
    return WholeLines(index, slope.astype(np.int64), start.astype(np.int64), exponent)


def _items(tally: Tally) -> list[str]:
    return [item for items in tally.items_of.values() for item in items]


def _errors(
    given: Moments, scale: Scale, of: Places, weights: Floats | None
) -> tuple[Floats, Floats, Floats]:
    """The index (D,), and by group (G, I) each item's mean and the factor of a distance from it."""
    each = np.ones((len(of), 1)) if weights is None else weights[:, None]
    weighed = _added(given.answers * each, of)
    present = weighed > 0
    weighed = np.where(present, weighed, 1)
    means = _added(_diagonal(given.sums) * each, of) / weighed
    share = item_shares(present, given.element_of) * scale.slopes[given.element_of]
    index = scale.start + (share * means).sum(axis=1)
    return index, means[of], np.nan_to_num(share / weighed)[of]


def _diagonal(pairs: Floats) -> Floats:
    diagonal: Floats = np.einsum("gii->gi", pairs)
    return diagonal


def _added(values: Floats, of: Places) -> Floats:
    """The sums of the rows of each domain."""
    result = np.zeros((int(of.max()) + 1 if len(of) else 0, values.shape[1]))
    np.add.at(result, of, values)
    return result


def item_shares(present: npt.NDArray[np.bool_], element_of: Places) -> Floats:
    """(D, I) what part of its element's mean an item is; NaN where no item was answered."""
    member = element_of[:, None] == np.arange(element_of.max() + 1)
    number = (present @ member.astype(float))[:, element_of]
    return np.where(present, 1.0, 0.0) / np.where(number > 0, number, np.nan)

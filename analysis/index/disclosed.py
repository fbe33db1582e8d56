"""What may be shown of results, as types of their own: an unmasked one is not accepted instead.

Each is made by its function alone, by the rule in ``analysis.disclosure``.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from analysis.disclosure import SMALLEST_GROUP, enough, few, hidden_groups, told
from analysis.errors import Problem
from analysis.exact import mean_of
from analysis.index.experience import Experienced
from analysis.index.satisfaction import Satisfaction, average, satisfaction
from analysis.index.tally import Tally
from analysis.rulebook.scheme import Scheme

SOURCE = "source"


@dataclass(frozen=True)
class DisclosedIndex(Satisfaction):
    """An index without what may not be shown.

    Of fewer than five respondents it holds nothing but their number; else ``means`` without
    those of elements that too few answered, which ``hidden`` names. ``apart``: how many of the
    respondents are in the index alone and in no mean, being one to four of their source.
    """

    hidden: frozenset[str] = frozenset()
    apart: int = 0

    @property
    def too_few(self) -> bool:
        """Whether there is nothing to be shown, for want of respondents."""
        return not enough(self.n)


def disclose(index: Satisfaction, answered: Sequence[Mapping[str, int]] = ()) -> DisclosedIndex:
    """What may be shown of an index.

    ``answered``: the respondents by element in each source that somebody may hold.
    """
    if not enough(index.n):
        return nothing_of(index.scheme, index.n)
    return _masked(index, set().union(*map(hidden_groups, (index.answered, *answered))))


def _masked(index: Satisfaction, hidden: Collection[str]) -> DisclosedIndex:
    """The index of five and more without the means of these elements."""
    return DisclosedIndex(
        scheme=index.scheme,
        n=index.n,
        answered={key: n for key, n in index.answered.items() if key not in hidden},
        means={key: None if key in hidden else mean for key, mean in index.means.items()},
        index=index.index,
        no_index=index.no_index,
        hidden=frozenset(hidden),
    )


def disclose_sources(tally: Tally, scheme: Scheme) -> DisclosedIndex:
    """What may be shown of the whole of a tally by "source" to whoever may hold any of them.

    The index, which the law wants of all, is of all; the means are of the sources of at least
    five, none of an element that one to four of such a source answered.
    """
    whole = satisfaction(tally.regroup([]), scheme)[0]
    if not enough(whole.n):
        return nothing_of(scheme, whole.n)
    large = without_sources(tally, small_sources(tally))
    by_source = satisfaction(large.regroup([SOURCE]), scheme)
    told = satisfaction(large.regroup([]), scheme)[0]
    shown = disclose(told, [one.answered for one in by_source])
    return DisclosedIndex(
        scheme=scheme,
        n=whole.n,
        answered=shown.answered,
        means=shown.means or dict.fromkeys(whole.means),
        index=whole.index,
        no_index=whole.no_index,
        hidden=shown.hidden if by_source else frozenset(whole.means),
        apart=whole.n - told.n,
    )


def disclose_groups(
    tally: Tally, by: str, scheme: Scheme, looks: Sequence[Tally]
) -> list[DisclosedIndex | None]:
    """What may be shown of each group of a tally by "source" and ``by``, as ``regroup`` has them.

    ``looks``: the same by what somebody may hold, or leave out of another look. A group, and an
    element of it, is shown only if it is large enough in each source, and if nothing smaller is
    left of the whole without the groups, or of the group's index without the elements, shown.
    """
    small = _hidden_in(looks, by, "respondents")
    unshown = {key: _hidden_in(looks, by, f"answered_{key}", small) for key in tally.items_of}
    whole = tally.regroup([by])
    keys = map(_key, whole.counted[by])
    return [
        _masked(one, _hidden_elements(looks, by, key, unshown))
        if one.n and key not in small
        else None
        for key, one in zip(keys, satisfaction(whole, scheme), strict=True)
    ]


def _hidden_in(
    looks: Sequence[Tally], by: str, measure: str, hidden: Collection[Hashable] = ()
) -> set[Hashable]:
    """The groups too few by a measure in one of the sources, and those that they take along."""
    found: set[Hashable] = set()
    for look in looks:
        for _, rows in look.counted.groupby(SOURCE):
            sizes = zip(map(_key, rows[by]), rows[measure].tolist(), strict=True)
            found |= hidden_groups(dict(sizes), hidden)
    return found


def _hidden_elements(
    looks: Sequence[Tally], by: str, group: Hashable, unshown: Mapping[str, Collection[Hashable]]
) -> set[str]:
    """The elements of a group that are not shown, and those that they take along."""
    found = {element for element, groups in unshown.items() if group in groups}
    for look in looks:
        own = look.counted[[_key(key) == group for key in look.counted[by]]]
        for row in own.to_dict("records"):
            answered = {element: int(row[f"answered_{element}"]) for element in unshown}
            found |= hidden_groups(answered, found)
    return found


def _key(group: Any) -> Hashable:
    """NaN, for none, equals nothing, not even itself."""
    return None if pd.isna(group) else group


def small_sources(tally: Tally) -> set[str]:
    """The sources of which one to four responded, in a tally by "source" and others."""
    sizes = tally.counted.groupby(SOURCE)["respondents"].sum()
    return {str(source) for source, size in sizes.items() if few(int(size))}


def large_cells(tally: Tally) -> Tally:
    """The rows of a tally in which at least five responded."""
    kept = tally.counted[enough(tally.respondents)].reset_index(drop=True)
    return Tally(kept, tally.by, tally.items_of, tally.allowed)


def without_sources(tally: Tally, sources: Collection[str]) -> Tally:
    """The tally without the rows of these sources."""
    kept = tally.counted[~tally.counted[SOURCE].isin(list(sources))]
    return Tally(kept, tally.by, tally.items_of, tally.allowed)


def nothing_of(scheme: Scheme, n: int) -> DisclosedIndex:
    """The number of respondents, at most four, and nothing else."""
    return DisclosedIndex(
        scheme, min(n, SMALLEST_GROUP - 1), {}, {}, None, Problem("no_respondents")
    )


def mean_index(units: Sequence[DisclosedIndex]) -> DisclosedIndex:
    """The simple mean of units' indices; of an element, where each unit shows its mean."""
    indexed = [one for one in units if one.index is not None]
    columns = {key: [one.means[key] for one in indexed] for key in units[0].means}
    means = {
        key: None if None in column else mean_of([mean for mean in column if mean is not None])
        for key, column in columns.items()
    }
    return DisclosedIndex(
        scheme=units[0].scheme,
        n=sum(one.n for one in units),
        answered={key: sum(one.answered.get(key, 0) for one in units) for key in means},
        means=means,
        index=average(indexed),
        no_index=None if indexed else units[0].no_index,
        hidden=frozenset().union(*(one.hidden for one in units)),
        apart=sum(one.apart for one in units),
    )


@dataclass(frozen=True)
class DisclosedExperience:
    """What at least five citizens experienced, see ``Experienced``.

    ``none`` and ``forms``: None where one to four people would be told of, in one source or
    all. ``score``: 0-100, unrounded; where ``above``, a bound that the score lies above.
    """

    answered: int
    none: int | None
    forms: Mapping[str, int | None]
    score: Fraction
    above: bool

    def share(self, form: str) -> Fraction | None:
        """The share of those who answered that ticked the form, 0-1; None: hidden."""
        count = self.forms.get(form, 0)
        return None if count is None else Fraction(count, self.answered)


def disclose_experience(*sources: Experienced) -> DisclosedExperience | None:
    """What may be shown of experiences, by source that somebody may hold.

    Those who told in the sources in which at least five did; None where there is none such.
    """
    large = [one for one in sources if enough(one.answered)]
    if not large:
        return None
    troubled = [one.answered - one.none for one in large]
    above = any(map(few, troubled))
    # At the bound just as many are troubled as may be told of.
    clean = [
        one.answered - SMALLEST_GROUP if few(number) else one.none
        for one, number in zip(large, troubled, strict=True)
    ]
    answered = sum(one.answered for one in large)
    return DisclosedExperience(
        answered=answered,
        none=None if above else _together([one.none for one in large]),
        forms={form: _together([one.forms[form] for one in large]) for form in large[0].forms},
        score=Fraction(100 * sum(clean), answered),
        above=above,
    )


def _together(numbers: Sequence[int]) -> int | None:
    """The sum; None where one of the numbers would tell of one to four people."""
    return None if None in map(told, numbers) else sum(numbers)

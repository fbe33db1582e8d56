"""What may be shown of results, as types of their own: an unmasked one is not accepted instead.

Each is made by its function alone, by the rule in ``analysis.disclosure``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.disclosure import SMALLEST_GROUP, enough, few, hidden_groups, told
from analysis.errors import Problem
from analysis.exact import mean_of
from analysis.index.experience import Experienced
from analysis.index.satisfaction import Satisfaction, average
from analysis.rulebook.scheme import Scheme


@dataclass(frozen=True)
class DisclosedIndex(Satisfaction):
    """An index without what may not be shown.

    Of fewer than five respondents it holds nothing but their number; else ``means`` without
    those of elements that too few answered, which ``hidden`` names.
    """

    hidden: frozenset[str] = frozenset()

    @property
    def too_few(self) -> bool:
        """Whether there is nothing to be shown, for want of respondents."""
        return not enough(self.n)


def disclose(index: Satisfaction) -> DisclosedIndex:
    """What may be shown of an index."""
    if not enough(index.n):
        return nothing_of(index.scheme, index.n)
    hidden = hidden_groups(index.answered)
    return DisclosedIndex(
        scheme=index.scheme,
        n=index.n,
        answered={key: n for key, n in index.answered.items() if key not in hidden},
        means={key: None if key in hidden else mean for key, mean in index.means.items()},
        index=index.index,
        no_index=index.no_index,
        hidden=frozenset(hidden),
    )


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
    )


@dataclass(frozen=True)
class DisclosedExperience:
    """What at least five citizens experienced, see ``Experienced``.

    ``none`` and ``forms``: None where one to four people would be told of. ``score``: 0-100,
    unrounded; where ``above``, a bound that the score lies above.
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


def disclose_experience(found: Experienced | None) -> DisclosedExperience | None:
    """What may be shown of experiences; None where fewer than five told."""
    if found is None or not enough(found.answered):
        return None
    above = few(found.answered - found.none)
    # At the bound just as many are troubled as may be told of.
    clean = found.answered - SMALLEST_GROUP if above else found.none
    return DisclosedExperience(
        answered=found.answered,
        none=None if above else told(found.none),
        forms={form: told(count) for form, count in found.forms.items()},
        score=Fraction(100 * clean, found.answered),
        above=above,
    )

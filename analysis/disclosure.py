"""What may be shown of small groups of people: the one rule of all screens, papers and files.

Whatever may be shown is a type of its own, which this rule makes: figures in
``analysis.index.disclosed``, rows in ``analysis.soundness.disclosed_rows``.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, overload

import numpy as np
import numpy.typing as npt

SMALLEST_GROUP = 5

Key = TypeVar("Key", bound=Hashable)
Figures = TypeVar("Figures")
DisclosedGroup = tuple[tuple[Key, ...], int]


@dataclass(frozen=True)
class Undisclosed(Generic[Figures]):
    """Figures with small groups among them, on their way between two computations.

    Screens and reports may hold it, but not open it.
    """

    undisclosed: Figures


@overload
def enough(size: int) -> bool: ...
@overload
def enough(size: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]: ...
def enough(size: int | npt.NDArray[np.int64]) -> bool | npt.NDArray[np.bool_]:
    """Whether a group is large enough to be shown; for an array, each of them."""
    return size >= SMALLEST_GROUP


def few(size: int) -> bool:
    """Whether a number would tell of one to four people.

    >>> [few(0), few(1), few(4), few(5)]
    [False, True, True, False]
    """
    return 0 < size < SMALLEST_GROUP


def told(size: int) -> int | None:
    """The number; None where it would tell of one to four people.

    >>> [told(0), told(3), told(7)]
    [0, None, 7]
    """
    return None if few(size) else size


def in_steps(size: int) -> int:
    """The number rounded down to whole groups, so that nobody sees when one more came.

    >>> [in_steps(4), in_steps(5), in_steps(13)]
    [0, 5, 10]
    """
    return size - size % SMALLEST_GROUP


@dataclass(frozen=True)
class HeldSource:
    """Responses that one person may hold besides us: a file, a pile of paper; or the citizens'.

    ``size``: how many count. ``beside``: for each part of them that somebody knows (whoever keyed
    it, whoever was asked), how many there are beside it at the least; 0 only where there are none.
    """

    size: int
    beside: tuple[int, ...] = ()

    def less(self, number: int) -> "HeldSource":
        """The source without so many, which may all have been among those beside a part."""
        beside = tuple(max(1, one - number) if one else 0 for one in self.beside)
        return HeldSource(self.size - number, beside)


def betrays(sources: Iterable[HeldSource]) -> bool:
    """Whether rows would leave one to four people to whoever takes away what he holds.

    He may hold any of the sources, and of one more the part that he knows.

    >>> betrays([HeldSource(60), HeldSource(2)])
    True
    >>> betrays([HeldSource(60), HeldSource(20, beside=(0, 17))])
    False
    >>> betrays([HeldSource(60, beside=(57, 3))])
    True
    """
    return any(few(number) for source in sources for number in (source.size, *source.beside))


def shown_groups(sizes: Sequence[int]) -> list[bool]:
    """Which of the groups that make up a whole may be shown, see ``hidden_groups``.

    >>> shown_groups([40, 3, 12, 0])
    [True, False, False, True]
    """
    hidden = hidden_groups(dict(enumerate(sizes)))
    return [at not in hidden for at in range(len(sizes))]


def hidden_groups(sizes: Mapping[Key, int], hidden: Collection[Key] = ()) -> set[Key]:
    """Those of a whole's groups that may not be shown.

    None under 5; and where those hidden are fewer than 5 together, the next smallest is
    hidden too, so that none can be had by subtraction from the whole. ``hidden``: those that
    are for another reason.

    >>> sorted(hidden_groups({"sd": 3, "sma": 40, "s1": 12, "s3": 0}))
    ['s1', 'sd']
    """
    found = {key for key, size in sizes.items() if key in hidden or few(size)}
    rest = [key for key, size in sizes.items() if size and key not in found]
    if rest and few(sum(sizes[key] for key in found)):
        found.add(min(rest, key=sizes.__getitem__))
    return found


def merged_groups(
    counts: Mapping[Key, int], hidden: Collection[Key] = ()
) -> list[DisclosedGroup[Key]]:
    """The groups of a whole as (keys, size): first those shown, last the rest as one.

    ``hidden``: groups that may not stand alone, however large. Empty groups are left out.
    Nothing is returned where the whole is under five.

    >>> merged_groups({"sd": 3, "sma": 40, "s1": 12, "s3": 0})
    [(('sma',), 40), (('sd', 's1'), 15)]
    """
    small: set[Key] = hidden_groups(counts)
    alone = {key for key in counts if key not in small and key not in hidden}
    told = [key for key in counts if key in alone and counts[key]]
    if told and sum(counts[key] > 0 for key in counts if key not in alone) == 1:
        alone.remove(min(told, key=counts.__getitem__))  # one merged with nothing stood alone
    groups: list[DisclosedGroup[Key]] = [((key,), counts[key]) for key in told if key in alone]
    rest = tuple(key for key in counts if key not in alone)
    together = sum(counts[key] for key in rest)
    return [*groups, (rest, together)] if enough(together) else groups

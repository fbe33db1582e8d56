"""Tallies from the counts of bundles, and which of a unit's counts may leave the district.

No counts of one to four people: neither alone nor by subtracting one look from another. Pairs of
answers do not travel at all: where one person alone left an item out, those of all the others tell
the whole form of that one (docs/decisions/0051-district-bundles.md).
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain, combinations

import numpy as np
import pandas as pd

from analysis.disclosure import enough, few
from analysis.federation.district_bundle import CountedWays, SentExperiences, SentWay
from analysis.index.counting import AnswerCounter
from analysis.index.experience import Experienced
from analysis.index.tally import Tally
from analysis.rulebook.instrument import Instrument


def tally_of(counted: Sequence[CountedWays], units: Sequence[int], instrument: Instrument) -> Tally:
    """The tally by ``unit_id`` of units counted elsewhere, as if the rows were here."""
    counter = AnswerCounter(instrument)
    numbers = np.array([_numbers(one, counter) for one in counted], np.int64)
    frame = pd.DataFrame({"unit_id": list(units)})
    return counter.tally(numbers.reshape(len(counted), len(counter.measures)), frame)


def _numbers(one: CountedWays, counter: AnswerCounter) -> list[int]:
    return [
        one.respondents,
        *(one.answered[element] for element in counter.items_of),
        *chain.from_iterable(one.items[item] for item in counter.items),
    ]


def experienced_of(sent: SentExperiences | None) -> Experienced | None:
    """What was experienced, as the index takes it."""
    return None if sent is None else Experienced(**sent.model_dump())


def ways_to_look(present: Collection[SentWay]) -> Iterator[list[SentWay]]:
    """The sets of ways for which a year is scored: all, and all without the link, files, or both.

    >>> list(ways_to_look(["visit", "open_link"]))
    [['open_link', 'visit'], ['visit']]
    """
    seen: list[list[SentWay]] = []
    optional: list[SentWay] = ["open_link", "import"]
    for size in range(len(optional) + 1):
        for left_out in combinations(optional, size):
            kept = sorted(set(present) - set(left_out))
            if kept and kept not in seen:
                seen.append(kept)
                yield kept


def disclosed_ways(looks: Sequence[CountedWays]) -> list[CountedWays]:
    """Those of a unit's looks that may travel, the first being all ways together.

    Each of five people at least, and none that with those before it would tell what one to four
    people said.
    """
    kept: list[CountedWays] = []
    for look in looks:
        if enough(look.respondents) and not tell_of_few([*kept, look]):
            kept.append(look)
        elif not kept:
            return []
    return kept


def tell_of_few(looks: Sequence[CountedWays]) -> bool:
    """Whether adding and subtracting the looks leaves some way, or some together, of few people.

    Few in all, at an item, or among those who told what they experienced. What they are in the
    looks themselves counts only in all: an index rests on each element, however few answered it.
    """
    told = [one for one in looks if one.experienced is not None]
    return _tell(looks, _sizes) or _tell(told, _tellers)


def _sizes(look: CountedWays) -> list[int]:
    return [look.respondents, *map(sum, look.items.values())]


def _tellers(look: CountedWays) -> list[int]:
    return [look.experienced.answered] if look.experienced else []


def _tell(looks: Sequence[CountedWays], sizes: Callable[[CountedWays], list[int]]) -> bool:
    if len(looks) < 2:
        return False
    ways = sorted({way for look in looks for way in look.of})
    rows = np.array([[way in look.of for way in ways] for look in looks], float)
    numbers = np.array([sizes(look) for look in looks], float)
    for size in range(1, len(ways) + 1):
        for group in combinations(ways, size):
            wanted = np.array([way in group for way in ways], float)
            if any(np.array_equal(wanted, row) for row in rows):
                continue
            weights = np.linalg.lstsq(rows.T, wanted, rcond=None)[0]
            if np.allclose(rows.T @ weights, wanted) and any(
                few(abs(int(one))) for one in np.rint(weights @ numbers)
            ):
                return True
    return False

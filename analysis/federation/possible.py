"""Whether the numbers of a bundle can be true: each follows from, or is bounded by, the others."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from analysis.arrays import Floats
from analysis.disclosure import enough, few
from analysis.errors import BadInput, Place, Problem
from analysis.federation.counted_ways import tally_of, tell_of_few
from analysis.federation.district_bundle import (
    CountedWays,
    DistrictBundle,
    SentExperiences,
    SentPeriod,
    SentSurvey,
    SentUnit,
)
from analysis.rulebook.instrument import Instrument
from analysis.rulebook.scheme import Scheme
from analysis.uncertainty.moments import item_shares, scale_of

ROUNDING = 1e-9  # of sums of floats, relative to the largest that is possible


def require_whole(bundle: DistrictBundle) -> None:
    """Raises BadInput for codes that stand twice, and for periods that cannot be."""
    found = [*_twice("units", [one.code for one in bundle.registered])]
    periods = [one for survey in bundle.surveys for one in survey.periods]
    found += _twice("surveys.periods", [one.code for one in periods])
    found += _twice("surveys", [one.instrument.id for one in bundle.surveys])
    for one in periods:
        found += _period(bundle, one)
    known = {one.code for one in bundle.registered}
    for survey in bundle.surveys:
        codes = [one.code for one in survey.units]
        found += _twice("surveys.units", codes)
        found += [
            Problem("bundle_not_registered", Place(key=code)) for code in codes if code not in known
        ]
        latest = survey.periods[0]
        if (survey.instrument.hash, survey.scheme.hash) != (latest.instrument, latest.scheme):
            found.append(Problem("bundle_other_rules", Place(key=latest.code)))
    if found:
        raise BadInput(found)


def require_possible(survey: SentSurvey, instrument: Instrument, scheme: Scheme) -> None:
    """Raises BadInput, naming unit and number, where counts cannot be those of any answers."""
    found: list[Problem] = []
    for unit in survey.units:
        problem = next(_unit(survey, unit, instrument), None)
        if problem is not None:
            found.append(problem)
    found = found or list(_squares(survey, instrument, scheme))
    if found:
        raise BadInput(found)


def squares_bounds(
    looks: Sequence[CountedWays], instrument: Instrument, scheme: Scheme
) -> tuple[Floats, Floats]:
    """(L,) between what each sum of squared linear errors lies, whoever answered what together.

    A person's error is the sum of one term an item; by Minkowski's inequality, which follows from
    that of Cauchy and Schwarz, the root of the sum of squares lies between the longest term less
    all others and all of them together. The length of each follows from the item's counts.
    """
    lengths = _lengths(looks, instrument, scheme)
    whole, longest = lengths.sum(axis=1), lengths.max(axis=1, initial=0)
    return np.maximum(0, 2 * longest - whole) ** 2, whole**2


def _lengths(looks: Sequence[CountedWays], instrument: Instrument, scheme: Scheme) -> Floats:
    """(L, I) how long each item's terms of the linear errors are together."""
    tally = tally_of(looks, range(len(looks)), instrument)
    items = [item for group in tally.items_of.values() for item in group]
    element_of = np.repeat(np.arange(len(tally.items_of)), [*map(len, tally.items_of.values())])
    numbers, lengths = np.zeros((2, len(looks), len(items)))
    for at, item in enumerate(items):
        counts, values = tally.counts(item).astype(float), np.array(tally.allowed[item], float)
        numbers[:, at] = counts.sum(axis=1)
        means = counts @ values / np.maximum(numbers[:, at], 1)
        lengths[:, at] = np.sqrt((counts * (values - means[:, None]) ** 2).sum(axis=1))
    shares = np.nan_to_num(item_shares(numbers > 0, element_of))
    weights: Floats = np.abs(shares * scale_of(tally, scheme).slopes[element_of])
    return weights * lengths / np.maximum(numbers, 1)


def _twice(key: str, codes: Sequence[str]) -> Iterator[Problem]:
    for code in sorted({one for one in codes if codes.count(one) > 1}):
        yield Problem("bundle_code_twice", Place(key=key), found=code)


def _period(bundle: DistrictBundle, one: SentPeriod) -> Iterator[Problem]:
    place = Place(key=one.code)
    if one.ends < one.starts or one.ends.year != bundle.year:
        yield Problem(
            "bundle_period_days", place, starts=one.starts, ends=one.ends, year=str(bundle.year)
        )
    if not one.opened <= one.closed <= bundle.made:
        yield Problem("bundle_period_open", place)


def _squares(survey: SentSurvey, instrument: Instrument, scheme: Scheme) -> Iterator[Problem]:
    """Of counts that are possible otherwise."""
    looks = [(unit, look) for unit in survey.units for look in unit.ways]
    if not looks:
        return
    bounds = squares_bounds([look for _, look in looks], instrument, scheme)
    for (unit, look), least, most in zip(looks, *(one.tolist() for one in bounds), strict=True):
        room = ROUNDING * max(most, 1)
        if not least - room <= look.squares <= most + room:
            place = Place(key=unit.code)
            yield Problem("bundle_squares", place, found=look.squares, least=least, most=most)


def _unit(survey: SentSurvey, unit: SentUnit, instrument: Instrument) -> Iterator[Problem]:
    place = Place(key=unit.code)
    codes = [one.period for one in unit.responses]
    if len(codes) != len(set(codes)) or set(codes) != {one.code for one in survey.periods}:
        yield Problem("bundle_other_periods", place, found=codes)
        return
    counted: dict[str, int] = {}
    for one in unit.responses:
        if sum(one.counted.values()) + one.withdrawn > one.received:
            yield Problem("bundle_sum", place, part="counted", whole="received")
        for way, number in one.counted.items():
            counted[way] = counted.get(way, 0) + number
    if unit.respondents > sum(counted.values()):
        yield Problem("bundle_sum", place, part="respondents", whole="counted")
    yield from _small(unit, place)
    for look in unit.ways:
        most = sum(counted.get(way, 0) for way in look.of)
        yield from _look(look, most, place, instrument)
    if unit.ways and set(unit.ways[0].of) != set(counted):
        yield Problem("bundle_ways", place)
    yield from _beside_each_other(unit, place)


def _small(unit: SentUnit, place: Place) -> Iterator[Problem]:
    if bool(unit.ways) != enough(unit.respondents):
        yield Problem("bundle_small_group", place)
    elif unit.ways and unit.ways[0].respondents != unit.respondents:
        yield Problem("bundle_sum", place, part="ways", whole="respondents")


def _look(look: CountedWays, most: int, place: Place, instrument: Instrument) -> Iterator[Problem]:
    if look.of != sorted(set(look.of)) or not look.of:
        yield Problem("bundle_ways", place)
    if not enough(look.respondents):
        yield Problem("bundle_small_group", place)
    if look.respondents > most:
        yield Problem("bundle_sum", place, part="respondents", whole="counted")
    widths = {item: len(values) for item, values in instrument.allowed.items()}
    if {item: len(counts) for item, counts in look.items.items()} != widths or set(
        look.answered
    ) != set(instrument.items_of):
        yield Problem("bundle_other_items", place, instrument=instrument.id)
        return  # nothing below can be asked of others
    for element, items in instrument.items_of.items():
        given = [sum(look.items[item]) for item in items]
        if not max(given) <= look.answered[element] <= min(look.respondents, sum(given)):
            yield Problem("bundle_sum", place, part=element, whole="respondents")
    if look.respondents > sum(look.answered.values()):
        yield Problem("bundle_sum", place, part="respondents", whole="answered")
    if look.experienced is not None:
        yield from _experienced(look.experienced, most, place, instrument)


def _experienced(
    told: SentExperiences, most: int, place: Place, instrument: Instrument
) -> Iterator[Problem]:
    if set(told.forms) != set(instrument.experience.forms):
        yield Problem("bundle_other_items", place, instrument=instrument.id)
        return
    ill = told.answered - told.none
    ticked = told.forms.values()
    if told.answered + told.declined > most or not (
        0 <= ill <= sum(ticked) and all(one <= ill for one in ticked)
    ):
        yield Problem("bundle_sum", place, part="experienced", whole="counted")
    if few(told.answered):
        yield Problem("bundle_small_group", place)


def _beside_each_other(unit: SentUnit, place: Place) -> Iterator[Problem]:
    """Fewer ways have no more of anything; and no two differ by one to four people."""
    for one, other in combinations(unit.ways, 2):
        fewer, more = set(other.of), set(one.of)
        if fewer == more or (fewer < more and not _within(other, one)):
            yield Problem("bundle_ways", place)
    if tell_of_few(unit.ways):
        yield Problem("bundle_small_group", place)


def _within(part: CountedWays, whole: CountedWays) -> bool:
    pairs = [(part.respondents, whole.respondents)]
    pairs += [(part.answered[key], whole.answered[key]) for key in whole.answered]
    for item, counts in whole.items.items():
        pairs += zip(part.items[item], counts, strict=True)
    return all(less <= more for less, more in pairs)

"""Invented units, honest and dishonest, by which screening is calibrated and tested.

Honest units differ in size, rhythm, liking (up to the ceiling), carelessness, channels, and in
what looks suspicious and is not: the office's own network, busy days, groups that arrive
together. What is invented here is not real: detection is stated for these units.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from analysis.arrays import Floats, Integers
from analysis.screening.responses import UNKNOWN, Bools, ScreenedResponses, join

Random = np.random.Generator

ITEMS, HIGHEST = 9, 4
DAYS = 91
LAST_QUARTER = 67  # 16.45 to 17.00
SMALLEST, LARGEST = 30, 1500


@dataclass(frozen=True)
class SimulatedUnit:
    """How an invented unit is: what its citizens think of it, and how they come.

    ``liking`` and ``elements`` (items,): the mean answer and how elements differ; ``person`` and
    ``chance``: spread between and within people; ``careless``: part that draws a straight line;
    ``days`` (91,): weights; ``peaks``: quarter-hours; ``evening``: part that rates from home;
    ``vouched``: part with token, kiosk or paper; ``devices``: part of these at kiosks or on
    paper; ``network``: part on the office's own network; ``groups``: that arrive together.
    """

    size: int
    liking: float
    elements: Floats
    person: float
    chance: float
    careless: float
    days: Floats
    peaks: tuple[float, float]
    evening: float
    vouched: float
    devices: float
    network: float
    groups: int


def a_unit(random: Random, size: int | None = None) -> SimulatedUnit:
    """An invented honest unit."""
    drawn = int(np.clip(np.exp(random.normal(5.2, 0.9)), SMALLEST, LARGEST))
    return SimulatedUnit(
        size=size or drawn,
        liking=random.uniform(2.6, 4.1),
        elements=random.normal(0, 0.2, ITEMS),
        person=random.uniform(0.3, 0.6),
        chance=random.uniform(0.3, 0.6),
        careless=random.beta(1.5, 6),
        days=_days(random),
        peaks=(random.uniform(33, 42), random.uniform(50, 62)),
        evening=random.uniform(0, 0.4),
        vouched=random.choice([0, random.uniform(0.1, 1)]),
        devices=random.uniform(0, 1),
        network=random.choice([0, random.uniform(0.1, 0.8)]),
        groups=int(random.poisson(2)),
    )


def honest(unit: SimulatedUnit, random: Random) -> ScreenedResponses:
    """A quarter of an honest unit."""
    n = unit.size
    day = random.choice(DAYS, n, p=unit.days / unit.days.sum())
    quarter = _times(unit, n, random)
    together = np.full(n, UNKNOWN)
    for number in range(unit.groups):
        members = random.choice(n, min(n // 4, int(random.integers(5, 16))), replace=False)
        day[members], quarter[members] = day[members[0]], quarter[members[0]]
        together[members] = number
    careless = random.random(n) < unit.careless
    vouched = random.random(n) < unit.vouched
    device = vouched & (random.random(n) < unit.devices)
    paper = device & (random.random(n) < 0.3)
    mood = random.normal(0, 0.1, DAYS)[day] + random.normal(0, 0.15, unit.groups + 1)[together]
    mood = mood + np.where(vouched, random.normal(0, 0.1), 0)
    answers = _answers(unit, mood, careless, random)
    fast = np.where(random.random(n) < np.where(careless, 0.5, 0.05), 1, 0)
    return ScreenedResponses(
        answers=answers,
        highest=np.full(ITEMS, HIGHEST),
        day=np.where(paper, UNKNOWN, day),
        quarter=np.where(paper, UNKNOWN, quarter),
        fast=np.where(paper, UNKNOWN, fast),
        client=np.where(device, UNKNOWN, _clients(unit, quarter, random)),
        vouched=vouched,
    )


def dishonest(
    unit: SimulatedUnit, kind: str, share: float, random: Random
) -> tuple[ScreenedResponses, Bools, ScreenedResponses]:
    """A quarter of a unit of whose responses a ``share`` is stuffed, which they are, and the
    quarter before it, which was honest."""
    earlier, real = honest(unit, random), honest(unit, random)
    number = max(1, round(len(real) * share / (1 - share)))
    stuffed = KINDS[kind](real, earlier, number, random)
    responses = join([real, stuffed])
    return responses, np.arange(len(responses)) >= len(real), earlier


def staff(
    real: ScreenedResponses, earlier: ScreenedResponses, number: int, random: Random
) -> ScreenedResponses:
    """Staff fill in all 4 now and then on a day, on three phones of their own, in a hurry."""
    lots = _lots(number, 12)
    base = _stuffed(number, random)
    day = random.choice(np.unique(real.day[real.timed]), lots.max() + 1)[lots]
    quarter = random.integers(32, 64, number)
    return replace(base, day=day, quarter=quarter, client=_own(random.integers(0, 3, number)))


def copied(
    real: ScreenedResponses, earlier: ScreenedResponses, number: int, random: Random
) -> ScreenedResponses:
    """Forms of the quarter before, the better half of them, handed in again at usual times."""
    better = np.argsort(-earlier.points)[: max(number, len(earlier) // 2)]
    again = random.permutation(np.resize(random.permutation(better), number))
    when = random.choice(np.flatnonzero(real.timed), number)
    base = _stuffed(number, random)
    return replace(
        base, answers=earlier.answers[again], day=real.day[when], quarter=real.quarter[when]
    )


def device(
    real: ScreenedResponses, earlier: ScreenedResponses, number: int, random: Random
) -> ScreenedResponses:
    """One device sends good ratings, twenty on a day, through the afternoon."""
    lots = _lots(number, 20)
    answers = np.where(random.random((number, ITEMS)) < 0.85, 4, 3)
    day = random.choice(np.unique(real.day[real.timed]), lots.max() + 1)[lots]
    base = _stuffed(number, random)
    quarter = random.integers(48, 64, number)
    return replace(base, answers=answers, day=day, quarter=quarter, client=_own(lots))


def closing(
    real: ScreenedResponses, earlier: ScreenedResponses, number: int, random: Random
) -> ScreenedResponses:
    """All 4 at 16:55, ten on a day, each from a client of its own."""
    lots = _lots(number, 10)
    day = random.choice(np.unique(real.day[real.timed]), lots.max() + 1)[lots]
    return replace(_stuffed(number, random), day=day, quarter=np.full(number, LAST_QUARTER))


def alike(
    real: ScreenedResponses, earlier: ScreenedResponses, number: int, random: Random
) -> ScreenedResponses:
    """Two model forms with one answer changed, fifteen on a day, at any time and client."""
    lots = _lots(number, 15)
    models = np.where(random.random((2, ITEMS)) < 0.7, 4, 3)
    answers = models[random.integers(0, 2, number)]
    changed = random.integers(0, ITEMS, number)
    answers[np.arange(number), changed] = random.integers(3, 5, number)
    day = random.choice(np.unique(real.day[real.timed]), lots.max() + 1)[lots]
    quarter = random.choice(real.quarter[real.timed], number)
    return replace(_stuffed(number, random), answers=answers, day=day, quarter=quarter)


Stuffing = Callable[[ScreenedResponses, ScreenedResponses, int, Random], ScreenedResponses]
KINDS: dict[str, Stuffing] = {
    "staff": staff,
    "copied": copied,
    "device": device,
    "closing": closing,
    "alike": alike,
}


def _stuffed(number: int, random: Random) -> ScreenedResponses:
    """All 4 through the open link, each from a client of its own."""
    return ScreenedResponses(
        answers=np.full((number, ITEMS), HIGHEST),
        highest=np.full(ITEMS, HIGHEST),
        day=np.full(number, UNKNOWN),
        quarter=np.full(number, UNKNOWN),
        fast=(random.random(number) < 0.6).astype(np.int64),
        client=_own(np.arange(number)),
        vouched=np.zeros(number, bool),
    )


def _own(numbers: Integers) -> Integers:
    """Clients that no citizen is."""
    return 10_000_000 + numbers


def _lots(number: int, size: int) -> Integers:
    return np.arange(number) // size


def _days(random: Random) -> Floats:
    """Five or six days a week, some closed, others busier than others, market days busiest."""
    weekday = np.arange(DAYS) % 7
    week = random.gamma(8, 1 / 8, 7) * (np.arange(7) < random.choice([5, 6]))
    busy = random.gamma(random.uniform(2, 10), 1, DAYS)
    return np.asarray(week[weekday] * busy * (random.random(DAYS) > 0.04))


def _times(unit: SimulatedUnit, n: int, random: Random) -> Integers:
    """Two peaks between 8.00 and 16.00 o'clock; in part from home until late."""
    peak = np.array(unit.peaks)[random.integers(0, 2, n)]
    at_the_office = np.clip(np.rint(random.normal(peak, 4)), 32, 63)
    # What would fall outside the hours comes at any time inside them.
    edge = (at_the_office == 32) | (at_the_office == 63)
    at_the_office = np.where(edge, random.integers(32, 64, n), at_the_office)
    from_home = np.clip(np.rint(random.normal(76, 6, n)), 60, 95)
    chosen = np.where(random.random(n) < unit.evening, from_home, at_the_office)
    return chosen.astype(np.int64)


def _answers(unit: SimulatedUnit, mood: Floats, careless: Bools, random: Random) -> Integers:
    n = len(mood)
    person = unit.liking + mood + random.normal(0, unit.person, n)
    single = person[:, None] + unit.elements + random.normal(0, unit.chance, (n, ITEMS))
    thought = np.where(careless[:, None], person[:, None], single)
    answers = np.clip(np.rint(thought), 1, HIGHEST).astype(np.int64)
    answers[random.random((n, ITEMS)) < 0.02] = 0
    return answers


def _clients(unit: SimulatedUnit, quarter: Integers, random: Random) -> Integers:
    """Each its own but for couples at one phone, and the office's network: few kinds of phone."""
    n = len(quarter)
    own = np.arange(n)
    own = np.where(random.random(n) < 0.05, np.maximum(own - 1, 0), own)
    on_network = (quarter < 66) & (random.random(n) < unit.network)
    return np.where(on_network, n + random.integers(0, 4, n), own)

"""Counting closed periods once and for all: when they close, before a look, and by a command.

Counted is while only reading, in one state of the database; what was counted is kept in a short
transaction of its own. Whatever changes meanwhile is noted by the database after the number with
which this began, so that what is kept holds no longer before anybody reads it.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Engine, and_, delete, insert, select
from sqlalchemy.orm import Session

from analysis.rulebook.instrument import Instrument
from models import (
    Busy,
    CountChange,
    FinalCount,
    FinalTally,
    Period,
    ThinnedUnit,
    Unit,
    one_at_a_time,
    reading,
    writing,
    writing_at_once,
)
from models.final_counts import MARGINS
from survey.counts import (
    PEOPLE_COUNTED,
    ResponseCounts,
    Selection,
    count_answers,
    count_experiences_apart,
    count_people,
    count_responses,
    count_sources,
)
from survey.final_counts import (
    FinalFigures,
    KeptTally,
    count_anew,
    digests,
    experience_columns,
    find_final,
    measures_of,
    not_kept,
    shape_of,
)
from survey.margins import GRAIN, WHOLE, by_of, plain
from survey.pairs import UnitPeriod, asked_pairs
from survey.periods import asked_instrument

AT_ONCE = 20  # units, so that nobody waits long for the transaction that keeps them


@dataclass(frozen=True)
class CountedUnits:
    """What was counted of some units of one closed period."""

    period: int
    institution: int
    shape: str
    figures: Mapping[UnitPeriod, FinalFigures]


@dataclass(frozen=True)
class Altered:
    """That what is kept of a unit's period, and holds, is not what the responses say."""

    unit: str
    period: str
    kept: int
    counted: int


def finish(engine: Engine, periods: Collection[int] = (), anew: bool = False) -> int:
    """Counts the closed periods, all without ``periods``; gives of how many units with a period.

    Only what is not kept or holds no longer; ``anew``: all.
    """
    with reading(engine) as session:
        pairs = _closed_pairs(session, periods) if anew else _unkept(session, periods)
    for period, units in _in_slices(pairs):
        counted = counted_now(engine, period, units)
        with writing(engine) as session:
            keep(session, counted)
    return len(pairs)


def finish_unless_busy(
    engine: Engine, periods: Collection[int] = (), units: Collection[int] = ()
) -> bool:
    """The same of some periods or of those of some units, before somebody looks.

    False where the database was too busy to keep it: it is counted at the look then.
    """
    with reading(engine) as session:
        its = units or session.scalars(select(Unit.id)).all()
        pairs = [
            pair
            for asked, alike in _alike(session, periods, units).items()
            for pair in not_kept(session, alike, its, asked)
        ]
    try:
        for period, some in _in_slices(pairs):
            counted = counted_now(engine, period, some)
            with writing_at_once(engine) as session:
                keep(session, counted)
    except Busy:
        return False
    return True


def altered(engine: Engine) -> Iterator[Altered]:
    """Where what is kept, and holds, differs from what the responses say now."""
    with reading(engine) as session:
        pairs = _closed_pairs(session, ())
    for period, units in _in_slices(pairs):
        with reading(engine) as session:
            asked = asked_instrument(session.get_one(Period, period))
            kept = find_final(session, [period], units, asked, parts=True).kept
            counted = _count(session, period, [unit for unit, _ in kept]).figures if kept else {}
            for pair, figures in kept.items():
                if pair not in counted or not _same(figures, counted[pair]):
                    yield _altered(session, pair, figures, counted.get(pair))


def unfinished(engine: Engine) -> int:
    """Of how many units with a closed period nothing is kept that holds."""
    with reading(engine) as session:
        return len(_unkept(session, ()))


def _alike(
    session: Session, periods: Collection[int], units: Collection[int]
) -> dict[Instrument, list[int]]:
    """The closed periods by what they asked: all, or some, or those of some units."""
    closed = select(Period).where(Period.closed_at.is_not(None)).order_by(Period.id)
    if periods:
        closed = closed.where(Period.id.in_(periods))
    if units:
        places = select(Unit.institution_id).where(Unit.id.in_(units))
        closed = closed.where(Period.institution_id.in_(places))
    alike: dict[Instrument, list[int]] = {}
    for period in session.scalars(closed):
        alike.setdefault(asked_instrument(period), []).append(period.id)
    return alike


def _unkept(session: Session, periods: Collection[int]) -> list[UnitPeriod]:
    units = session.scalars(select(Unit.id)).all()
    return [
        pair
        for asked, alike in _alike(session, periods, ()).items()
        for pair in find_final(session, alike, units, asked, parts=True).left
    ]


def _closed_pairs(session: Session, periods: Collection[int]) -> list[UnitPeriod]:
    """Of those whose answers are here: an archive tells less of services and months."""
    alike = [key for keys in _alike(session, periods, ()).values() for key in keys]
    units = session.scalars(select(Unit.id)).all()
    gone = select(ThinnedUnit.unit_id, ThinnedUnit.period_id)
    moved = [(unit, period) for unit, period in session.execute(gone)]
    pairs = session.execute(asked_pairs(alike, units, moved))
    return [(unit, period) for unit, period in pairs]


def _in_slices(pairs: Collection[UnitPeriod]) -> Iterator[tuple[int, list[int]]]:
    """By period, some units at once."""
    for period, same in groupby(sorted(pairs, key=itemgetter(1, 0)), itemgetter(1)):
        units = [unit for unit, _ in same]
        for at in range(0, len(units), AT_ONCE):
            yield period, units[at : at + AT_ONCE]


def counted_now(engine: Engine, period: int, units: Sequence[int]) -> CountedUnits:
    """What the responses of some units of a closed period say, in one state of the database."""
    with reading(engine) as session:
        return _count(session, period, units)


def _count(session: Session, key: int, units: Sequence[int]) -> CountedUnits:
    """From the responses themselves; ``session`` sees one state, with the changes up to it.

    What does not add up is left out: it would be counted otherwise by who reads the responses.
    """
    count_anew(session)
    period = session.get_one(Period, key)
    asked, here = asked_instrument(period), Selection([key], units)
    noted = select(CountChange.unit_id, CountChange.changes).where(
        CountChange.period_id == key, CountChange.unit_id.in_(units)
    )
    changes = dict(session.execute(noted).all())
    numbers = count_responses(session, here)
    tallies = _tallies(session, asked, here)
    people = _people(session, asked, here)
    figures = {}
    for unit in units:
        its, rows = numbers.get((unit, key), ResponseCounts()), tallies.get(unit, [])
        if its.counted == sum(one.counted for one in rows):
            figures[unit, key] = FinalFigures(
                changes.get(unit, 0),
                its.received,
                its.withdrawn,
                rows,
                json.dumps(people.get(unit, [])),
            )
    return CountedUnits(key, period.institution_id, shape_of(asked), figures)


def _tallies(session: Session, asked: Instrument, here: Selection) -> dict[int, list[KeptTally]]:
    """By unit; of the whole one a source of which any response counts."""
    counted = count_sources(session, here)
    told = _experienced(session, asked, here)
    none = [0] * len(experience_columns(asked))
    grain = count_answers(session, asked, ["unit_id", *GRAIN], here, pairs=True)
    found: dict[int, list[KeptTally]] = {}
    for margin in MARGINS:
        by = ["unit_id", *by_of(margin)]
        rows = grain.regroup(by).counted
        keys = rows[by].itertuples(index=False, name=None)
        numbers = rows[[*measures_of(asked)]].to_numpy().tolist()
        for (unit, source, *group), counts in zip(keys, numbers, strict=True):
            part = plain(group[0]) if group else None
            whole = margin == WHOLE
            found.setdefault(unit, []).append(
                KeptTally(
                    margin,
                    source,
                    "" if part is None else str(part),
                    counted[unit, source] if whole else 0,
                    json.dumps(counts),
                    json.dumps(told.get((unit, source), none)) if whole else None,
                )
            )
    return found


def _experienced(
    session: Session, asked: Instrument, here: Selection
) -> dict[tuple[int, str], list[int]]:
    return {
        key: [one.answered, one.none, one.declined, *one.forms.values()]
        for key, one in count_experiences_apart(session, asked, here).items()
    }


def _people(session: Session, asked: Instrument, here: Selection) -> dict[int, list[list[Any]]]:
    """By unit, in one order, so that what is counted twice is told the same twice."""
    counted = count_people(session, asked, here.periods, here.units)
    values = counted["value"].astype(object).where(counted["value"].notna(), None)
    rows = counted.assign(value=values)[["unit_id", *PEOPLE_COUNTED]]
    found: dict[int, list[list[Any]]] = {}
    for unit, *row in rows.itertuples(index=False, name=None):
        found.setdefault(unit, []).append([*row[:-1], int(row[-1])])
    return {unit: sorted(its, key=str) for unit, its in found.items()}


def keep(session: Session, counted: CountedUnits) -> None:
    """Keeps it in place of what was kept before, unless somebody has counted later than this."""
    one_at_a_time(session, f"final counts {counted.period}")
    units = [unit for unit, _ in counted.figures]
    here = and_(FinalCount.period_id == counted.period, FinalCount.unit_id.in_(units))
    known = session.execute(
        select(FinalCount.unit_id, FinalCount.changes, FinalCount.shape).where(here)
    )
    later = {
        unit
        for unit, changes, shape in known
        if shape == counted.shape and changes > counted.figures[unit, counted.period].changes
    }
    figures = {pair: one for pair, one in counted.figures.items() if pair[0] not in later}
    if not figures:
        return
    session.execute(delete(FinalCount).where(here, FinalCount.unit_id.not_in(later)))
    session.execute(insert(FinalCount), [_head(counted, pair) for pair in figures])
    rows = [
        {"unit_id": unit, "period_id": period} | asdict(row)
        for (unit, period), one in figures.items()
        for row in one.tallies
    ]
    if rows:
        session.execute(insert(FinalTally), rows)


def _head(counted: CountedUnits, pair: UnitPeriod) -> dict[str, object]:
    figures = counted.figures[pair]
    whole, parts = digests(pair, counted.shape, figures)
    return {
        "unit_id": pair[0],
        "period_id": pair[1],
        "institution_id": counted.institution,
        "changes": figures.changes,
        "shape": counted.shape,
        "received": figures.received,
        "withdrawn": figures.withdrawn,
        "people": figures.people,
        "digest": whole,
        "parts_digest": parts,
    }


def _same(one: FinalFigures, other: FinalFigures) -> bool:
    return replace(one, tallies=sorted(one.tallies)) == replace(
        other, tallies=sorted(other.tallies)
    )


def _altered(
    session: Session, pair: UnitPeriod, kept: FinalFigures, counted: FinalFigures | None
) -> Altered:
    whole = counted.whole if counted else []
    numbers = [sum(one.counted for one in its) for its in (kept.whole, whole)]
    unit, period = session.get_one(Unit, pair[0]), session.get_one(Period, pair[1])
    return Altered(unit.code, period.code, *numbers)

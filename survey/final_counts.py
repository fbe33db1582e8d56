"""What is kept of closed periods, read where it still holds.

It holds while nothing has changed which responses count (``models.CountChange``), the program
counts by the same names, and its digests fit: whatever else is kept is passed over, and the
responses are counted instead. So it can make a look slower, never wrong.
"""

import json
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from analysis.index.counting import AnswerCounter
from analysis.rulebook.instrument import Instrument
from models import CountChange, FinalCount, FinalTally, Period
from models.final_counts import MARGINS
from survey.margins import WHOLE, MarginCell, MarginCells
from survey.pairs import UnitPeriod, asked_pairs

ANEW = "counted anew"
log = logging.getLogger(__name__)


@dataclass(frozen=True, order=True)
class KeptTally:
    """The counts of one source along a margin, as ``models.FinalTally`` has them."""

    margin: str
    source: str
    part: str
    counted: int
    counts: str
    experienced: str | None = None

    @property
    def numbers(self) -> list[int]:
        """The counts, as ``measures_of`` names them."""
        found: list[int] = json.loads(self.counts)
        return found

    @property
    def cell(self) -> MarginCell:
        """Its place among ``survey.margins.margin_cells``."""
        if not self.part:
            return self.margin, self.source, None
        group = int(self.part) if self.margin == "service_id" else self.part
        return self.margin, self.source, group


@dataclass(frozen=True)
class FinalFigures:
    """All that is kept of a unit's closed period; what was not asked for is empty.

    ``changes``: before the counting began; ``people``: as ``models.FinalCount`` has them.
    """

    changes: int
    received: int
    withdrawn: int
    tallies: Sequence[KeptTally]
    people: str = ""

    @property
    def whole(self) -> list[KeptTally]:
        """The tallies of all services and months together, by source."""
        return [one for one in self.tallies if one.margin == WHOLE]

    def cells(self) -> MarginCells:
        """As ``survey.margins.margin_cells`` gives them."""
        return {one.cell: counts for one in self.tallies if (counts := one.numbers)[0]}


@dataclass(frozen=True)
class FoundFigures:
    """What is kept and holds, by unit and period; and the ``left`` that must be counted."""

    kept: Mapping[UnitPeriod, FinalFigures] = field(default_factory=dict)
    left: Collection[UnitPeriod] = ()


def count_anew(session: Session) -> None:
    """From now on this session counts the responses themselves: for what is sealed."""
    session.info[ANEW] = True


@lru_cache
def experience_columns(instrument: Instrument) -> tuple[str, ...]:
    """The names of what is counted of experiences, in their order."""
    return "answered", "none", "declined", *instrument.experience.forms


@lru_cache
def measures_of(instrument: Instrument) -> tuple[str, ...]:
    """The names of what is counted of answers, in their order."""
    return tuple(AnswerCounter(instrument, pairs=True).measures)


@lru_cache
def shape_of(instrument: Instrument) -> str:
    """The hash of the instrument and of all names that are counted by."""
    names = [instrument.id, measures_of(instrument), experience_columns(instrument)]
    return sha256(json.dumps(names).encode()).hexdigest()


def find_final(
    session: Session,
    periods: Collection[int],
    units: Collection[int],
    instrument: Instrument | None = None,
    parts: bool = False,
) -> FoundFigures:
    """What is kept of these units and periods, if it is of this instrument, and what is not.

    None of them where all is counted anew. ``parts``: also services, months and people.
    """
    if session.info.get(ANEW):
        return FoundFigures()
    heads = _heads(session, periods, units, parts)
    shapes = {shape_of(instrument)} if instrument else {one.shape for one in heads}
    holding = [one for one in heads if _holds(one, shapes)]
    tallies = _tallies(session, periods, units, parts) if holding else {}
    kept: dict[UnitPeriod, FinalFigures] = {}
    for head in holding:
        pair = head.unit_id, head.period_id
        people = head.people if parts else ""
        numbers = head.changes, head.received, head.withdrawn
        figures = FinalFigures(*numbers, tallies.get(pair, ()), people)
        if _intact(head, figures, parts):
            kept[pair] = figures
    asked = ((one.asked_unit, one.asked_period) for one in heads)
    return FoundFigures(kept, [pair for pair in asked if pair not in kept])


def not_kept(
    session: Session, periods: Collection[int], units: Collection[int], instrument: Instrument
) -> list[UnitPeriod]:
    """Those that ``find_final`` leaves, if nothing was altered by hand; without reading it all."""
    shapes = {shape_of(instrument)}
    heads = _heads(session, periods, units, parts=False)
    return [(one.asked_unit, one.asked_period) for one in heads if not _holds(one, shapes)]


def digests(pair: UnitPeriod, shape: str, figures: FinalFigures) -> tuple[str, str]:
    """Of the whole with the numbers of responses; of services, months and people."""
    head = [*pair, shape, figures.changes, figures.received, figures.withdrawn]
    parts = (one for one in figures.tallies if one.margin != WHOLE)
    return (
        _digest([head, *(astuple(one) for one in sorted(figures.whole))]),
        _digest([head, *(astuple(one) for one in sorted(parts)), figures.people]),
    )


def _digest(content: object) -> str:
    return sha256(json.dumps(content).encode()).hexdigest()


def _holds(head: Row[Any], shapes: Collection[str | None]) -> bool:
    return head.shape is not None and head.shape in shapes and head.changes == head.changed


def _intact(head: Row[Any], figures: FinalFigures, parts: bool) -> bool:
    whole, rest = digests((head.unit_id, head.period_id), head.shape, figures)
    if whole == head.digest and not (parts and rest != head.parts_digest):
        return True
    told = "Final counts of unit %s in period %s were altered: counted anew."
    log.error(told, head.unit_id, head.period_id)
    return False


def _heads(
    session: Session, periods: Collection[int], units: Collection[int], parts: bool
) -> Sequence[Row[Any]]:
    """Each pair that is asked for, with what is kept of it if its period is closed."""
    asked = asked_pairs(periods, units).cte("asked").prefix_with("MATERIALIZED")
    kept = FinalCount.__table__.c
    here = and_(kept.unit_id == asked.c.unit_id, kept.period_id == asked.c.period_id)
    changed = and_(
        CountChange.unit_id == asked.c.unit_id, CountChange.period_id == asked.c.period_id
    )
    columns = [one for one in kept if parts or one.name != "people"]
    closed = and_(Period.id == asked.c.period_id, Period.closed_at.is_not(None))
    query = (
        select(
            asked.c.unit_id.label("asked_unit"),
            asked.c.period_id.label("asked_period"),
            func.coalesce(CountChange.changes, 0).label("changed"),
            *columns,
        )
        .select_from(asked)
        .outerjoin(Period, closed)
        .outerjoin(FinalCount, and_(here, Period.id.is_not(None)))
        .outerjoin(CountChange, changed)
    )
    return session.execute(query).all()


def _tallies(
    session: Session, periods: Collection[int], units: Collection[int], parts: bool
) -> dict[UnitPeriod, list[KeptTally]]:
    asked = asked_pairs(periods, units).cte("asked").prefix_with("MATERIALIZED")
    kept = FinalTally.__table__.c
    here = and_(kept.unit_id == asked.c.unit_id, kept.period_id == asked.c.period_id)
    margins = MARGINS if parts else (WHOLE,)
    query = select(*kept).select_from(asked).join(FinalTally, and_(here, kept.margin.in_(margins)))
    found: dict[UnitPeriod, list[KeptTally]] = {}
    for unit, period, *row in session.execute(query):
        found.setdefault((unit, period), []).append(KeptTally(*row))
    return found

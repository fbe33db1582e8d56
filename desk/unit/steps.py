"""What a dashboard shows of an open period: it advances in steps of at least five responses.

Whatever it shows moves by nobody or by five people and more: the open link's answers,
the vouched visits, each imported file (whoever holds the file could subtract it), and each
service and month among them. What moved by fewer keeps the figures that were shown last.

Shown is what is kept, never what was counted just now: before somebody looks, ``keep_steps``
counts while it only reads, and then keeps the next step if nobody else has kept one meanwhile.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import pandas as pd
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_unit
from analysis.disclosure import enough, hidden_groups
from analysis.index.disclosed import SOURCE, small_sources, without_sources
from analysis.index.tally import Tally, read_tally, tally
from analysis.rulebook.instrument import Instrument
from models import (
    Busy,
    Period,
    Snapshot,
    Unit,
    insert_absent,
    reading,
    writing_at_once,
)
from survey.counts import (
    OPEN_LINK,
    VISIT,
    ResponseCounts,
    Selection,
    count_answers,
    count_responses,
    counted_answers,
)
from survey.periods import asked_instrument, stays_open

WHOLE = "whole"
MARGINS = (WHOLE, "service_id", "month")
BY = ("service_id", "month", SOURCE)

# Margin, source, and service or month: the counts of a tally's row, respondents first.
StepCell = tuple[str, str, int | str | None]
StepCells = dict[StepCell, list[int]]


@dataclass(frozen=True)
class Shown:
    """What may be shown of a unit's period, by source: the whole, its services, its months."""

    responses: ResponseCounts
    whole: Tally
    services: Tally
    months: Tally

    def without(self, sources: Collection[str]) -> "Shown":
        """The same without the answers of these sources."""
        kept = [without_sources(one, sources) for one in (self.whole, self.services, self.months)]
        return Shown(self.responses, *kept)

    @property
    def apart(self) -> "Shown":
        """What may be told apart by element, service or month: of no source of one to four."""
        return self.without(small_by_holder(self.whole))


@dataclass(frozen=True)
class Step:
    """The next figures of a unit's period, and those that they follow; None: the first.

    ``pair``: the ids of unit and period; ``follows`` and ``tally``: as ``Snapshot`` keeps them.
    """

    pair: tuple[int, int]
    follows: str | None
    responses: ResponseCounts
    tally: str


def by_holder(tally: Tally) -> Tally:
    """The tally with the open link's answers and the visits as one source: nobody holds either."""
    together = tally.counted.assign(**{SOURCE: tally.counted[SOURCE].replace(OPEN_LINK, VISIT)})
    return replace(tally, counted=together).regroup(tally.by)


def small_by_holder(whole: Tally) -> set[str]:
    """The sources of one to four; both of the citizens' ways where they are so few together."""
    small = small_sources(by_holder(whole))
    return small | {OPEN_LINK} if VISIT in small else small


def keep_steps(engine: Engine, actor: Actor, unit_id: int) -> bool:
    """Lets the unit's open periods advance to what may be shown now, before somebody looks.

    Counts while it reads, and keeps what is new in a short transaction of its own. False where
    the database was too busy for that: what was kept before is still shown. Raises Forbidden.
    """
    with reading(engine) as session:
        unit = require_unit(session, actor, unit_id)
        periods = session.scalars(
            select(Period).where(
                Period.institution_id == unit.institution_id, Period.closed_at.is_(None)
            )
        ).all()
        steps = [step for period in periods if (step := next_step(session, unit, period))]
    if not steps:
        return True
    try:
        with writing_at_once(engine) as session:
            for step in steps:
                if stays_open(session, step.pair[1]):
                    keep(session, step)
    except Busy:
        return False
    return True


def next_step(session: Session, unit: Unit, period: Period) -> Step | None:
    """What may be shown of an open period next; None while that is what is kept."""
    snapshot = session.get(Snapshot, (unit.id, period.id))
    kept = _read(snapshot)
    shown = advance(kept, _present(session, unit, period))
    if shown == kept:
        return None
    pair = unit.id, period.id
    numbers = count_responses(session, Selection([period.id], [unit.id])).get(
        pair, ResponseCounts()
    )
    return Step(pair, snapshot.tally if snapshot else None, numbers, _written(shown))


def keep(session: Session, step: Step) -> None:
    """Compares and sets: what another look has kept since this one began to count stays.

    So no two looks differ by fewer than five people, whoever was first.
    """
    unit_id, period_id = step.pair
    numbers = {name: getattr(step.responses, name) for name in ("received", "counted", "withdrawn")}
    if step.follows is None:
        place = {"unit_id": unit_id, "period_id": period_id}
        session.execute(insert_absent(session, Snapshot), place | numbers | {"tally": step.tally})
        return
    session.execute(
        update(Snapshot)
        .where(
            Snapshot.unit_id == unit_id,
            Snapshot.period_id == period_id,
            Snapshot.tally == step.follows,
        )
        .values(tally=step.tally, **numbers)
    )


def shown_answers(session: Session, unit: Unit, period: Period, instrument: Instrument) -> Shown:
    """The final figures of a closed period; of an open one those of the step that is kept."""
    columns = tally(counted_answers(instrument), instrument, BY, pairs=True).columns
    measures = [name for name in columns if name not in BY]
    if period.closed_at is None:
        snapshot = session.get(
            Snapshot, (unit.id, period.id), execution_options={"populate_existing": True}
        )
        cells = _read(snapshot)
        responses = (
            ResponseCounts(snapshot.received, snapshot.counted, snapshot.withdrawn)
            if snapshot
            else ResponseCounts()
        )
    else:
        cells = _present(session, unit, period)
        numbers = count_responses(session, Selection([period.id], [unit.id]))
        responses = numbers.get((unit.id, period.id), ResponseCounts())
    whole, services, months = (_tally(cells, margin, measures, instrument) for margin in MARGINS)
    return Shown(responses, whole, services, months)


def plain(key: Any) -> int | str | None:
    """pandas makes 1.0 of 1 and NaN of None where both stand in a column."""
    if pd.isna(key):
        return None
    return key if isinstance(key, str) else int(key)


def advance(kept: StepCells, present: StepCells) -> StepCells:
    """The cells to be shown next: each as it was, or as it is where enough have moved."""
    shown = dict(kept)
    nothing = [0] * len(next(iter((kept | present).values()), []))

    def moved(key: StepCell) -> int:
        return abs(present.get(key, nothing)[0] - kept.get(key, nothing)[0])

    sources = {source for _, source, _ in present | kept}
    for source, margin in product(sources, MARGINS):
        if not enough(moved((WHOLE, source, None))):
            continue
        moves = {key: moved(key) for key in kept | present if key[:2] == (margin, source)}
        stay = hidden_groups(moves)
        for key, move in moves.items():
            goes = move and key not in stay
            shown[key] = (present if goes else kept).get(key, nothing)
    return shown


def _present(session: Session, unit: Unit, period: Period) -> StepCells:
    """What counts now."""
    asked = asked_instrument(period)
    return _cells(count_answers(session, asked, BY, Selection([period.id], [unit.id]), pairs=True))


def _read(snapshot: Snapshot | None) -> StepCells:
    rows = json.loads(snapshot.tally) if snapshot else []
    return {(margin, source, group): counts for margin, source, group, counts in rows}


def _written(cells: StepCells) -> str:
    return json.dumps([[*key, counts] for key, counts in cells.items()])


def _cells(grain: Tally) -> StepCells:
    """The cells of all margins in which anybody answered."""
    cells: StepCells = {}
    for margin in MARGINS:
        by = _by(margin)
        counted = grain.regroup(by).counted
        measures = counted.columns.difference(by, sort=False)
        keys = counted[by].itertuples(index=False, name=None)
        for (source, *group), counts in zip(
            keys, counted[measures].to_numpy().tolist(), strict=True
        ):
            if counts[0]:
                cells[margin, source, plain(group[0]) if group else None] = counts
    return cells


def _by(margin: str) -> list[str]:
    return [SOURCE] if margin == WHOLE else [SOURCE, margin]


def _tally(cells: StepCells, margin: str, measures: Sequence[str], instrument: Instrument) -> Tally:
    by = _by(margin)
    rows = [[*key[1:][: len(by)], *counts] for key, counts in cells.items() if key[0] == margin]
    return read_tally(pd.DataFrame(rows, columns=[*by, *measures]), instrument, by)

"""What a dashboard shows of an open period: it advances in steps of at least five responses.

Whatever it shows moves by nobody or by five people and more: the answers of the open link, of the
vouched visits and, of both, those that somebody saw being given; of each imported file (whoever
holds it could subtract it); and each service and month among them. What moved by fewer keeps the
figures that were shown last.

Shown is what is kept, never what was counted just now: before somebody looks, ``keep_steps``
counts while it only reads, and then keeps the next step if nobody else has kept one meanwhile.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import pandas as pd
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_unit
from analysis.disclosure import enough, hidden_groups
from analysis.index.counting import AnswerCounter
from analysis.index.disclosed import SOURCE, small_sources, without_sources
from analysis.index.tally import Tally, read_tally
from analysis.rulebook.instrument import Instrument
from desk.places import periods_of, units_among
from models import (
    Busy,
    Period,
    Snapshot,
    Unit,
    insert_absent,
    reading,
    writing_at_once,
)
from models.final_counts import MARGINS
from survey.counts import (
    ResponseCounts,
    Selection,
    count_answers,
    count_responses,
    holder_of,
    way_of,
)
from survey.final_counts import find_final
from survey.margins import GRAIN, WHOLE, MarginCell, MarginCells, by_of, margin_cells
from survey.pairs import PAIR, UnitPeriod
from survey.periods import asked_instrument, stays_open


@dataclass(frozen=True)
class Shown:
    """What may be shown of a unit's period, by source: the whole, its services, its months."""

    responses: ResponseCounts
    whole: Tally
    services: Tally
    months: Tally

    def without(self, ways: Collection[str]) -> "Shown":
        """The same without the answers that came by these ways."""
        kept = [without_ways(one, ways) for one in (self.whole, self.services, self.months)]
        return Shown(self.responses, *kept)

    @property
    def apart(self) -> "Shown":
        """What may be told apart by element, service or month: of no source of one to four."""
        small = small_by_holder(self.whole)
        kept = [without_sources(one, small) for one in (self.whole, self.services, self.months)]
        return Shown(self.responses, *kept)


@dataclass(frozen=True)
class Step:
    """The next figures of a unit's period, and those that they follow; None: the first.

    ``pair``: the ids of unit and period; ``follows`` and ``tally``: as ``Snapshot`` keeps them.
    """

    pair: UnitPeriod
    follows: str | None
    responses: ResponseCounts
    tally: str


def without_ways(tally: Tally, ways: Collection[str]) -> Tally:
    """The tally without the answers that came by these ways."""
    return without_sources(tally, {one for one in _sources_in(tally) if way_of(one) in ways})


def by_holder(tally: Tally) -> Tally:
    """The tally by who may hold its sources: what citizens sent by any way is one, of nobody."""
    held = tally.counted.assign(**{SOURCE: tally.counted[SOURCE].map(holder_of)})
    return replace(tally, counted=held).regroup(tally.by)


def small_by_holder(whole: Tally) -> set[str]:
    """The sources of those who hold one to four."""
    small = small_sources(by_holder(whole))
    return {source for source in _sources_in(whole) if holder_of(source) in small}


def _sources_in(tally: Tally) -> set[str]:
    return set(tally.counted[SOURCE].tolist())


def keep_steps(engine: Engine, actor: Actor, unit_id: int) -> bool:
    """As ``keep_steps_of`` for one unit. Raises Forbidden where it is not the actor's."""
    with reading(engine) as session:
        require_unit(session, actor, unit_id)
    return keep_steps_of(engine, actor, [unit_id])


def keep_steps_of(engine: Engine, actor: Actor, unit_ids: Collection[int]) -> bool:
    """Lets the units' open periods advance to what may be shown now, before somebody looks.

    Of units that are not the actor's, none. Counts while it reads, and keeps what is new in a
    short transaction of its own. False where the database was too busy for that: what was kept
    before is still shown.
    """
    with reading(engine) as session:
        steps = next_steps(session, units_among(session, actor, unit_ids))
    if not steps:
        return True
    try:
        with writing_at_once(engine) as session:
            still = {key for key in {one.pair[1] for one in steps} if stays_open(session, key)}
            for step in steps:
                if step.pair[1] in still:
                    keep(session, step)
    except Busy:
        return False
    return True


def next_steps(session: Session, units: Sequence[Unit]) -> list[Step]:
    """What may be shown next of the units' open periods; those without news are absent.

    Counted is only where some response came, was excluded or was withdrawn since the step kept.
    """
    institutions = {unit.institution_id for unit in units}
    running = session.scalars(
        select(Period).where(Period.institution_id.in_(institutions), Period.closed_at.is_(None))
    )
    alike: dict[str, list[Period]] = {}
    for period in running:
        alike.setdefault(period.instrument_hash, []).append(period)
    return [
        step
        for periods in alike.values()
        for step in _steps(
            session, Selection([p.id for p in periods], [u.id for u in units]), periods[0]
        )
    ]


def _steps(session: Session, selection: Selection, asked: Period) -> Iterator[Step]:
    """Of periods that ask alike, as ``asked`` does."""
    numbers = count_responses(session, selection)
    known = _numbers_kept(session, selection)
    moved = [pair for pair, counts in numbers.items() if known.get(pair) != counts]
    if not moved:
        return
    units, periods = (list(dict.fromkeys(keys)) for keys in zip(*moved, strict=True))
    here = Selection(periods, units)
    present = _present(session, asked_instrument(asked), here)
    snapshots = _snapshots(session, here)
    for pair in sorted(moved):  # whoever keeps several takes them in the same order
        snapshot = snapshots.get(pair)
        kept = _read(snapshot)
        shown = advance(kept, present.get(pair, {}))
        if shown != kept:
            yield Step(pair, snapshot.tally if snapshot else None, numbers[pair], _written(shown))


def _numbers_kept(session: Session, selection: Selection) -> dict[UnitPeriod, ResponseCounts]:
    kept = select(
        Snapshot.unit_id,
        Snapshot.period_id,
        Snapshot.received,
        Snapshot.counted,
        Snapshot.withdrawn,
    ).where(Snapshot.unit_id.in_(selection.units), Snapshot.period_id.in_(selection.periods))
    return {(unit, period): ResponseCounts(*row) for unit, period, *row in session.execute(kept)}


def _snapshots(session: Session, selection: Selection) -> dict[UnitPeriod, Snapshot]:
    """By unit and period, as they are now."""
    query = select(Snapshot).where(
        Snapshot.unit_id.in_(selection.units), Snapshot.period_id.in_(selection.periods)
    )
    found = session.scalars(query.execution_options(populate_existing=True))
    return {(one.unit_id, one.period_id): one for one in found}


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
    measures = AnswerCounter(instrument, pairs=True).measures
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
        here, pair = Selection([period.id], [unit.id]), (unit.id, period.id)
        cells = _final_cells(session, instrument, here).get(pair, {})
        responses = count_responses(session, here).get(pair, ResponseCounts())
    whole, services, months = (_tally(cells, margin, measures, instrument) for margin in MARGINS)
    return Shown(responses, whole, services, months)


def shown_by_unit(session: Session, period: Period, units: Collection[int]) -> Tally:
    """The same of many units at once, by ``unit_id`` and source that somebody may hold.

    Units without any are absent.
    """
    asked, here, by = asked_instrument(period), Selection([period.id], units), ["unit_id", SOURCE]
    if period.closed_at is not None:
        return by_holder(count_answers(session, asked, by, here, pairs=True))
    measures = AnswerCounter(asked, pairs=True).measures
    rows = [
        [unit, source, *counts]
        for (unit, _), snapshot in _snapshots(session, here).items()
        for (margin, source, _), counts in _read(snapshot).items()
        if margin == WHOLE
    ]
    by_source = pd.DataFrame(rows, columns=[*by, *measures])
    return by_holder(read_tally(by_source, asked, by))


def shown_respondents(session: Session, period: Period, units: Collection[int]) -> dict[int, int]:
    """By unit, how many respondents an open period's step shows; fewer than five are absent."""
    found: dict[int, int] = {}
    for (unit, _), snapshot in _snapshots(session, Selection([period.id], units)).items():
        number = _respondents(_read(snapshot))
        if enough(number):
            found[unit] = number
    return found


def shown_periods(session: Session, actor: Actor, unit_id: int) -> list[Period]:
    """Those of a unit's periods of which a look shows at least five respondents, newest first.

    Of an open period: what is kept, or the next step. Raises Forbidden.
    """
    unit, periods = require_unit(session, actor, unit_id), periods_of(session, actor, unit_id)
    here = Selection([one.id for one in periods], [unit_id])
    kept = {period: _read(snapshot) for (_, period), snapshot in _snapshots(session, here).items()}
    coming = {step.pair[1]: _cells_in(step.tally) for step in next_steps(session, [unit])}
    shown = {key: _respondents(cells) for key, cells in (kept | coming).items()}
    counted = count_responses(session, here)
    final = {period: counts.counted for (_, period), counts in counted.items()}
    return [
        one for one in periods if enough((shown if one.closed_at is None else final).get(one.id, 0))
    ]


def advance(kept: MarginCells, present: MarginCells) -> MarginCells:
    """The cells to be shown next: each as it was, or as it is where enough have moved."""
    shown = dict(kept)
    nothing = [0] * len(next(iter((kept | present).values()), []))

    def moved(key: MarginCell) -> int:
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


def _present(
    session: Session, asked: Instrument, selection: Selection
) -> dict[UnitPeriod, MarginCells]:
    """What counts now, by unit and period."""
    return margin_cells(count_answers(session, asked, [*PAIR, *GRAIN], selection, pairs=True))


def _final_cells(
    session: Session, asked: Instrument, selection: Selection
) -> dict[UnitPeriod, MarginCells]:
    """The same of closed periods: what is kept of them, if it holds, without counting."""
    found = find_final(session, selection.periods, selection.units, asked, parts=True)
    if found.left or not found.kept:
        return _present(session, asked, selection)
    return {pair: figures.cells() for pair, figures in found.kept.items()}


def _respondents(cells: MarginCells) -> int:
    return sum(counts[0] for (margin, *_), counts in cells.items() if margin == WHOLE)


def _read(snapshot: Snapshot | None) -> MarginCells:
    return _cells_in(snapshot.tally) if snapshot else {}


def _cells_in(tally: str) -> MarginCells:
    rows = json.loads(tally)
    return {(margin, source, group): counts for margin, source, group, counts in rows}


def _written(cells: MarginCells) -> str:
    return json.dumps([[*key, counts] for key, counts in cells.items()])


def _tally(
    cells: MarginCells, margin: str, measures: Sequence[str], instrument: Instrument
) -> Tally:
    by = by_of(margin)
    rows = [[*key[1:][: len(by)], *counts] for key, counts in cells.items() if key[0] == margin]
    return read_tally(pd.DataFrame(rows, columns=[*by, *measures]), instrument, by)

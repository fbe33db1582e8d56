"""What a dashboard shows of an open period: it advances in steps of at least five responses.

Whatever it shows moves by nobody or by five people and more: the open link's answers,
the vouched visits, each imported file (whoever holds the file could subtract it), and each
service and month among them. What moved by fewer keeps the figures that were shown last.
"""

import json
from dataclasses import dataclass
from itertools import product
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.disclosure import enough, hidden_groups
from analysis.index.tally import Tally, read_tally
from analysis.rulebook.instrument import Instrument
from models import Period, Snapshot, Unit
from survey.counts import Responses, count_answers, count_responses

SOURCE = "source"
WHOLE = "whole"
MARGINS = (WHOLE, "service_id", "month")

# Margin, source, and service or month: the counts of a tally's row, respondents first.
Cell = tuple[str, str, int | str | None]
Cells = dict[Cell, list[int]]


@dataclass(frozen=True)
class Shown:
    """What may be shown of a unit's period, by source: the whole, its services, its months."""

    responses: Responses
    whole: Tally
    services: Tally
    months: Tally


def shown_answers(session: Session, unit: Unit, period: Period, instrument: Instrument) -> Shown:
    """The final figures of a closed period; of an open one those of the latest step.

    Keeps what it shows: the caller commits.
    """
    if period.closed_at is None:  # one look at a time, or two could differ by a single answer
        session.execute(select(Unit.id).where(Unit.id == unit.id).with_for_update(key_share=True))
    numbers = count_responses(session, [period.id], [unit.id])
    responses = numbers.get((unit.id, period.id), Responses())
    by = ["service_id", "month", SOURCE]
    grain = count_answers(session, instrument, by, [period.id], [unit.id], pairs=True)
    cells = _cells(grain)
    if period.closed_at is None:
        responses, cells = _step(session, unit, period, responses, cells)
    measures = [name for name in grain.counted.columns if name not in grain.by]
    whole, services, months = (_tally(cells, margin, measures, instrument) for margin in MARGINS)
    return Shown(responses, whole, services, months)


def plain(key: Any) -> int | str | None:
    """pandas makes 1.0 of 1 and NaN of None where both stand in a column."""
    if pd.isna(key):
        return None
    return key if isinstance(key, str) else int(key)


def advance(kept: Cells, present: Cells) -> Cells:
    """The cells to be shown next: each as it was, or as it is where enough have moved."""
    shown = dict(kept)
    nothing = [0] * len(next(iter((kept | present).values()), []))

    def moved(key: Cell) -> int:
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


def _step(
    session: Session, unit: Unit, period: Period, responses: Responses, present: Cells
) -> tuple[Responses, Cells]:
    newest = {"populate_existing": True}
    snapshot = session.get(Snapshot, (unit.id, period.id), execution_options=newest)
    rows = json.loads(snapshot.tally) if snapshot else []
    kept: Cells = {(margin, source, group): counts for margin, source, group, counts in rows}
    shown = advance(kept, present)
    if snapshot and shown == kept:
        return Responses(snapshot.received, snapshot.counted, snapshot.withdrawn), kept
    if shown:
        session.merge(
            Snapshot(
                unit_id=unit.id,
                period_id=period.id,
                received=responses.received,
                counted=responses.counted,
                withdrawn=responses.withdrawn,
                tally=json.dumps([[*key, counts] for key, counts in shown.items()]),
            )
        )
    return responses, shown


def _cells(grain: Tally) -> Cells:
    """The cells of all margins in which anybody answered."""
    cells: Cells = {}
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


def _tally(cells: Cells, margin: str, measures: list[str], instrument: Instrument) -> Tally:
    by = _by(margin)
    rows = [[*key[1:][: len(by)], *counts] for key, counts in cells.items() if key[0] == margin]
    return read_tally(pd.DataFrame(rows, columns=[*by, *measures]), instrument, by)

"""Screening a unit's period: what analysts see of it, what its own people do, what is excluded.

Nothing is ever deleted. An open period is screened anew once five more responses count or no
longer count, so that no look differs by fewer; when it closes it is screened a last time, since
its responses then forget day, quarter-hour and client.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Uuid, column, insert, select, table, update
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden, require_analyst, require_unit
from analysis.disclosure import enough, in_steps, told
from analysis.errors import bad
from analysis.screening.groups import Raised, RaisedGroup, grouped
from analysis.screening.rules import Alarm, load_rules
from desk.integrity.exclusions import exclude
from models import (
    Busy,
    Period,
    Screened,
    Unit,
    insert_absent,
    now,
    reading,
    writing_at_once,
)
from survey.counts import ResponseCounts as Counts
from survey.counts import Selection, count_responses
from survey.periods import stays_open

ScreeningDocument = dict[str, Any]
MADE_ANEW = ("rules", "made_at", "counted", "final", "document")


@dataclass(frozen=True)
class Report:
    """What screening found of a unit's period at ``made_at``; ``final``: when it closed.

    ``document``: "number" of responses, "flags" (alarm, p, points, number), "unusual" and
    "flagged" numbers, "shares", "notices", "patterns" (answers and number), "with" and "without"
    (index, grade, n; None where it is hidden), "difference", "interval"; "rhythm", None once the
    period has closed: "cells" (day, quarter-hour, number) and "hours" (hour, number over all
    days). No group under five is in it; a number of one to four is None.
    ``counting``: by alarm, the flagged responses that still count; ``groups``: the alarms that
    are about the same responses, those that lift the unit most first.
    """

    unit: Unit
    period: Period
    made_at: datetime
    final: bool
    document: ScreeningDocument
    counting: Mapping[Alarm, Sequence[UUID]]
    groups: Sequence[RaisedGroup]

    def still(self, alarm: Alarm) -> int | None:
        """How many of an alarm's responses still count; None: one to four."""
        return told(len(self.counting[alarm]))


@dataclass(frozen=True)
class Hint:
    """Which rules a group of the unit's responses met, and how many at least (by fives)."""

    alarms: tuple[Alarm, ...]
    at_least: int


def keep_screening(engine: Engine, actor: Actor, unit_id: int, period_id: int) -> bool:
    """Screens an open period anew where that is due, before somebody looks.

    Screens while it reads, and keeps what it found in a short transaction of its own, unless
    another look has kept its own meanwhile, or the period has closed. False where the database
    was too busy for that: what was kept before is still shown. Raises Forbidden.
    """
    with reading(engine) as session:
        unit, period = _place(session, actor, unit_id, period_id)
        kept = session.get(Screened, (unit_id, period_id))
        counted = _counted(session, unit, period)
        if period.closed_at is not None or not _outdated(kept, counted):
            return True
        found = list(_documents(session, period, {unit_id: counted}, last=False))
        if not found:
            return True
        row = _row(period, *found[0], final=False)
        follows = kept.made_at if kept else None
    try:
        with writing_at_once(engine) as session:
            if stays_open(session, period_id):
                _keep(session, row, follows)
    except Busy:
        return False
    return True


def report_of(session: Session, actor: Actor, unit_id: int, period_id: int) -> Report | None:
    """The screening of a unit's period, for analysts; None where under five responses count.

    Of an open period: the one that is kept, see ``keep_screening``. Raises Forbidden.
    """
    require_analyst(actor)
    unit, period = _place(session, actor, unit_id, period_id)
    kept = _current(session, unit, period)
    if kept is None:
        return None
    document = json.loads(kept.document)
    groups = groups_in(document)
    flagged = {flag["alarm"]: flag.pop("responses") for flag in document["flags"]}
    counting = {
        alarm: _still_counting(session, [UUID(key) for key in keys])
        for alarm, keys in flagged.items()
    }
    numbers = {name: told(document[name]) for name in ("number", "flagged", "unusual")}
    return Report(unit, period, kept.made_at, kept.final, document | numbers, counting, groups)


def hints_of(session: Session, actor: Actor, unit_id: int, period_id: int) -> list[Hint]:
    """A unit's own view of its screening: the groups, and of how many responses at least.

    Neither when nor from where they came, nor what they say: that would tell of people, and
    how not to be found. Raises Forbidden.
    """
    _, _, kept = current_screening(session, actor, unit_id, period_id)
    groups = groups_in(json.loads(kept.document)) if kept else []
    return [Hint(group.alarms, in_steps(len(group.responses))) for group in groups]


def groups_in(document: ScreeningDocument) -> list[RaisedGroup]:
    """The groups of responses that the screening's flags are about."""
    raised = [
        Raised(flag["alarm"], frozenset(flag["responses"]), flag["points"])
        for flag in document["flags"]
    ]
    return grouped(raised, document["number"])


def current_screening(
    session: Session, actor: Actor, unit_id: int, period_id: int
) -> tuple[Unit, Period, Screened | None]:
    """The screening of a unit's period that may be shown now. Raises Forbidden."""
    unit, period = _place(session, actor, unit_id, period_id)
    return unit, period, _current(session, unit, period)


@dataclass(frozen=True)
class FlaggedExclusion:
    """The alarm whose responses are excluded, and why; ``seen``: when its report was made."""

    alarm: Alarm
    seen: datetime
    reason: str


def exclude_flagged(
    session: Session, actor: Actor, unit_id: int, period_id: int, exclusion: FlaggedExclusion
) -> int:
    """Excludes the responses of an alarm that still count, in one act; gives their number.

    Raises Forbidden, and BadInput for another screening than the present one, an alarm it did
    not raise, or no proper reason.
    """
    require_analyst(actor)
    unit, period = _place(session, actor, unit_id, period_id)
    kept = session.get(Screened, (unit_id, period_id))
    if kept is None or kept.made_at != exclusion.seen:
        raise bad("newer_screening")
    flags = {flag["alarm"]: flag["responses"] for flag in json.loads(kept.document)["flags"]}
    if exclusion.alarm not in flags:
        raise bad("no_such_alarm", found=exclusion.alarm, known=list(flags))
    responses = _still_counting(session, [UUID(key) for key in flags[exclusion.alarm]])
    place = {"unit": unit.code, "period": period.code, "alarm": exclusion.alarm}
    exclude(session, actor, responses, exclusion.reason, **place, rules=kept.rules)
    return len(responses)


def screen_last(session: Session, period: Period) -> list[dict[str, Any]]:
    """The screenings of every unit of a period that closes, for good; the caller keeps them."""
    units = session.scalars(select(Unit.id).where(Unit.institution_id == period.institution_id))
    counts = count_responses(session, Selection([period.id], units.all()))
    counted = {unit: one.counted for (unit, _), one in counts.items()}
    return [
        _row(period, unit, document, final=True)
        for unit, document in _documents(session, period, counted, last=True)
    ]


def _documents(
    session: Session, period: Period, counted: Mapping[int, int], last: bool
) -> Iterator[tuple[int, ScreeningDocument]]:
    from desk.integrity.finding import documents_of  # with what learns and tests: a second

    return documents_of(session, period, counted, last)


def keep_last(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Keeps screenings of a period, in place of those made while it was open."""
    if not rows:
        return
    of_these = Screened.unit_id.in_([row["unit_id"] for row in rows])
    of_period = Screened.period_id == rows[0]["period_id"]
    kept = set(session.scalars(select(Screened.unit_id).where(of_period, of_these)))
    if new := [row for row in rows if row["unit_id"] not in kept]:
        session.execute(insert(Screened), new)
    anew = ("unit_id", "period_id", *MADE_ANEW)
    if again := [{key: row[key] for key in anew} for row in rows if row["unit_id"] in kept]:
        session.execute(update(Screened), again)


def _keep(session: Session, row: Mapping[str, Any], follows: datetime | None) -> None:
    """Compares and sets: what was made since the screening that it follows stays."""
    if follows is None:
        session.execute(insert_absent(session, Screened), row)
        return
    session.execute(
        update(Screened)
        .where(
            Screened.unit_id == row["unit_id"],
            Screened.period_id == row["period_id"],
            Screened.made_at == follows,
        )
        .values({name: row[name] for name in MADE_ANEW})
    )


def _place(session: Session, actor: Actor, unit_id: int, period_id: int) -> tuple[Unit, Period]:
    unit = require_unit(session, actor, unit_id)
    period = session.get(Period, period_id)
    if period is None or period.institution_id != unit.institution_id:
        raise Forbidden(f"period {period_id}")
    return unit, period


def _current(session: Session, unit: Unit, period: Period) -> Screened | None:
    """The screening that may be shown now."""
    newest = {"populate_existing": True}
    kept = session.get(Screened, (unit.id, period.id), execution_options=newest)
    if kept is None or period.closed_at is not None:
        return kept
    counted = _counted(session, unit, period)
    return None if not enough(counted) and _outdated(kept, counted) else kept


def _outdated(kept: Screened | None, counted: int) -> bool:
    """Whether five more responses count than when it was made, or no longer count."""
    return kept is None or enough(abs(counted - kept.counted))


def _counted(session: Session, unit: Unit, period: Period) -> int:
    numbers = count_responses(session, Selection([period.id], [unit.id]))
    return numbers.get((unit.id, period.id), Counts()).counted


def _row(period: Period, unit_id: int, document: ScreeningDocument, final: bool) -> dict[str, Any]:
    return {
        "unit_id": unit_id,
        "period_id": period.id,
        "institution_id": period.institution_id,
        "rules": load_rules().id,
        "made_at": now(),
        "counted": document["number"],
        "final": final,
        "document": json.dumps(document, sort_keys=True),
    }


def _still_counting(session: Session, keys: Sequence[UUID]) -> Sequence[UUID]:
    """Those of the responses that were neither excluded nor withdrawn."""
    counted = table("counted_responses", column("id", Uuid))
    found = set(session.scalars(select(counted.c.id).where(counted.c.id.in_(keys))))
    return [key for key in keys if key in found]

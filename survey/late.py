"""Late ratings: filled in before their period closed, sent after. They wait until they count.

A coordinator counts all that wait for a unit, or none: who could choose would choose the good
ones. So nobody needs to know which receipt belongs to which of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import FromClause, Select, bindparam, insert, select
from sqlalchemy.orm import Session

from analysis.redaction import redact
from models import (
    LateCounted,
    LateCounting,
    LateReceipt,
    LateResponse,
    Period,
    Receipt,
    Unit,
)
from survey.checks import AskedForm
from survey.periods import asked_instrument
from survey.storage import CheckedResponse, store

# Kept beside the content, or not at all: in a closed period a response has no such times.
NOT_CONTENT = ("id", "batch_id", "local_date", "quarter_hour", "client_group")


def keep_late(
    session: Session, asked: AskedForm, rows: Sequence[CheckedResponse], moment: datetime
) -> None:
    """Puts checked ratings aside. Their day is the one that the device told, if it told one."""
    # In the order of their random ids: they shall not lie as they came.
    identified = zip(sorted(uuid4().int for _ in rows), rows, strict=True)
    session.execute(
        insert(LateResponse),
        [
            {
                "id": UUID(int=key),
                "institution_id": asked.unit.institution_id,
                "unit_id": asked.unit.id,
                "period_id": asked.period.id,
                "came_on": asked.local(moment).date(),
                "filled_on": row.local_date,
                "content": _content(row),
            }
            for key, row in identified
        ],
    )


def waiting_late(session: Session, unit_id: int, period_id: int) -> Sequence[LateResponse]:
    """The late ratings of a unit that do not count yet."""
    return session.scalars(
        select(LateResponse)
        .outerjoin(LateCounted, LateCounted.late_id == LateResponse.id)
        .where(
            LateResponse.unit_id == unit_id,
            LateResponse.period_id == period_id,
            LateCounted.late_id.is_(None),
        )
        .order_by(LateResponse.id)
    ).all()


def count_late(
    session: Session, unit: Unit, period: Period, counting: LateCounting
) -> Sequence[LateResponse]:
    """Puts all that wait among the unit's responses; gives them. ``counting``: flushed."""
    waiting = waiting_late(session, unit.id, period.id)
    if waiting:
        session.execute(
            insert(LateCounted),
            [{"late_id": one.id, "counting_id": counting.id} for one in waiting],
        )
        rows = [_row(one, closed=period.closed_at is not None) for one in waiting]
        store(session, unit, period, asked_instrument(period), rows)
    return waiting


def known_receipts(session: Session, hashes: Iterable[str]) -> Mapping[str, bool]:
    """Which of the hashed codes were given out, and whether for a late rating."""
    wanted = {"wanted": list(hashes)}
    return {
        code: late
        for statement, late in ((KNOWN, False), (KNOWN_LATE, True))
        for code in session.scalars(statement, wanted)
    }


def _known(table: FromClause) -> Select[Any]:
    return select(table.c.code_hash).where(
        table.c.code_hash.in_(bindparam("wanted", expanding=True))
    )


KNOWN, KNOWN_LATE = _known(Receipt.__table__), _known(LateReceipt.__table__)


def _content(row: CheckedResponse) -> dict[str, object]:
    kept = {name: value for name, value in asdict(row).items() if name not in NOT_CONTENT}
    return kept | {"comment": redact(row.comment).text if row.comment else ""}


def _row(late: LateResponse, closed: bool) -> CheckedResponse:
    """Of a closed period only the month is left, as of the others there."""
    day = late.filled_on.replace(day=1) if late.filled_on and closed else late.filled_on
    row = CheckedResponse(**late.content)
    return replace(row, id=late.id, local_date=day, experience=tuple(row.experience))

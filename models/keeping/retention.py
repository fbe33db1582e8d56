"""Letting go of what names people and is no longer needed; all that is counted stays.

What is append-only stays too: docs/backup.md says of each column why. The trace alone can be moved
out of the database, by ``models.keeping.archive``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import (
    ColumnElement,
    Delete,
    Select,
    String,
    Update,
    cast,
    delete,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Session

from models.base import Base, now
from models.batches import KeyedSheet, Keying
from models.engine import open_engine, reading, writing
from models.jobs import Job
from models.named import named_database
from models.people import LinkedIdentity, LogIn, LogInFailure, RecoveryCode, SecondFactor, User
from models.periods import Period
from models.publications import AuditEvent
from models.responses import Batch

FILE = Path(__file__).parent / "retention.yaml"
ACTOR, ACT = "command line", "retain"
BLANK = '{"answers": {}}'  # a sheet on which nothing stands
RowChange = Delete | Update


class RetentionSource(BaseModel):
    """Where it stands that personal data are not kept for ever."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    title: Mapping[str, str]
    year: int
    articles: list[str]


class RetentionRules(BaseModel):
    """For how many days what is kept, by the name of what is let go.

    ``trace_days``: how long events of the trace stay in the database at least.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    valid: Mapping[str, date]
    standing: Literal["stated", "inferred", "assumed"]
    source: RetentionSource
    days: Mapping[str, int] = Field(min_length=1)
    trace_days: int = Field(ge=1)


@dataclass(frozen=True)
class LettingGo:
    """Which rows are too old, what is done to them, and which columns no longer tell of people.

    ``columns``: where the rows stay, else none.
    """

    of: type[Base]
    old: Callable[[datetime], ColumnElement[bool]]
    change: Callable[[Any], RowChange] = delete
    columns: tuple[str, ...] = ()


def _closed(before: datetime) -> ColumnElement[bool]:
    """Closed accounts whose last act is so long ago."""
    last = select(func.max(AuditEvent.created_at)).where(AuditEvent.user_id == User.id)
    acted = func.coalesce(last.scalar_subquery() >= before, literal(False))
    return ~User.active & ~acted


def _theirs(
    of: type[SecondFactor | RecoveryCode | LinkedIdentity], before: datetime
) -> ColumnElement[bool]:
    return of.user_id.in_(select(User.id).where(_closed(before)))


def _done(before: datetime) -> ColumnElement[bool]:
    """Sheets of piles that were stored so long ago, or whose period was closed without them."""
    piles = select(Keying.id).join(Period, Period.id == Keying.period_id)
    left = piles.where(Keying.batch_id.is_(None), Period.closed_at < before)
    stored = select(Keying.id).join(Batch, Batch.id == Keying.batch_id)
    old = stored.where(Batch.created_at < before).union(left)
    return KeyedSheet.keying_id.in_(old) & (KeyedSheet.filled != BLANK)


def _nameless(of: Any) -> RowChange:
    former = literal("mantan-").concat(cast(User.id, String))
    return update(of).values(username=former, name=former, password_hash="")


LET_GO: Mapping[str, tuple[LettingGo, ...]] = {
    "log_ins": (
        LettingGo(LogIn, lambda before: func.coalesce(LogIn.ended_at, LogIn.expires_at) < before),
    ),
    "log_in_failures": (LettingGo(LogInFailure, lambda before: LogInFailure.created_at < before),),
    "jobs": (
        LettingGo(
            Job,
            lambda before: (Job.heard_at < before) & Job.state.not_in(["waiting", "running"]),
        ),
    ),
    "keyed_sheets": (
        LettingGo(KeyedSheet, _done, lambda of: update(of).values(filled=BLANK), ("filled",)),
    ),
    "users": (
        LettingGo(RecoveryCode, lambda before: _theirs(RecoveryCode, before)),
        LettingGo(SecondFactor, lambda before: _theirs(SecondFactor, before)),
        LettingGo(LinkedIdentity, lambda before: _theirs(LinkedIdentity, before)),
        LettingGo(
            User,
            lambda before: _closed(before) & (User.password_hash != ""),
            _nameless,
            ("username", "name", "password_hash"),
        ),
    ),
}


def rules() -> RetentionRules:
    """The rules as they stand.

    Raises ValueError where one is of nothing that is let go, or the trace would be shorter than
    names are kept, whose last act it tells.
    """
    found = RetentionRules(**yaml.safe_load(FILE.read_text(encoding="utf-8")))
    if unknown := found.days.keys() - LET_GO.keys():
        raise ValueError(f"{FILE.name}: days of {sorted(unknown)}, expected {sorted(LET_GO)}")
    if found.trace_days < found.days.get("users", 0):
        raise ValueError(f"{FILE.name}: trace_days is less than the days of users")
    return found


def retain(dry_run: bool) -> int:
    """Lets go of what the rules no longer keep, or tells how much that is. Returns 0."""
    engine, kept = open_engine(named_database()), rules()
    told = dict[str, int]()
    with (reading if dry_run else writing)(engine) as session:
        for what, days in kept.days.items():
            for one in LET_GO[what]:
                rows = _let_go(session, one, now() - timedelta(days=days), dry_run)
                told[one.of.__tablename__] = rows
                print(f"{one.of.__tablename__}: {rows} older than {days} days")
        if not dry_run:
            done = {"rules": kept.id} | {what: rows for what, rows in told.items() if rows}
            session.add(AuditEvent(created_at=now(), actor=ACTOR, act=ACT, details=done))
    print("Nothing was changed (--dry-run)." if dry_run else "Let go; the trace says so.")
    return 0


def _let_go(session: Session, one: LettingGo, before: datetime, dry_run: bool) -> int:
    count: Select[Any] = select(func.count()).select_from(one.of).where(one.old(before))
    rows = int(session.scalar(count) or 0)
    if rows and not dry_run:
        session.execute(
            one.change(one.of).where(one.old(before)),
            execution_options={"synchronize_session": False},
        )
    return rows

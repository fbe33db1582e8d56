"""Letting go of what names people and is no longer needed; all that is counted stays.

What is append-only stays too, and so the names in the trace and in signed decisions.
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

from models.base import now
from models.batches import KeyedSheet, Keying
from models.engine import open_engine, reading, writing
from models.jobs import Job
from models.named import named_database
from models.people import LogIn, LogInFailure, User
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
    """For how many days what is kept, by the name of what is let go."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    valid: Mapping[str, date]
    standing: Literal["stated", "inferred", "assumed"]
    source: RetentionSource
    days: Mapping[str, int] = Field(min_length=1)


@dataclass(frozen=True)
class LettingGo:
    """Which rows are too old, and what is done to them."""

    of: Any
    old: Callable[[datetime], ColumnElement[bool]]
    change: Callable[[Any], RowChange]


def _left(before: datetime) -> ColumnElement[bool]:
    """Closed accounts whose last act is so long ago, and whose name is still there."""
    last = select(func.max(AuditEvent.created_at)).where(AuditEvent.user_id == User.id)
    acted = func.coalesce(last.scalar_subquery() >= before, literal(False))
    return ~User.active & ~acted & (User.password_hash != "")


def _stored(before: datetime) -> ColumnElement[bool]:
    stored = select(Keying.id).join(Batch, Batch.id == Keying.batch_id)
    old = stored.where(Batch.created_at < before)
    return KeyedSheet.keying_id.in_(old) & (KeyedSheet.filled != BLANK)


def _nameless(of: Any) -> RowChange:
    former = literal("mantan-").concat(cast(User.id, String))
    return update(of).values(username=former, name=former, password_hash="")


LET_GO = {
    "log_ins": LettingGo(
        LogIn, lambda before: func.coalesce(LogIn.ended_at, LogIn.expires_at) < before, delete
    ),
    "log_in_failures": LettingGo(
        LogInFailure, lambda before: LogInFailure.created_at < before, delete
    ),
    "jobs": LettingGo(
        Job,
        lambda before: (Job.heard_at < before) & Job.state.not_in(["waiting", "running"]),
        delete,
    ),
    "keyed_sheets": LettingGo(KeyedSheet, _stored, lambda of: update(of).values(filled=BLANK)),
    "users": LettingGo(User, _left, _nameless),
}


def rules() -> RetentionRules:
    """The rules as they stand. Raises ValueError where one is of nothing that is let go."""
    found = RetentionRules(**yaml.safe_load(FILE.read_text(encoding="utf-8")))
    if unknown := found.days.keys() - LET_GO.keys():
        raise ValueError(f"{FILE.name}: days of {sorted(unknown)}, expected {sorted(LET_GO)}")
    return found


def retain(dry_run: bool) -> int:
    """Lets go of what the rules no longer keep, or tells how much that is. Returns 0."""
    engine, kept = open_engine(named_database()), rules()
    with (reading if dry_run else writing)(engine) as session:
        told = {what: _let_go(session, what, days, dry_run) for what, days in kept.days.items()}
        if not dry_run:
            done = {"rules": kept.id} | {what: rows for what, rows in told.items() if rows}
            session.add(AuditEvent(created_at=now(), actor=ACTOR, act=ACT, details=done))
    for what, rows in told.items():
        print(f"{what}: {rows} older than {kept.days[what]} days")
    print("Nothing was changed (--dry-run)." if dry_run else "Let go; the trace says so.")
    return 0


def _let_go(session: Session, what: str, days: int, dry_run: bool) -> int:
    one, before = LET_GO[what], now() - timedelta(days=days)
    count: Select[Any] = select(func.count()).select_from(one.of).where(one.old(before))
    rows = int(session.scalar(count) or 0)
    if rows and not dry_run:
        session.execute(
            one.change(one.of).where(one.old(before)),
            execution_options={"synchronize_session": False},
        )
    return rows

"""What all tables share: names of constraints, kinds of columns."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Annotated

from sqlalchemy import (
    CheckConstraint,
    Connection,
    DateTime,
    Dialect,
    MetaData,
    String,
    TypeDecorator,
    event,
)
from sqlalchemy.orm import DeclarativeBase, mapped_column

MOVED = ContextVar("moved", default=timedelta())
CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """A point in time, always with its zone in Python; SQLite keeps it as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a point in time needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all mapped tables."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)
    type_annotation_map = {datetime: Instant()}


@event.listens_for(Base.metadata, "before_create")
def _name_the_conditions(all_tables: MetaData, connection: Connection, **_: object) -> None:
    """Only here: to name an index's condition for PostgreSQL loads its whole dialect, 2 MB that
    the light door has no need of."""
    if connection.dialect.name == "postgresql":
        for index in (one for table in all_tables.tables.values() for one in table.indexes):
            condition = index.dialect_options["sqlite"]["where"]
            index.dialect_options["postgresql"]["where"] = condition


Key = Annotated[int, mapped_column(primary_key=True)]
Code = Annotated[str, mapped_column(String(60))]
Name = Annotated[str, mapped_column(String(200))]
Word = Annotated[str, mapped_column(String(30))]
Digest = Annotated[str, mapped_column(String(64))]


def now() -> datetime:
    """The present point in time."""
    return datetime.now(UTC) + MOVED.get()


@contextmanager
def time_moved(by: timedelta) -> Iterator[None]:
    """For invented data and tests: what is done meanwhile happens so much later, or earlier."""
    before = MOVED.set(by)
    try:
        yield
    finally:
        MOVED.reset(before)


def one_of(column: str, words: Sequence[str]) -> CheckConstraint:
    """The constraint that ``column`` holds one of these words (or nothing, if it may)."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)

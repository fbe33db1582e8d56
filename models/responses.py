"""What citizens answered. Nothing here knows a name, an address or a receipt.

A response and its parts are append-only; ``counted_responses`` is the one place that says
which of them count.
"""

from collections.abc import Mapping
from datetime import date, datetime
from threading import Lock
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    column,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Digest, Key, Name, Word, one_of

CHANNELS = ("open_link", "token", "kiosk", "paper", "import")
PROVENANCES = (
    "self",
    "companion",
    "on_behalf",
    "unit_staff",
    "unit_interviewer",
    "ombudsman_interviewer",
    "paper",
    "import",
)
COMPLETION_TIMES = ("under_15_s", "15_to_30_s", "30_to_60_s", "1_to_3_min", "over_3_min")
FORMS = (
    "undue_delay",
    "service_not_given",
    "incompetence",
    "abuse_of_authority",
    "procedural_deviation",
    "request_for_payment",
    "improper_conduct",
    "partiality",
    "discrimination",
    "conflict_of_interest",
)
RESPONDENT = ("sex", "age", "education", "occupation", "disability")
EXPERIENCES = ("some", "none", "declined")
LONGEST_COMMENT = 2000
# A mark is longer than the shortest piece that it replaces.
LONGEST_REDACTED = 3 * LONGEST_COMMENT
# Who reads a comment, as its writer chose: the unit and the Ombudsman, or the Ombudsman alone.
READERS = ("unit", "ombudsman")
_one_at_a_time = Lock()


class Batch(Base):
    """One imported file or pile of keyed paper: where its responses came from.

    ``content_hash``: of a file's answers in any order, None for paper and for files of before;
    ``again``: why answers that the institution had stored already were stored once more;
    ``asked``: JSON of the questions that a file had columns for; None likewise.
    """

    __tablename__ = "batches"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "unit_id"], ["units.institution_id", "units.id"]),
        ForeignKeyConstraint(
            ["institution_id", "period_id"], ["periods.institution_id", "periods.id"]
        ),
        UniqueConstraint("unit_id", "period_id", "file_hash"),
        UniqueConstraint("unit_id", "period_id", "id"),
        CheckConstraint("length(trim(again)) >= 10", name="again"),
        Index(None, "institution_id", "content_hash"),
    )

    id: Mapped[Key]
    institution_id: Mapped[int]
    unit_id: Mapped[int]
    period_id: Mapped[int]
    file_name: Mapped[Name]
    file_hash: Mapped[Digest]
    rows: Mapped[int]
    actor: Mapped[Name]
    created_at: Mapped[datetime]
    content_hash: Mapped[Digest | None]
    again: Mapped[str | None] = mapped_column(Text)
    asked: Mapped[str | None] = mapped_column(Text)


class Response(Base):
    """One rated visit. Its answers stand beside it, in the table of its instrument.

    ``device_clock``: day and quarter-hour are those of filling, by the clock of the device that
    kept it meanwhile; otherwise those of its arrival, by ours.
    """

    __tablename__ = "responses"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "unit_id"], ["units.institution_id", "units.id"]),
        ForeignKeyConstraint(
            ["institution_id", "period_id"], ["periods.institution_id", "periods.id"]
        ),
        ForeignKeyConstraint(["unit_id", "service_id"], ["services.unit_id", "services.id"]),
        ForeignKeyConstraint(
            ["unit_id", "period_id", "batch_id"],
            ["batches.unit_id", "batches.period_id", "batches.id"],
        ),
        one_of("channel", CHANNELS),
        one_of("provenance", PROVENANCES),
        # Which languages there are is known to survey.checks.
        CheckConstraint(
            "length(language) BETWEEN 2 AND 3"
            " AND ltrim(language, 'abcdefghijklmnopqrstuvwxyz') = ''",
            name="language",
        ),
        one_of("completion_time", COMPLETION_TIMES),
        # SQLite would store 2.5 as an hour and "soon" as a day.
        CheckConstraint(
            "quarter_hour BETWEEN 0 AND 95 AND quarter_hour = CAST(quarter_hour AS INTEGER)",
            name="quarter_hour",
        ),
        CheckConstraint(
            "coalesce(local_date = date(local_date), local_date IS NULL)", name="local_date"
        ),
        CheckConstraint("(channel IN ('import', 'paper')) = (batch_id IS NOT NULL)", name="batch"),
        Index(None, "unit_id", "period_id"),
        Index(None, "batch_id", sqlite_where=text("batch_id IS NOT NULL")),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    institution_id: Mapped[int]
    unit_id: Mapped[int]
    period_id: Mapped[int]
    service_id: Mapped[int | None]
    batch_id: Mapped[int | None]
    channel: Mapped[Word]
    provenance: Mapped[Word]
    language: Mapped[Word | None]
    local_date: Mapped[date | None]
    quarter_hour: Mapped[int | None] = mapped_column(SmallInteger)
    completion_time: Mapped[Word | None]
    client_group: Mapped[Digest | None]
    device_clock: Mapped[bool] = mapped_column(server_default=false())
    sex: Mapped[Word | None]
    age: Mapped[Word | None]
    education: Mapped[Word | None]
    occupation: Mapped[Word | None]
    disability: Mapped[Word | None]


class Experience(Base):
    """What a response says of experienced maladministration; no row: not answered."""

    __tablename__ = "experiences"
    __table_args__ = (
        one_of("answer", EXPERIENCES),
        CheckConstraint(f"(answer = 'some') = ({' OR '.join(FORMS)})", name="some_form"),
        # SQLite would store 2 as a truth.
        CheckConstraint(" AND ".join(f"{form} IN (TRUE, FALSE)" for form in FORMS), name="forms"),
        {"sqlite_with_rowid": False},
    )

    response_id: Mapped[UUID] = mapped_column(ForeignKey("responses.id"), primary_key=True)
    answer: Mapped[Word]
    undue_delay: Mapped[bool]
    service_not_given: Mapped[bool]
    incompetence: Mapped[bool]
    abuse_of_authority: Mapped[bool]
    procedural_deviation: Mapped[bool]
    request_for_payment: Mapped[bool]
    improper_conduct: Mapped[bool]
    partiality: Mapped[bool]
    discrimination: Mapped[bool]
    conflict_of_interest: Mapped[bool]


class Comment(Base):
    """The words that a citizen added, without personal data: marks stand in their place.

    ``readers`` None: stored before there were marks, and as it was written. Nobody reads such a
    comment; it may change once, to what it is without personal data.
    """

    __tablename__ = "comments"
    __table_args__ = (
        CheckConstraint(f"length(text) BETWEEN 1 AND {LONGEST_REDACTED}", name="length"),
        one_of("readers", READERS),
        {"sqlite_with_rowid": False},
    )

    response_id: Mapped[UUID] = mapped_column(ForeignKey("responses.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    readers: Mapped[Word | None]


class Exclusion(Base):
    """A response that no longer counts, with the reason and who decided."""

    __tablename__ = "exclusions"
    __table_args__ = (
        CheckConstraint("length(trim(reason)) >= 10", name="reason"),
        {"sqlite_with_rowid": False},
    )

    response_id: Mapped[UUID] = mapped_column(ForeignKey("responses.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class Receipt(Base):
    """That a rating was received: a keyed hash of the citizen's code, and nothing else.

    Random keys, no row number, no time: its place tells nothing of its response.
    """

    __tablename__ = "receipts"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "unit_id"], ["units.institution_id", "units.id"]),
        ForeignKeyConstraint(
            ["institution_id", "period_id"], ["periods.institution_id", "periods.id"]
        ),
        {"sqlite_with_rowid": False},
    )

    code_hash: Mapped[Digest] = mapped_column(primary_key=True)
    institution_id: Mapped[int]
    unit_id: Mapped[int]
    period_id: Mapped[int]


def answers_table(instrument: str, allowed: Mapping[str, tuple[int, ...]]) -> Table:
    """The table of the answers to an instrument: a nullable column an item.

    ``allowed``: the values that each item may hold, checked by the database one by one
    (BETWEEN would let SQLite store 2.5).
    """
    name = answers_name(instrument)
    with _one_at_a_time:
        if name in Base.metadata.tables:
            return Base.metadata.tables[name]
        return Table(
            name,
            Base.metadata,
            Column("response_id", Uuid, ForeignKey("responses.id"), primary_key=True),
            *(Column(item, SmallInteger) for item in allowed),
            *(
                CheckConstraint(column(item).in_(values), name=item)
                for item, values in allowed.items()
            ),
            sqlite_with_rowid=False,
        )


def answers_name(instrument: str) -> str:
    """The name of an instrument's answers table.

    >>> answers_name("skm-2017")
    'answers_skm_2017'
    """
    return f"answers_{instrument.replace('-', '_')}"

"""The one place that writes responses with their answers, experiences and comments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from analysis.redaction import redact
from analysis.rulebook.instrument import Instrument
from models import Comment, Experience, Period, Response, Unit, answers_table
from models.prepared import Row, insert_rows
from models.responses import FORMS


@dataclass(frozen=True)
class CheckedResponse:
    """One checked response. ``answers`` by item key; None or absent: not answered.

    ``id``: under which it waited, of a late one; None: a random one.
    """

    answers: Mapping[str, int | None]
    channel: str
    provenance: str
    service_id: int | None = None
    batch_id: int | None = None
    experience: tuple[str, ...] = ()
    respondent: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""
    readers: str = "ombudsman"
    language: str | None = None
    local_date: date | None = None
    quarter_hour: int | None = None
    completion_time: str | None = None
    client_group: str | None = None
    device_clock: bool = False
    id: UUID | None = None


@dataclass(frozen=True)
class ReadyRows:
    """Rows as their tables take them, by table: made before anybody waits for their being written.

    Comments in them are without personal data; the original is kept nowhere.
    """

    by_table: Mapping[Any, Sequence[Row]]

    def write(self, session: Session) -> None:
        """Writes them; the database checks them again."""
        for table, values in self.by_table.items():
            insert_rows(session, table, values)


def store(
    session: Session,
    unit: Unit,
    period: Period,
    instrument: Instrument,
    rows: Sequence[CheckedResponse],
) -> None:
    """Writes checked rows under random ids."""
    ready(unit, period, instrument, identified(rows)).write(session)


def identified(rows: Sequence[CheckedResponse]) -> list[CheckedResponse]:
    """The rows with ids, in the order of these: they shall not lie as they came."""
    drawn = [row if row.id else replace(row, id=uuid4()) for row in rows]
    return sorted(drawn, key=lambda row: row.id.int if row.id else 0)


def ready(
    unit: Unit, period: Period, instrument: Instrument, rows: Sequence[CheckedResponse]
) -> ReadyRows:
    """What is to be written of rows that have ids, in this order."""
    without_names = {text: redact(text).text for text in {row.comment for row in rows} - {""}}
    place = {
        "institution_id": unit.institution_id,
        "unit_id": unit.id,
        "period_id": period.id,
    }
    no_respondent = dict.fromkeys(field.key for field in instrument.respondent.fields)
    no_answers = dict.fromkeys(instrument.allowed)
    return ReadyRows(
        {
            Response.__table__: [
                {
                    "id": row.id,
                    **place,
                    **no_respondent,
                    **row.respondent,
                    "service_id": row.service_id,
                    "batch_id": row.batch_id,
                    "channel": row.channel,
                    "provenance": row.provenance,
                    "language": row.language,
                    "local_date": row.local_date,
                    "quarter_hour": row.quarter_hour,
                    "completion_time": row.completion_time,
                    "client_group": row.client_group,
                    "device_clock": row.device_clock,
                }
                for row in rows
            ],
            answers_table(instrument.id, instrument.allowed): [
                {"response_id": row.id, **no_answers, **row.answers} for row in rows
            ],
            Experience.__table__: [
                {"response_id": row.id, **_experience(row.experience)}
                for row in rows
                if row.experience
            ],
            Comment.__table__: [
                {"response_id": row.id, "text": without_names[row.comment], "readers": row.readers}
                for row in rows
                if row.comment
            ],
        }
    )


def _experience(ticked: Sequence[str]) -> dict[str, object]:
    forms = {form: form in ticked for form in FORMS}
    return {"answer": "some" if any(forms.values()) else ticked[0], **forms}

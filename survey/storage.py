"""The one place that writes responses with their answers, experiences and comments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from analysis.redaction import redact
from analysis.rulebook.instrument import Instrument
from models import Comment, Experience, Period, Response, Unit, answers_table
from models.prepared import insert_rows
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


def store(
    session: Session,
    unit: Unit,
    period: Period,
    instrument: Instrument,
    rows: Sequence[CheckedResponse],
) -> None:
    """Writes checked rows under random ids; the database checks them again.

    Comments are stored without personal data; the original is kept nowhere.
    """
    # In the order of their random ids: they shall not lie as they came.
    identified = sorted(((row.id or uuid4(), row) for row in rows), key=lambda one: one[0].int)
    without_names = {text: redact(text).text for text in {row.comment for row in rows} - {""}}
    place = {
        "institution_id": unit.institution_id,
        "unit_id": unit.id,
        "period_id": period.id,
    }
    no_respondent = dict.fromkeys(field.key for field in instrument.respondent.fields)
    no_answers = dict.fromkeys(instrument.allowed)
    inserts: dict[Any, list[dict[str, object]]] = {
        Response.__table__: [
            {
                "id": key,
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
            for key, row in identified
        ],
        answers_table(instrument.id, instrument.allowed): [
            {"response_id": key, **no_answers, **row.answers} for key, row in identified
        ],
        Experience.__table__: [
            {"response_id": key, **_experience(row.experience)}
            for key, row in identified
            if row.experience
        ],
        Comment.__table__: [
            {"response_id": key, "text": without_names[row.comment], "readers": row.readers}
            for key, row in identified
            if row.comment
        ],
    }
    for table, values in inserts.items():
        insert_rows(session, table, values)


def _experience(ticked: Sequence[str]) -> dict[str, object]:
    forms = {form: form in ticked for form in FORMS}
    return {"answer": "some" if any(forms.values()) else ticked[0], **forms}

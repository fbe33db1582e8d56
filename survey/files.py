"""Import: an understood file becomes a batch of responses, all of it or nothing."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from analysis.characters import entered
from analysis.errors import SHOWN, BadInput, Place, Problem, Written, bad
from models import Batch, ColumnMeaning, Period, Unit, now
from survey.arriving import Arriving, one_of_a_unit
from survey.checks import AskedForm
from survey.periods import asked_instrument
from survey.reading.rules import in_words
from survey.reading.tables import ReadingOptions
from survey.reading.understood import Understood
from survey.repeats import stored_before
from survey.schemes import used_scheme
from survey.storage import CheckedResponse

# Takes the batch, its unit and its period.
FileEnd = Callable[[Session, Batch, Unit, Period], None]
NO_SERVICE = ""
# Why the same answers are stored again: enough to say something, not a book.
SHORTEST_REASON, LONGEST_REASON = 10, 2000


def asked_of(session: Session, unit: Unit, period: Period, **said: Any) -> ReadingOptions:
    """How a file of the unit is read: as its period asks, and as its columns were mapped before.

    ``said``: what a person says of the file (``ReadingOptions``), before what is remembered.
    """
    by_hand = {**remembered(session, unit.id), **said.pop("by_hand", {})}
    return ReadingOptions(
        instrument=asked_instrument(period),
        scheme=used_scheme(period),
        on=min(period.ends, period.institution.today),
        within=(period.starts, period.ends),
        by_hand=by_hand,
        **said,
    )


def remembered(session: Session, unit_id: int) -> dict[str, str]:
    """What people said that the unit's columns mean, by the words of their headings."""
    rows = session.execute(
        select(ColumnMeaning.heading, ColumnMeaning.meaning)
        .where(ColumnMeaning.unit_id == unit_id)
        .order_by(ColumnMeaning.id)
    )
    return {row.heading: row.meaning for row in rows}


def remember(session: Session, user_id: int, unit_id: int, said: Mapping[str, str]) -> None:
    """Keeps what a person said that headings mean, for the unit's next files."""
    known = remembered(session, unit_id)
    session.add_all(
        ColumnMeaning(
            unit_id=unit_id,
            heading=in_words(heading)[:300],
            meaning=meaning,
            user_id=user_id,
            created_at=now(),
        )
        for heading, meaning in said.items()
        if known.get(in_words(heading)[:300]) != meaning
    )


@dataclass(frozen=True)
class LookedAt:
    """A file, and what was found before others had to wait: ``newest``: batch of the institution.

    ``again``: the reason for storing the same answers again; None where they are new.
    """

    understood: Understood
    unit_id: int
    period_id: int
    newest: int | None
    again: str | None


def look_at(session: Session, unit: Unit, period: Period, understood: Understood) -> LookedAt:
    """Compares the file with all that is stored, which takes long.

    Raises BadInput for the same answers without a reason, or a service that is not the unit's.
    """
    services_of(unit, understood)
    again = _confirmed(session, unit, period, understood)
    return LookedAt(understood, unit.id, period.id, _newest(session, unit), again)


def store_file(session: Session, actor: str, looked_at: LookedAt, end: FileEnd) -> Arriving:
    """Makes a file a batch with its provenance, whose responses are still to be stored.

    ``end``: what is written with the last of them, of the batch. Raises BadInput for a closed
    period, a file stored before or just now, or another institution's period.
    """
    unit = session.get_one(Unit, looked_at.unit_id)
    period = session.get_one(Period, looked_at.period_id)
    understood, again = looked_at.understood, looked_at.again
    session.refresh(period, with_for_update={"read": True})  # it stays open until we commit
    if period.closed_at is not None:
        raise bad("period_closed", period=period.code)
    if period.institution_id != unit.institution_id:
        raise bad("period_of_another", period=period.code, unit=unit.code)
    one_of_a_unit(session, unit.id)
    if _newest(session, unit) != looked_at.newest:
        again = _confirmed(session, unit, period, understood)
    services = services_of(unit, understood)
    batch = Batch(
        institution_id=unit.institution_id,
        unit_id=unit.id,
        period_id=period.id,
        file_name=entered(understood.name)[:200],
        file_hash=understood.file_hash,
        rows=len(understood.answers),
        actor=actor[:200],
        created_at=now(),
        content_hash=understood.content_hash,
        again=again,
        asked=json.dumps(sorted(understood.asked)),
    )
    try:
        with session.begin_nested():
            session.add(batch)
    except IntegrityError as error:
        raise bad("file_again", Place(understood.name)) from error
    return Arriving(
        batch,
        AskedForm(unit, period, asked_instrument(period), {}),
        rows=lambda: _rows(understood, batch.id, services),
        end=lambda session: end(session, batch, unit, period),
    )


def _newest(session: Session, unit: Unit) -> int | None:
    """The newest batch of the unit's institution."""
    of_institution = Batch.institution_id == unit.institution_id
    return session.scalar(select(func.max(Batch.id)).where(of_institution))


def _confirmed(session: Session, unit: Unit, period: Period, understood: Understood) -> str | None:
    """The reason for storing the same answers again; None where they are new. Raises BadInput."""
    before = stored_before(session, unit, period, understood)
    batches = [one.batch for one in before]
    stored = (unit.id, period.id, understood.file_hash)
    if not before or any((one.unit_id, one.period_id, one.file_hash) == stored for one in batches):
        return None  # the file itself: no reason allows it twice
    reason = entered(understood.again or "")
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise bad(
            "import_same",
            Place(understood.name),
            rows=max(one.rows for one in before),
            whole=len(understood.answers),
            batches=[f"{one.id} ({one.file_name})" for one in batches],
            shortest=SHORTEST_REASON,
        )
    return reason


def _rows(
    understood: Understood, batch_id: int, services: Mapping[str, int | None]
) -> list[CheckedResponse]:
    answers = _records(understood.answers)
    respondents = _records(understood.respondents)
    return [
        CheckedResponse(
            answers=given,
            respondent={field: said for field, said in about.items() if said is not None},
            channel="import",
            provenance=provenance,
            batch_id=batch_id,
            service_id=services[service],
            comment=comment,
            readers=readers or CheckedResponse.readers,
            local_date=day,
        )
        for given, about, service, comment, readers, day, provenance in zip(
            answers,
            respondents,
            *(
                understood.visits[column].tolist()
                for column in ("service", "comment", "readers", "date", "provenance")
            ),
            strict=True,
        )
    ]


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A mapping a row; None where there is nothing."""
    if table.empty:
        return [{} for _ in table.index]
    plain = table.astype(object).where(table.notna(), None)
    names = list(plain.columns)
    rows = zip(*(plain[name].tolist() for name in names), strict=True)
    return [dict(zip(names, row, strict=True)) for row in rows]


def services_of(unit: Unit, understood: Understood) -> dict[str, int | None]:
    """Service id by what stands in the file; blank is none. Raises BadInput for another's."""
    known = {service.name.casefold(): service for service in unit.services}
    known |= {service.code.casefold(): service for service in unit.services}
    written = understood.visits["service"]
    forms = set(written) - {NO_SERVICE}
    if unknown := {form for form in forms if form.casefold() not in known}:
        wrong = written[written.isin(unknown)]
        heading = understood.heading_of("service") or "service"
        problems = [
            Problem(
                "no_service",
                Place(understood.name, row=row, column=heading),
                found=Written(form),
                unit=unit.name,
            )
            for row, form in zip(wrong.index.tolist()[:SHOWN], wrong, strict=False)
        ]
        raise BadInput(problems, more=len(wrong) - len(problems))
    return {NO_SERVICE: None, **{form: known[form.casefold()].id for form in forms}}

"""Import: a file of answers becomes a batch of responses, all of it or nothing."""

from collections.abc import Hashable
from dataclasses import dataclass
from hashlib import sha256

import pandas as pd
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from analysis.command.answers import HeadingRow, Order, checked_answers, find_columns
from analysis.errors import BadInput, Place, Problem, Written, bad
from analysis.index.satisfaction import Satisfaction, satisfaction
from analysis.index.tally import read_tally, tally
from analysis.rulebook.instrument import Instrument
from analysis.rulebook.scheme import Scheme
from analysis.tables import ROW, as_table, read_frame
from models import Batch, Period, Unit, now
from models.responses import LONGEST_COMMENT, READERS
from survey.checks import UNREADABLE
from survey.periods import asked_instrument
from survey.schemes import used_scheme
from survey.storage import Row, store

SERVICE_HEADINGS = ("service", "layanan")
COMMENT_HEADINGS = ("comment", "komentar")
READERS_HEADINGS = ("readers", "pembaca")
NO_SERVICE = ""


@dataclass(frozen=True)
class Preview:
    """A file that was checked and could be stored.

    ``answers``: a column an item, one row a respondent, by row number of the file;
    ``services``: each row's service code or name as written, ``comments`` and their ``readers``
    likewise, "" where there is none; ``columns``: heading by item;
    ``index``: what the file says by itself.
    """

    name: str
    file_hash: str
    answers: pd.DataFrame
    services: pd.Series
    comments: pd.Series
    readers: pd.Series
    columns: dict[str, str]
    unused: tuple[str, ...]
    index: Satisfaction


def preview_file(content: bytes, name: str, period: Period, order: Order = "list") -> Preview:
    """Reads and checks a CSV or XLSX file. Raises BadInput naming every bad row."""
    instrument, scheme = asked_instrument(period), used_scheme(period)
    frame = read_frame(content, name)
    columns = find_columns(HeadingRow(list(frame.columns), file=name), instrument, scheme, order)
    checked = checked_answers(as_table(frame), columns, instrument, name).execute()
    answers = checked.set_index(ROW)[list(columns.items)].astype("Int64")
    if answers.empty:
        raise bad("no_rows", Place(name))
    _refuse_empty_rows(answers, name)
    headings = [
        columns.other(*names) for names in (SERVICE_HEADINGS, COMMENT_HEADINGS, READERS_HEADINGS)
    ]
    services, comments, readers = (
        frame.set_index(ROW)[heading].reindex(answers.index)
        if heading
        else pd.Series("", answers.index)
        for heading in headings
    )
    _refuse_comments(comments, readers, name)
    return Preview(
        name=name,
        file_hash=sha256(content).hexdigest(),
        answers=answers,
        services=services,
        comments=comments,
        readers=readers,
        columns=dict(columns.items),
        unused=tuple(found for found in columns.others if found not in headings),
        index=_index(answers, instrument, scheme),
    )


def store_file(session: Session, actor: str, unit: Unit, period: Period, preview: Preview) -> Batch:
    """Stores a checked file as one batch with its provenance. The caller commits.

    Raises BadInput for a closed period, a file stored before, or a service that is not the
    unit's.
    """
    session.refresh(period, with_for_update={"read": True})  # it stays open until we commit
    if period.closed_at is not None:
        raise bad("period_closed", period=period.code)
    if period.institution_id != unit.institution_id:
        raise bad("period_of_another", period=period.code, unit=unit.code)
    services = _services(unit, preview)
    batch = Batch(
        institution_id=unit.institution_id,
        unit_id=unit.id,
        period_id=period.id,
        file_name=preview.name[:200],
        file_hash=preview.file_hash,
        rows=len(preview.answers),
        actor=actor[:200],
        created_at=now(),
    )
    try:
        with session.begin_nested():
            session.add(batch)
    except IntegrityError as error:
        raise bad("file_again", Place(preview.name)) from error
    answers = preview.answers.astype(object).where(preview.answers.notna(), None)
    rows = [
        Row(
            answers=dict(zip(preview.columns, given, strict=True)),
            channel="import",
            provenance="import",
            batch_id=batch.id,
            service_id=services[written],
            comment=comment,
            readers=readers or Row.readers,
        )
        for given, written, comment, readers in zip(
            answers.itertuples(index=False, name=None),
            preview.services,
            preview.comments,
            preview.readers,
            strict=True,
        )
    ]
    store(session, unit, period, asked_instrument(period), rows)
    return batch


def _services(unit: Unit, preview: Preview) -> dict[str, int | None]:
    """Service id by what stands in the file; blank is none."""
    known = {service.name.casefold(): service for service in unit.services}
    known |= {service.code.casefold(): service for service in unit.services}
    problems = [
        Problem(
            "no_service",
            _cell(preview.name, preview.services, row),
            found=Written(written),
            unit=unit.name,
        )
        for row, written in preview.services.items()
        if written != NO_SERVICE and written.casefold() not in known
    ]
    if problems:
        raise BadInput(problems)
    written_forms = set(preview.services) - {NO_SERVICE}
    return {NO_SERVICE: None, **{form: known[form.casefold()].id for form in written_forms}}


def _refuse_comments(comments: pd.Series, readers: pd.Series, name: str) -> None:
    problems = [
        Problem("long_text", _cell(name, comments, row), found=len(text), most=LONGEST_COMMENT)
        for row, text in comments.items()
        if len(text) > LONGEST_COMMENT
    ]
    problems += [
        Problem("unstorable_text", _cell(name, comments, row), found=Written(text))
        for row, text in comments.items()
        if UNREADABLE.search(text)
    ]
    problems += [
        Problem("unknown_readers", _cell(name, readers, row), found=Written(who), known=READERS)
        for row, who in readers.items()
        if who not in ("", *READERS)
    ]
    if problems:
        raise BadInput(problems)


def _cell(file: str, column: pd.Series, row: Hashable) -> Place:
    return Place(file, row=int(str(row)), column=str(column.name))


def _refuse_empty_rows(answers: pd.DataFrame, name: str) -> None:
    empty = answers.index[answers.isna().all(axis=1)]
    if len(empty):
        raise BadInput([Problem("empty_row", Place(name, row=int(row))) for row in empty])


def _index(answers: pd.DataFrame, instrument: Instrument, scheme: Scheme) -> Satisfaction:
    table = as_table(answers.assign(all=1))
    counted = read_tally(tally(table, instrument, ["all"]).execute(), instrument, ["all"])
    return satisfaction(counted, scheme)[0]

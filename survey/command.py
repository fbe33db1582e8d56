"""What each command of ``python -m survey`` does."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from analysis.characters import fit
from analysis.errors import Place, bad
from analysis.given import content_of
from analysis.grids import called
from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme
from models import (
    UNUSABLE,
    AuditEvent,
    Batch,
    Period,
    Unit,
    answers_name,
    now,
    open_engine,
    reading,
)
from models.faults import told
from models.migrations import write_answers_migration
from models.named import named_database
from models.settings import closed_to_others, data_folder
from survey.answer_archive.archiving import archive_answers
from survey.answer_archive.folder import read_manifest, verify_parts
from survey.answer_archive.reading import archives_folder
from survey.answer_archive.thinning import thin
from survey.arriving import store_in_slices, undo_interrupted
from survey.files import asked_of, look_at, store_file
from survey.finishing import altered, finish, unfinished
from survey.fitting import require_room
from survey.keys import first_secret, renew
from survey.order import forget_order
from survey.reading.tables import ReadingOptions
from survey.reading.telling import as_document, as_lines, warning
from survey.reading.understood import Understood, read_file
from survey.receipts import WrongKey, key_file, read_secret

ACTOR = "command line"


def run(options: argparse.Namespace) -> int:
    """Does the command. Raises BadInput.

    Returns 0, 1 where what is kept is wrong, or 2 where the database cannot be used.
    """
    try:
        return COMMANDS[options.command](options) or 0
    except UNUSABLE as error:
        print(f"database or data folder: {told(error)}", file=sys.stderr)
        return 2
    except WrongKey as error:
        print(error, file=sys.stderr)
        return 2


def _show(options: argparse.Namespace) -> None:
    instrument = load_instrument(options.instrument)
    asked = ReadingOptions(
        instrument, load_scheme(instrument.scheme), now().date(), **_said(options)
    )
    content = content_of(options.file)
    understood = read_file(content, fit(called(options.file, content)), asked)
    if options.json:
        print(json.dumps(as_document(understood), ensure_ascii=False, indent=2))
    else:
        _tell(understood)


def _tell(understood: Understood) -> None:
    print("\n".join(as_lines(understood)))
    for warned in understood.warnings:
        print(f"{understood.name}: {warning('en', warned)}", file=sys.stderr)


def _said(options: argparse.Namespace) -> dict[str, Any]:
    """What the person says of the file."""
    return {
        "order": options.order,
        "sheet": options.sheet,
        "zero_is_empty": options.zero_is_empty,
    }


@closed_to_others()
def _import(options: argparse.Namespace) -> None:
    content, engine = content_of(options.file), open_engine(named_database())
    with reading(engine) as session:
        unit, period = _find(session, options.unit, options.period)
        asked = asked_of(session, unit, period, **_said(options))
        understood = read_file(content, fit(called(options.file, content)), asked)
    _tell(understood)
    if options.preview:
        print("Nothing was stored (--preview).")
        return
    undo_interrupted(engine, unit.id)
    with reading(engine) as session:
        once_more = replace(understood, again=options.again)
        looked_at = look_at(session, *_find(session, options.unit, options.period), once_more)
    batch = store_in_slices(engine, lambda session: store_file(session, ACTOR, looked_at, _end))
    print(f"Stored as batch {batch.id} of {unit.code}, {period.code}.")


def _find(session: Session, unit_code: str, period_code: str) -> tuple[Unit, Period]:
    unit = session.scalar(select(Unit).where(Unit.code == unit_code))
    if unit is None:
        codes = session.scalars(select(Unit.code).order_by(Unit.code).limit(20)).all()
        raise bad("no_such_unit", found=unit_code, known=codes)
    periods = session.scalars(select(Period).where(Period.institution_id == unit.institution_id))
    by_code = {period.code: period for period in periods}
    if period_code not in by_code:
        raise bad("no_such_period", found=period_code, known=list(by_code))
    return unit, by_code[period_code]


def _end(session: Session, batch: Batch, unit: Unit, period: Period) -> None:
    event = AuditEvent(
        created_at=now(),
        actor=ACTOR,
        act="import",
        details={
            "batch": batch.id,
            "unit": unit.code,
            "period": period.code,
            "file": batch.file_name,
            "sha256": batch.file_hash,
            "rows": batch.rows,
            **({"again": batch.again} if batch.again else {}),
        },
    )
    session.add(event)


def _answers_table(options: argparse.Namespace) -> None:
    instrument = load_instrument(options.instrument)
    require_room(instrument)
    try:
        file = write_answers_migration(answers_name(instrument.id), instrument.allowed)
    except FileExistsError as error:
        raise bad("table_there", Place(instrument.id), file=str(error)) from error
    print(f"Wrote {file}. Look at it, then commit it; it runs at the next start.")


@closed_to_others()
def _forget_order(_options: argparse.Namespace) -> None:
    forget_order(open_engine(named_database()))
    print("Receipts and tokens lie in random order now.")


@closed_to_others()
def _new_key(options: argparse.Namespace) -> None:
    engine, folder = open_engine(named_database()), data_folder()
    aside = renew(engine, folder, options.why, ACTOR)
    print(f"{key_file(folder)} is new. Start every service on this database anew.")
    if aside:
        print(f"The key of before is kept as {aside.name}; only it knows what was handed out.")


@closed_to_others()
def _final_counts(options: argparse.Namespace) -> int:
    engine = open_engine(named_database())
    if not options.check:
        done = finish(engine, anew=options.anew)
        print(f"Counted: {done:,} times a unit with a closed period. All others were kept already.")
        return 0
    found = list(altered(engine))
    for one in found:
        print(f"{one.unit}, {one.period}: kept {one.kept:,} responses, counted {one.counted:,}.")
    print(f"{len(found)} of what is kept differ from the responses; {unfinished(engine)} not kept.")
    return 1 if found else 0


def _own_secret(engine: Engine) -> bytes:
    folder = data_folder()
    file = key_file(folder)
    return read_secret(file) if file.exists() else first_secret(engine, folder)


@closed_to_others()
def _archive_answers(options: argparse.Namespace) -> None:
    engine, folder = open_engine(named_database()), archives_folder() / options.name
    done = archive_answers(engine, _own_secret(engine), folder, options.until)
    print(f"{folder}: {done.rows} answer sheets of {done.periods} periods, {done.alike} whole.")
    print(f"SHA-256 of its manifest: {done.sha256}. Nothing was removed: python -m survey thin")


def _check_archive(options: argparse.Namespace) -> None:
    folder = Path(options.folder)
    manifest = read_manifest(folder, content_of(options.key).decode() if options.key else None)
    verify_parts(folder, manifest)
    sheets = sum(part.rows for part in manifest.parts)
    print(f"{folder} holds: {len(manifest.parts)} periods, {sheets} answer sheets.")
    print(f"SHA-256 of its manifest: {manifest.sha256}.")
    if not options.key:
        print("Sealed by the key that it names itself; whose it is, tells --key.")


@closed_to_others()
def _thin(options: argparse.Namespace) -> None:
    engine, folder = open_engine(named_database()), archives_folder() / options.name
    done = thin(engine, _own_secret(engine), folder, options.dry_run)
    print(f"{done.rows} answer sheets of {done.units} units in {done.periods} periods.")
    print("Nothing was removed (--dry-run)." if options.dry_run else "Removed; the trace says so.")


COMMANDS: Mapping[str, Callable[[argparse.Namespace], int | None]] = {
    "read": _show,
    "import": _import,
    "answers-table": _answers_table,
    "forget-order": _forget_order,
    "new-key": _new_key,
    "final-counts": _final_counts,
    "archive-answers": _archive_answers,
    "check-archive": _check_archive,
    "thin": _thin,
}

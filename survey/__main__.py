"""The command line of the survey.

python -m survey read FILE                             what is understood of a file; stores nothing
python -m survey import FILE --unit CODE --period ID   a file of answers into the database
python -m survey answers-table INSTRUMENT              a migration for a new instrument
python -m survey forget-order                          writes receipts and tokens anew, shuffled
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.errors import BadInput, Place, bad, unreadable
from analysis.rulebook.defaults import load_defaults
from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme
from locales.refusals import sentences
from models import (
    UNUSABLE,
    AuditEvent,
    Batch,
    Period,
    Unit,
    answers_name,
    migrate,
    now,
    open_engine,
    reading,
    writing,
)
from models.migrations import write_answers_migration
from models.settings import database_url
from survey.files import asked_of, store_file
from survey.fitting import require_room
from survey.order import forget_order
from survey.reading.tables import ReadingOptions
from survey.reading.telling import as_document, as_lines, warning
from survey.reading.understood import Understood, read_file

ACTOR = "command line"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. Returns 0, or 2 for bad input, which is told on standard error."""
    options = _parser().parse_args(arguments)
    try:
        options.command(options)
    except BadInput as error:
        print(*sentences("en", error), sep="\n", file=sys.stderr)
        return 2
    except UNUSABLE as error:
        print(f"database or data folder: {str(error).splitlines()[0]}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m survey", description="Answers and where they go."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    zero = commands.add_parser("read", help="show what is understood of a file, store nothing")
    zero.add_argument(
        "--instrument", default=load_defaults().questionnaire, help="an id or a YAML file"
    )
    zero.add_argument("--json", action="store_true", help="print JSON")
    zero.set_defaults(command=_show)

    one = commands.add_parser("import", help="store a file of answers as one batch")
    one.add_argument("--unit", required=True, type=_fit, metavar="CODE", help="the unit's code")
    one.add_argument("--period", required=True, type=_fit, metavar="ID", help="the period's code")
    one.add_argument("--preview", action="store_true", help="check and show, store nothing")
    one.add_argument("--again", metavar="REASON", help="why answers stored before are stored again")
    one.set_defaults(command=_import)

    for command in (zero, one):
        command.add_argument("file", type=Path, metavar="FILE", help="CSV, TSV, XLSX or ODS")
        command.add_argument("--order", choices=["list", "form"], help="of U1..U9")
        command.add_argument("--sheet", metavar="NAME", help="if not the one that fits")
        command.add_argument(
            "--zero-is-empty", action="store_true", help="0 stands for a question left empty"
        )

    two = commands.add_parser("answers-table", help="write the migration for an instrument")
    two.add_argument("instrument", help="an id or a YAML file")
    two.set_defaults(command=_answers_table)

    three = commands.add_parser("forget-order", help="write receipts and tokens anew, shuffled")
    three.set_defaults(command=_forget_order)
    return parser


def _show(options: argparse.Namespace) -> None:
    instrument = load_instrument(options.instrument)
    asked = ReadingOptions(
        instrument, load_scheme(instrument.scheme), now().date(), **_said(options)
    )
    understood = read_file(_content(options), _fit(options.file.name), asked)
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


def _content(options: argparse.Namespace) -> bytes:
    try:
        return bytes(options.file.read_bytes())
    except OSError as error:
        raise unreadable(str(options.file), error) from error


def _import(options: argparse.Namespace) -> None:
    content, url = _content(options), database_url()
    migrate(url)
    with reading(open_engine(url)) as session:  # a large file must not keep citizens waiting
        unit, period = _find(session, options.unit, options.period)
        asked = asked_of(session, unit, period, **_said(options))
        understood = read_file(content, _fit(options.file.name), asked)
    _tell(understood)
    if options.preview:
        print("Nothing was stored (--preview).")
        return
    with writing(open_engine(url)) as session:
        unit, period = _find(session, options.unit, options.period)
        once_more = replace(understood, again=options.again)
        batch = store_file(session, ACTOR, unit, period, once_more)
        session.add(_event(batch, unit, period))
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


def _fit(text: str) -> str:
    """What was typed or is the name of a file, without bytes that are no text."""
    return text.encode(errors="replace").decode()


def _event(batch: Batch, unit: Unit, period: Period) -> AuditEvent:
    return AuditEvent(
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


def _answers_table(options: argparse.Namespace) -> None:
    instrument = load_instrument(options.instrument)
    require_room(instrument)
    try:
        file = write_answers_migration(answers_name(instrument.id), instrument.allowed)
    except FileExistsError as error:
        raise bad("table_there", Place(instrument.id), file=str(error)) from error
    print(f"Wrote {file}. Look at it, then commit it; it runs at the next start.")


def _forget_order(_options: argparse.Namespace) -> None:
    url = database_url()
    migrate(url)
    forget_order(open_engine(url))
    print("Receipts and tokens lie in random order now.")


if __name__ == "__main__":
    sys.exit(main())

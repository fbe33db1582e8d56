"""The command line of the survey.

python -m survey import FILE --unit CODE --period ID   a file of answers into the database
python -m survey answers-table INSTRUMENT              a migration for a new instrument
python -m survey forget-order                          writes receipts and tokens anew, shuffled
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.errors import BadInput, Place, bad, unreadable
from analysis.rulebook.instrument import load_instrument
from locales.refusals import sentence, sentences
from models import (
    UNUSABLE,
    AuditEvent,
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
from survey.files import Preview, preview_file, store_file
from survey.fitting import require_room
from survey.order import forget_order

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

    one = commands.add_parser("import", help="store a file of answers as one batch")
    one.add_argument("file", type=Path, metavar="FILE", help="CSV or XLSX")
    one.add_argument("--unit", required=True, type=_fit, metavar="CODE", help="the unit's code")
    one.add_argument("--period", required=True, type=_fit, metavar="ID", help="the period's code")
    one.add_argument("--order", choices=["list", "form"], default="list", help="of U1..U9")
    one.add_argument("--preview", action="store_true", help="check and show, store nothing")
    one.set_defaults(command=_import)

    two = commands.add_parser("answers-table", help="write the migration for an instrument")
    two.add_argument("instrument", help="an id or a YAML file")
    two.set_defaults(command=_answers_table)

    three = commands.add_parser("forget-order", help="write receipts and tokens anew, shuffled")
    three.set_defaults(command=_forget_order)
    return parser


def _import(options: argparse.Namespace) -> None:
    try:
        content = options.file.read_bytes()
    except OSError as error:
        raise unreadable(str(options.file), error) from error
    url = database_url()
    migrate(url)
    with reading(open_engine(url)) as session:  # a large file must not keep citizens waiting
        _, period = _find(session, options.unit, options.period)
        preview = preview_file(content, _fit(options.file.name), period, options.order)
    _tell(preview)
    if options.preview:
        print("Nothing was stored (--preview).")
        return
    with writing(open_engine(url)) as session:
        unit, period = _find(session, options.unit, options.period)
        batch = store_file(session, ACTOR, unit, period, preview)
        session.add(_event(batch.id, unit, period, preview))
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


def _tell(preview: Preview) -> None:
    index = preview.index
    print(f"{preview.name}: {len(preview.answers)} respondents")
    print("columns: " + ", ".join(f"{found} = {item}" for item, found in preview.columns.items()))
    grade = (
        f"{index.shown} {index.band.grade}"
        if index.band
        else index.no_index and sentence("en", index.no_index)
    )
    print(f"satisfaction index of this file: {grade}")
    if preview.unused:
        print(f"{preview.name}: columns not used: {', '.join(preview.unused)}", file=sys.stderr)


def _event(batch: int, unit: Unit, period: Period, preview: Preview) -> AuditEvent:
    return AuditEvent(
        created_at=now(),
        actor=ACTOR,
        act="import",
        details={
            "batch": batch,
            "unit": unit.code,
            "period": period.code,
            "file": preview.name,
            "sha256": preview.file_hash,
            "rows": len(preview.answers),
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

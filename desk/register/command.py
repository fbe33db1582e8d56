"""The register's file on the command line.

python -m desk register FILE            loads it into the database at DATABASE_URL, all or nothing
python -m desk register FILE --check    says what it would do, and stores nothing
python -m desk register FILE --create   into a database that is made now
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from accounts.actors import COMMAND_LINE
from analysis.errors import BadInput
from analysis.given import content_of, refuse_early
from analysis.grids import called
from analysis.named import named
from desk.register.file import RegisterFile, read_register
from desk.register.load import load_register
from desk.register.plan import RegisterPlan, plan_register
from locales.refusals import sentences
from models import UNUSABLE, open_engine, reading, writing
from models.faults import told
from models.named import named_database
from models.settings import closed_to_others


@closed_to_others()
def main(arguments: Sequence[str] | None = None) -> int:
    """Loads or checks a file. Returns 0, or 2 for bad input, which is told on standard error."""
    options = _parser().parse_args(arguments)
    try:
        refuse_early(vars(options))
        url = named_database(options.create)
        print(_summary(_work(url, _read(options.file), options.check), options.check))
    except BadInput as error:
        print("\n".join(sentences("en", error)), file=sys.stderr)
        return 2
    except UNUSABLE as error:
        print(f"database or data folder: {told(error)}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m desk register",
        description="Institutions, units, services and counters, from one file.",
    )
    parser.add_argument(
        "file", type=named, metavar="FILE", help="CSV or XLSX, as the template; - is standard input"
    )
    parser.add_argument("--check", action="store_true", help="say what it would do, store nothing")
    parser.add_argument("--create", action="store_true", help="make the database if there is none")
    return parser


def _read(file: Path) -> RegisterFile:
    content = content_of(file)
    return read_register(content, called(file, content))


def _work(url: str, file: RegisterFile, check: bool) -> RegisterPlan:
    if check:
        with reading(open_engine(url)) as session:
            return plan_register(session, COMMAND_LINE, file)
    with writing(open_engine(url)) as session:
        return load_register(session, COMMAND_LINE, file)


def _summary(plan: RegisterPlan, check: bool) -> str:
    lines = [
        f"{level + ':':13} {new} new, {changed} changed, {same} unchanged"
        for level, new, changed, same in plan.numbers()
    ]
    return "\n".join([*lines, "Nothing was stored." if check else "Stored."])

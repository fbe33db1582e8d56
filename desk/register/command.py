"""The register's file on the command line.

python -m desk register FILE            loads it into the database at DATABASE_URL, all or nothing
python -m desk register FILE --check    says what it would do, and stores nothing
python -m desk register FILE --create   into a database that is made now
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import inspect, make_url

from accounts.actors import COMMAND_LINE
from analysis.errors import BadInput, Place, bad
from analysis.given import content_of, named, refuse_early
from analysis.grids import called
from desk.register.file import RegisterFile, read_register
from desk.register.load import load_register
from desk.register.plan import RegisterPlan, plan_register
from locales.refusals import sentences
from models import UNUSABLE, migrate, open_engine, reading, writing
from models.settings import database_url


def main(arguments: Sequence[str] | None = None) -> int:
    """Loads or checks a file. Returns 0, or 2 for bad input, which is told on standard error."""
    options = _parser().parse_args(arguments)
    try:
        refuse_early(vars(options))
        url = database_url()
        print(f"Database: {make_url(url).render_as_string(hide_password=True)}", flush=True)
        _ready(url, options.create)
        print(_told(_work(url, _read(options.file), options.check), options.check))
    except BadInput as error:
        print("\n".join(sentences("en", error)), file=sys.stderr)
        return 2
    except UNUSABLE as error:
        print(f"database or data folder: {str(error).splitlines()[0]}", file=sys.stderr)
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


def _ready(url: str, create: bool) -> None:
    """Brings the database to the newest shape. Raises BadInput where there is none to be made."""
    if not create and not _exists(url):
        raise bad(
            "register_no_database",
            Place(key="DATABASE_URL"),
            database=make_url(url).render_as_string(),
            option="--create",
        )
    migrate(url)


def _exists(url: str) -> bool:
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        return False  # to look into it would create it
    return inspect(open_engine(url)).has_table("alembic_version")


def _read(file: Path) -> RegisterFile:
    content = content_of(file)
    return read_register(content, called(file, content))


def _work(url: str, file: RegisterFile, check: bool) -> RegisterPlan:
    if check:
        with reading(open_engine(url)) as session:
            return plan_register(session, COMMAND_LINE, file)
    with writing(open_engine(url)) as session:
        return load_register(session, COMMAND_LINE, file)


def _told(plan: RegisterPlan, check: bool) -> str:
    lines = [
        f"{level + ':':13} {new} new, {changed} changed, {same} unchanged"
        for level, new, changed, same in plan.numbers()
    ]
    return "\n".join([*lines, "Nothing was stored." if check else "Stored."])

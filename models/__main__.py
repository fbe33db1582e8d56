"""The command line of the database, for its owner.

python -m models           the newest shape and, on PostgreSQL, the rights of the other roles
python -m models audit     follows the chain of the trace; --against a publication; --export FILE
python -m models archive   moves old events of the trace into an encrypted file
python -m models backup-key  a key that opens backups, to be kept elsewhere
python -m models backup    the database, the keys and all files, encrypted, while the service runs
python -m models restore   a backup where nothing is
python -m models copy      every row of an SQLite database into an empty one of PostgreSQL
python -m models retain    lets go of what names people and is no longer kept
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from sqlalchemy import make_url

from models import UNUSABLE
from models.copying import copy_database
from models.faults import told
from models.keeping.archive import ArchiveWanted, archive
from models.keeping.audit import AuditWanted, audit
from models.keeping.backup import BackupWanted, back_up
from models.keeping.restore import BackupGiven, restore
from models.keeping.retention import retain
from models.keeping.sealing import new_identity
from models.keeping.telling import Unfit
from models.named import named_database
from models.rights import give_rights
from models.settings import closed_to_others, readable_url


@closed_to_others()
def main(arguments: Sequence[str] = ()) -> int:
    """Runs one command; without one, migrates the database at DATABASE_URL.

    Returns 0, 1 where something does not hold, or 2 with a line that says why it can't be done.
    """
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except Unfit as error:
        print(error, file=sys.stderr)
    except UNUSABLE as error:
        print(f"database: {told(error)}", file=sys.stderr)
    return 2


def _run(options: argparse.Namespace) -> int:
    return COMMANDS[options.command](options)


def _migrate(_options: argparse.Namespace) -> int:
    url = named_database(create=True)
    if make_url(url).get_backend_name() == "postgresql":
        give_rights(url)
    return 0


def _copy(options: argparse.Namespace) -> int:
    copied = copy_database(named_database(), readable_url(options.url))
    print(f"{sum(copied.values()):,} rows of {len(copied)} tables are there, each compared.")
    return 0


def _backup_key(options: argparse.Namespace) -> int:
    print(f"Recipient: {new_identity(options.file)}")
    return 0


COMMANDS: dict[str | None, Callable[[argparse.Namespace], int]] = {
    None: _migrate,
    "audit": lambda asked: audit(
        AuditWanted(asked.against, asked.export, asked.archive, asked.identity)
    ),
    "archive": lambda asked: archive(
        ArchiveWanted(asked.target, asked.until, asked.to), asked.dry_run
    ),
    "backup-key": _backup_key,
    "backup": lambda asked: back_up(
        BackupWanted(asked.target, asked.to, asked.keys_to), asked.dry_run
    ),
    "restore": lambda asked: restore(
        BackupGiven(asked.backup, asked.identity, asked.keys_identity), asked.dry_run
    ),
    "copy": _copy,
    "retain": lambda asked: retain(asked.dry_run),
}


def day(typed: str) -> date:
    """The day. Raises argparse.ArgumentTypeError."""
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        message = f"expected a day as 2026-12-31, found {typed!r}"
        raise argparse.ArgumentTypeError(message) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m models", description="The database's owner.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    one = commands.add_parser("audit", help="follow the chain of the trace")
    one.add_argument(
        "--against", type=Path, metavar="FILE", help="a publication, which names an event of it"
    )
    one.add_argument(
        "--export", type=Path, metavar="FILE", help="write all events, a line of JSON each"
    )
    one.add_argument(
        "--archive", type=Path, action="append", default=[], metavar="FILE", help="events of before"
    )
    one.add_argument("--identity", type=Path, metavar="FILE", help="the key that opens archives")
    six = commands.add_parser("archive", help="move old events of the trace into a file")
    six.add_argument("target", type=Path, metavar="TARGET", help="a new file")
    six.add_argument("--until", required=True, type=day, metavar="YYYY-MM-DD", help="not included")
    six.add_argument("--to", required=True, metavar="age1...", help="who can open it")
    two = commands.add_parser(
        "backup-key", help="write a key that opens backups, tell its recipient"
    )
    two.add_argument("file", type=Path, metavar="FILE", help="a new file, to be kept elsewhere")
    three = commands.add_parser("backup", help="take a backup while the service runs")
    three.add_argument("target", type=Path, metavar="TARGET", help="a new file")
    three.add_argument("--to", required=True, metavar="age1...", help="who can open it")
    three.add_argument(
        "--keys-to", required=True, metavar="age1...", help="who can open the keys in it: another"
    )
    four = commands.add_parser("restore", help="restore a backup where nothing is")
    four.add_argument("backup", type=Path, metavar="BACKUP")
    four.add_argument("--identity", required=True, type=Path, help="the file with its key")
    four.add_argument("--keys-identity", required=True, type=Path, help="the one to its keys")
    copied = commands.add_parser("copy", help="copy all rows from SQLite to PostgreSQL")
    copied.add_argument("url", metavar="URL", help="an empty, migrated database, as its owner")
    five = commands.add_parser("retain", help="let go of what names people, as the rules say")
    for command in (three, four, five, six):
        command.add_argument("--dry-run", action="store_true", help="check all, write nothing")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

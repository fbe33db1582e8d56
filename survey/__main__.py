"""The command line of the survey.

python -m survey read FILE                             what is understood of a file; stores nothing
python -m survey import FILE --unit CODE --period ID   a file of answers into the database
python -m survey answers-table INSTRUMENT              a migration for a new instrument
python -m survey forget-order                          writes receipts and tokens anew, shuffled
python -m survey new-key --why REASON                  a new key in place of one that is lost
python -m survey final-counts                          counts closed periods; --check compares
python -m survey archive-answers NAME                  answers of closed periods into an archive
python -m survey check-archive FOLDER                  whether an archive is as it was sealed
python -m survey thin NAME                             removes answers that an archive holds
"""

import argparse
import re
import signal
import sys
from collections.abc import Sequence
from datetime import date
from importlib import import_module

from analysis.characters import fit
from analysis.errors import BadInput
from analysis.given import refuse_early
from analysis.named import named
from analysis.rulebook.defaults import load_defaults
from analysis.rulebook.instrument import load_instrument
from locales.refusals import sentences

NAME_OF_ARCHIVE = re.compile(r"\w[\w-]{0,99}", re.ASCII)
SHORTEST_REASON, LONGEST_REASON = 10, 2000
REASON_OF = f"a reason of {SHORTEST_REASON} to {LONGEST_REASON} characters"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. Returns 0, or 2 for bad input, which is told on standard error."""
    options = _parser().parse_args(arguments)
    try:
        _refuse_early(options)
        # The database and what reads files take seconds to load.
        code: int = import_module("survey.command").run(options)
    except BadInput as error:
        print(*sentences("en", error), sep="\n", file=sys.stderr)
        return 2
    return code


def reason(typed: str) -> str:
    """The reason, where it says something. Raises argparse.ArgumentTypeError."""
    text = fit(typed).strip()
    if SHORTEST_REASON <= len(text) <= LONGEST_REASON:
        return text
    raise argparse.ArgumentTypeError(f"expected {REASON_OF}, found {len(text)}")


def _refuse_early(options: argparse.Namespace) -> None:
    """Raises BadInput for rules that are broken, and a file that cannot be opened."""
    if "instrument" in options:
        load_instrument(options.instrument)
    refuse_early(vars(options))


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
    zero.set_defaults(command="read")

    one = commands.add_parser("import", help="store a file of answers as one batch")
    one.add_argument("--unit", required=True, type=fit, metavar="CODE", help="the unit's code")
    one.add_argument("--period", required=True, type=fit, metavar="ID", help="the period's code")
    one.add_argument("--preview", action="store_true", help="check and show, store nothing")
    one.add_argument("--again", metavar="REASON", help="why answers stored before are stored again")
    one.set_defaults(command="import")

    for command in (zero, one):
        command.add_argument(
            "file", type=named, metavar="FILE", help="CSV, TSV, XLSX or ODS; - is standard input"
        )
        command.add_argument("--order", choices=["list", "form"], help="of U1..U9")
        command.add_argument("--sheet", metavar="NAME", help="if not the one that fits")
        command.add_argument(
            "--zero-is-empty", action="store_true", help="0 stands for a question left empty"
        )

    two = commands.add_parser("answers-table", help="write the migration for an instrument")
    two.add_argument("instrument", help="an id or a YAML file")
    two.set_defaults(command="answers-table")

    three = commands.add_parser("forget-order", help="write receipts and tokens anew, shuffled")
    three.set_defaults(command="forget-order")

    four = commands.add_parser("new-key", help="a new key in place of one that is lost, logged")
    four.add_argument("--why", required=True, type=reason, metavar="REASON", help=REASON_OF)
    four.set_defaults(command="new-key")

    five = commands.add_parser("final-counts", help="count the closed periods that are not kept")
    how = five.add_mutually_exclusive_group()
    how.add_argument("--check", action="store_true", help="compare with the responses")
    how.add_argument("--anew", action="store_true", help="count all of them anew")
    five.set_defaults(command="final-counts")

    six = commands.add_parser("archive-answers", help="write answers of closed periods to Parquet")
    six.add_argument("name", type=name_of_archive, metavar="NAME", help="of a new archive")
    six.add_argument("--until", type=day, metavar="YYYY-MM-DD", help="periods that end before")
    six.set_defaults(command="archive-answers")

    seven = commands.add_parser("check-archive", help="verify seal and every file of an archive")
    seven.add_argument("folder", metavar="FOLDER", help="of the archive, wherever it stands")
    seven.add_argument("--key", type=named, metavar="FILE", help="the instance's public key (PEM)")
    seven.set_defaults(command="check-archive")

    eight = commands.add_parser("thin", help="remove answers that an archive holds, logged")
    eight.add_argument("name", type=name_of_archive, metavar="NAME", help="of the archive")
    eight.add_argument("--dry-run", action="store_true", help="check all, remove nothing")
    eight.set_defaults(command="thin")
    return parser


def name_of_archive(typed: str) -> str:
    """The name of a folder. Raises argparse.ArgumentTypeError."""
    if NAME_OF_ARCHIVE.fullmatch(typed):
        return typed
    raise argparse.ArgumentTypeError(f"expected letters, digits, - and _, found {typed!r}")


def day(typed: str) -> date:
    """The day. Raises argparse.ArgumentTypeError."""
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        message = f"expected a day as 2026-12-31, found {typed!r}"
        raise argparse.ArgumentTypeError(message) from error


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # a reader that has enough, as head, is no error
    sys.exit(main())

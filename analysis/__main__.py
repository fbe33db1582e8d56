"""The command line of the analysis: indices from files, without a database.

python -m analysis satisfaction FILE...   the satisfaction index of each unit
python -m analysis index FILE             scores, grades and ranks under a scheme
python -m analysis compare FILE           the same under several schemes, side by side
python -m analysis importance FILE        what drives the overall rating
python -m analysis reliability FILE       whether the items measure one thing together
python -m analysis plan FILE              the least steps of an institution to a higher band
python -m analysis robustness FILE        what scores, zones and ranks are worth
python -m analysis schemes                the schemes and instruments at hand
python -m analysis comments FILE          comments without personal data, with what they tell
python -m analysis replay LOG             whether a calculation that was written down holds
python -m analysis verify PUBLICATION     whether seal and numbers of a publication hold
"""

import argparse
import gc
import signal
import sys
from collections.abc import Sequence
from importlib import import_module

from analysis.named import named

ENGINES = (
    "who counts: sqlite:///FILE or postgresql://HOST/NAME the answers stored there or those of a"
    " TABLE; duckdb:, local[N] or spark://HOST:PORT those of an archive's FOLDER or Parquet FILEs"
)
# To look for what nobody uses each 700 new objects, and of all at the end, takes a quarter of the
# time of a small file, and finds nothing.
OBJECTS = 100_000
FILES = "CSV, TSV, XLSX, ODS or Parquet; - is standard input"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. Returns 0; 1 for what does not hold, a publication or a log; 2 for bad
    input, which is told on standard error; 3 for a publication that holds under a key that nobody
    gave.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    if "engine" in options and options.engine is None:
        if not options.files:
            parser.error("the following arguments are required: FILE")
        options.files = [*map(named, options.files)]
    # Whoever asks for help need not wait for what computes.
    code: int = import_module("analysis.command.run").run(options)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m analysis", description="Indices of public services from files of answers."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    one = commands.add_parser("satisfaction", help="the satisfaction index (IKM) of each unit")
    one.add_argument("files", nargs="*", metavar="FILE", help=f"{FILES}; or what an engine holds")
    one.add_argument("--engine", metavar="URL", help=ENGINES)
    one.add_argument("--period", action="append", default=[], metavar="CODE", help="of an engine")
    one.add_argument("--year", action="append", default=[], metavar="YEAR", help="of an engine")
    one.add_argument("--population", metavar="COLUMN", help="visits of the unit or stratum")
    one.add_argument("--strata", metavar="COLUMN", help="service, channel or quarter of the row")
    one.add_argument("--margins", type=named, metavar="FILE", help="column, category, visits")
    one.set_defaults(command="satisfaction")

    two = commands.add_parser("index", help="scores, grades and ranks under a scheme")
    two.add_argument("--scheme", required=True, help="an id or a YAML file")
    two.add_argument("--log", metavar="LOG", help="where to write the calculation down")
    two.set_defaults(command="index")

    three = commands.add_parser("schemes", help="the schemes and instruments at hand")
    three.set_defaults(command="schemes")

    four = commands.add_parser("importance", help="what drives the overall rating; prints JSON")
    four.add_argument("file", type=named, metavar="FILE", help=FILES)
    four.add_argument("--overall", metavar="COLUMN", help="a rating of the service as a whole")
    four.set_defaults(command="importance")

    five = commands.add_parser("reliability", help="how well the items agree; prints JSON")
    five.add_argument("file", type=named, metavar="FILE", help=FILES)
    five.set_defaults(command="reliability")

    six = commands.add_parser("compare", help="the same under several schemes, side by side")
    six.add_argument(
        "--scheme", action="append", required=True, help="an id or a YAML file, once a scheme"
    )
    six.set_defaults(command="compare")

    seven = commands.add_parser("robustness", help="what scores, zones and ranks are worth")
    seven.add_argument("--scheme", required=True, help="an id or a YAML file")
    seven.add_argument("--draws", type=int, metavar="N", help="evaluations, if not the rules' own")
    seven.add_argument("--seed", type=int, metavar="S", help="of chance, if not the rules' own")
    seven.add_argument(
        "--double", type=named, metavar="FILE", help="judgements of two assessors: first, second"
    )
    seven.set_defaults(command="robustness")

    for command in (two, six, seven):
        command.add_argument("file", type=named, metavar="FILE", help=FILES)
        command.add_argument("--unit-of-input", choices=["percent", "points"], default="percent")

    eight = commands.add_parser("verify", help="whether seal and numbers of a publication hold")
    eight.add_argument("file", type=named, metavar="PUBLICATION.json", help="as it was downloaded")
    eight.add_argument("--key", type=named, metavar="FILE", help="the publisher's public key (PEM)")
    eight.add_argument("--previous", type=named, metavar="FILE", help="the publication before")
    eight.set_defaults(command="verify")

    nine = commands.add_parser("plan", help="the least steps to a higher band; prints JSON")
    nine.add_argument("file", type=named, metavar="FILE", help=FILES)
    nine.add_argument("--scheme", required=True, help="an id or a YAML file")
    nine.add_argument("--institution", required=True, metavar="NAME", help="as in the file")
    nine.add_argument("--target", metavar="GRADE", help="of the band to reach, if not the next")
    nine.set_defaults(command="plan")

    ten = commands.add_parser("comments", help="comments redacted and read by the triage")
    ten.add_argument("file", type=named, metavar="FILE", help="a line a comment, or JSON Lines")
    ten.set_defaults(command="comments")

    eleven = commands.add_parser("replay", help="whether a calculation that was logged holds")
    eleven.add_argument("file", type=named, metavar="LOG", help="as index --log wrote it")
    eleven.set_defaults(command="replay")

    for command in (one, four, five):
        command.add_argument("--instrument", help="an id or a YAML file")
        command.add_argument("--order", choices=["list", "form"], default="list", help="of U1..U9")
        command.add_argument(
            "--elements", metavar="KEY,...", help="the elements in use, if not all"
        )
    for command in (one, two, three, four, five, six, seven, eight, nine, ten, eleven):
        command.add_argument("--json", action="store_true", help="print JSON")
    for command in (four, five, nine):
        command.set_defaults(json=True)
    return parser


def _run() -> int:
    """One command as a process of its own, which leaves nothing that is worth tidying up."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # a reader that has enough, as head, is no error
    gc.set_threshold(OBJECTS)
    code = main()
    if "duckdb" not in sys.modules:  # which tells of all that nobody tidied up
        gc.freeze()
    return code


if __name__ == "__main__":
    sys.exit(_run())

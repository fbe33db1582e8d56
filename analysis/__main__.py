"""The command line of the analysis: indices from files, without a database.

python -m analysis satisfaction FILE...   the satisfaction index of each unit
python -m analysis index FILE             scores, grades and ranks under a scheme
python -m analysis compare FILE           the same under several schemes, side by side
python -m analysis importance FILE        what drives the overall rating
python -m analysis reliability FILE       whether the items measure one thing together
python -m analysis plan FILE              the least steps of an institution to a higher band
python -m analysis schemes                the schemes and instruments at hand
python -m analysis comments FILE          comments without personal data, with what they tell
python -m analysis verify PUBLICATION     whether seal and numbers of a publication hold
"""

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import ibis
import pandas as pd

from analysis.command import report
from analysis.command.answers import Columns, checked_answers, in_use, read_overall
from analysis.command.comments import as_table, read_by_triage, read_comments
from analysis.command.files import (
    MARGIN,
    STRATUM,
    UNIT,
    CountedFiles,
    CountingOptions,
    count_files,
    tell_alike,
)
from analysis.errors import BadInput, Place, Written, bad, unreadable
from analysis.index.institutions import Result, read_assessed, score_institutions
from analysis.index.plan import plan
from analysis.index.satisfaction import satisfaction
from analysis.publication.sealed import examine
from analysis.rulebook.defaults import load_defaults
from analysis.rulebook.instrument import instrument_ids, load_instrument
from analysis.rulebook.scheme import load_scheme, scheme_ids
from analysis.soundness.importance import element_values, importance, variance_shares
from analysis.soundness.reliability import reliability
from analysis.tables import ROW, open_table, refuse_empty
from analysis.uncertainty.margins import UnitMargins, read_margins
from analysis.uncertainty.strata import Weighted, weighted
from analysis.uncertainty.uncertainty import uncertainty
from locales.refusals import sentences

UNKNOWN_KEY = 3
FILES = "CSV, TSV, XLSX, ODS or Parquet; - is standard input"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. Returns 0; 1 for a publication that does not hold; 2 for bad input, which
    is told on standard error; 3 for a publication that holds under a key that nobody gave.
    """
    options = _parser().parse_args(arguments)
    try:
        document = options.command(options)
    except BadInput as error:
        print(*sentences("en", error), sep="\n", file=sys.stderr)
        return 2
    except duckdb.Error:  # Parquet is read late
        print(*sentences("en", bad("no_parquet", Place("Parquet"))), file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        print(options.text(document))
    return 0 if options.command is not _verify else _verified(document)


def _verified(document: report.CommandReport) -> int:
    if not document["holds"]:
        return 1
    return 0 if document["own_key"] else UNKNOWN_KEY


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m analysis", description="Indices of public services from files of answers."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    one = commands.add_parser("satisfaction", help="the satisfaction index (IKM) of each unit")
    one.add_argument("files", nargs="+", type=Path, metavar="FILE", help=FILES)
    one.add_argument("--population", metavar="COLUMN", help="visits of the unit or stratum")
    one.add_argument("--strata", metavar="COLUMN", help="service, channel or quarter of the row")
    one.add_argument("--margins", type=Path, metavar="FILE", help="column, category, visits")
    one.set_defaults(command=_satisfaction)

    two = commands.add_parser("index", help="scores, grades and ranks under a scheme")
    two.add_argument("--scheme", required=True, help="an id or a YAML file")
    two.set_defaults(command=_index)

    three = commands.add_parser("schemes", help="the schemes and instruments at hand")
    three.set_defaults(command=_schemes)

    four = commands.add_parser("importance", help="what drives the overall rating; prints JSON")
    four.add_argument("file", type=Path, metavar="FILE", help=FILES)
    four.add_argument("--overall", metavar="COLUMN", help="a rating of the service as a whole")
    four.set_defaults(command=_importance)

    five = commands.add_parser("reliability", help="how well the items agree; prints JSON")
    five.add_argument("file", type=Path, metavar="FILE", help=FILES)
    five.set_defaults(command=_reliability)

    six = commands.add_parser("compare", help="the same under several schemes, side by side")
    six.add_argument(
        "--scheme", action="append", required=True, help="an id or a YAML file, once a scheme"
    )
    six.set_defaults(command=_compare)

    for command in (two, six):
        command.add_argument("file", type=Path, metavar="FILE", help=FILES)
        command.add_argument("--unit-of-input", choices=["percent", "points"], default="percent")

    seven = commands.add_parser("verify", help="whether seal and numbers of a publication hold")
    seven.add_argument("file", type=Path, metavar="PUBLICATION.json", help="as it was downloaded")
    seven.add_argument("--key", type=Path, metavar="FILE", help="the publisher's public key (PEM)")
    seven.add_argument("--previous", type=Path, metavar="FILE", help="the publication before")
    seven.set_defaults(command=_verify, text=report.verdict_text)

    eight = commands.add_parser("plan", help="the least steps to a higher band; prints JSON")
    eight.add_argument("file", type=Path, metavar="FILE", help=FILES)
    eight.add_argument("--scheme", required=True, help="an id or a YAML file")
    eight.add_argument("--institution", required=True, metavar="NAME", help="as in the file")
    eight.add_argument("--target", metavar="GRADE", help="of the band to reach, if not the next")
    eight.set_defaults(command=_plan)

    nine = commands.add_parser("comments", help="comments redacted and read by the triage")
    nine.add_argument("file", type=Path, metavar="FILE", help="a line a comment, or JSON Lines")
    nine.set_defaults(command=_comments, text=as_table)

    for command in (one, four, five):
        command.add_argument(
            "--instrument", default=load_defaults().questionnaire, help="an id or a YAML file"
        )
        command.add_argument("--order", choices=["list", "form"], default="list", help="of U1..U9")
        command.add_argument(
            "--elements", metavar="KEY,...", help="the elements in use, if not all"
        )
    for command in (one, two, three, four, five, six, seven, eight, nine):
        command.add_argument("--json", action="store_true", help="print JSON")
    for command in (one, two, three, six):
        command.set_defaults(text=report.as_text)
    for command in (four, five, eight):
        command.set_defaults(json=True)
    return parser


def _satisfaction(options: argparse.Namespace) -> report.CommandReport:
    margins = None
    if options.margins is not None:
        margins = read_margins(open_table(options.margins, _tell), options.margins.name)
    asked = replace(
        _asked(options),
        population=options.population,
        strata=options.strata,
        margins=margins.columns if margins else (),
    )
    counted = count_files(options.files, asked, _tell)
    scheme, total = asked.scheme, counted.units
    names = total.counted[UNIT].to_list()
    population = counted.population
    visits = [population.get(name) for name in names]
    figures = zip(
        names,
        satisfaction(total, scheme),
        uncertainty(total, scheme, visits),
        visits,
        [_weighted(name, counted, asked, margins) for name in names],
        strict=True,
    )
    return report.of_satisfaction([report.UnitIndex(*one) for one in figures], scheme)


def _weighted(
    unit: str, counted: CountedFiles, asked: CountingOptions, margins: UnitMargins | None
) -> dict[str, Weighted]:
    """The figures that stand beside the headline, by what they are called."""
    stratum, figures = STRATUM if asked.strata else None, dict[str, Weighted]()
    if not (stratum or margins):
        return figures
    cells, known = counted.cells_of(unit), counted.strata_of(unit) or None
    if stratum:
        figures["stratified"] = weighted(cells, asked.scheme, stratum, known)
    if margins:
        own = {MARGIN + name: shares for name, shares in margins.of(unit).items()}
        figures["raked"] = weighted(cells, asked.scheme, stratum, known, own)
    return figures


def _asked(options: argparse.Namespace) -> CountingOptions:
    instrument = load_instrument(options.instrument)
    elements = None
    if options.elements is not None:
        elements = in_use([key.strip() for key in options.elements.split(",")], instrument)
    return CountingOptions(instrument, load_scheme(instrument.scheme), options.order, elements)


def _importance(options: argparse.Namespace) -> report.CommandReport:
    asked, table, name = _asked(options), open_table(options.file, _tell), options.file.name
    columns = asked.columns(table, name)
    elements = element_values(_answers(asked, table, columns, name), asked.items_of)
    if options.overall is None:
        return report.of_variance(variance_shares(elements))
    overall = read_overall(table, columns, options.overall, asked.instrument, name)
    return report.of_importance(importance(elements, overall))


def _reliability(options: argparse.Namespace) -> report.CommandReport:
    asked, table, name = _asked(options), open_table(options.file, _tell), options.file.name
    answers = _answers(asked, table, asked.columns(table, name), name)
    return report.of_reliability(reliability(answers))


def _answers(
    asked: CountingOptions, table: ibis.Table, columns: Columns, name: str
) -> pd.DataFrame:
    refuse_empty(table, name)
    checked = checked_answers(table, columns, asked.instrument, name)
    answers: pd.DataFrame = checked.order_by(ROW).execute()
    return answers[[item for items in asked.items_of.values() for item in items]]


def _index(options: argparse.Namespace) -> report.CommandReport:
    return report.of_institutions(*_results(options, [options.scheme]))


def _compare(options: argparse.Namespace) -> report.CommandReport:
    return report.of_comparison(_results(options, options.scheme))


def _results(options: argparse.Namespace, schemes: Sequence[str]) -> list[Result]:
    """What each scheme says of the file; headings that none of them uses are told."""
    table, name = open_table(options.file, _tell), options.file.name
    read = [read_assessed(table, load_scheme(scheme), name) for scheme in schemes]
    tell_alike([*read[0][0].units, *read[0][0].institutions], _tell)
    _tell_unknown(name, [h for h in read[0][1] if all(h in unknown for _, unknown in read)])
    return [
        score_institutions(load_scheme(scheme), assessed, options.unit_of_input)
        for scheme, (assessed, _) in zip(schemes, read, strict=True)
    ]


def _verify(options: argparse.Namespace) -> report.CommandReport:
    key, previous = (_read(file) if file else None for file in (options.key, options.previous))
    return report.of_verdict(examine(_read(options.file), key, previous))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise unreadable(file.name, error) from error


def _plan(options: argparse.Namespace) -> report.CommandReport:
    scheme, name = load_scheme(options.scheme), options.file.name
    assessed, unknown = read_assessed(open_table(options.file, _tell), scheme, name)
    _tell_unknown(name, unknown)
    own = [at for at, one in enumerate(assessed.institutions) if one == options.institution]
    if not own:
        known, typed = list(dict.fromkeys(assessed.institutions)), Written(options.institution)
        raise bad("unknown_institution", Place(name), found=typed, known=known)
    bands = {str(band.grade): band for band in (scheme.bands.value if scheme.bands else [])}
    if options.target is not None and options.target not in bands:
        raise bad("unknown_target", found=Written(options.target), known=list(bands))
    columns = {key: [column[at] for at in own] for key, column in assessed.columns.items()}
    found = plan(scheme, columns, bands.get(options.target))
    return report.of_plan(found, [assessed.units[at] for at in own], scheme)


def _comments(options: argparse.Namespace) -> list[report.CommandReport]:
    return read_by_triage(read_comments(options.file))


def _schemes(options: argparse.Namespace) -> report.CommandReport:
    return {
        "schemes": [report.of_rules(load_scheme(name)) for name in scheme_ids()],
        "instruments": [report.of_rules(load_instrument(name)) for name in instrument_ids()],
    }


def _tell_unknown(name: str, headings: Sequence[str]) -> None:
    if headings:
        _tell(f"{name}: columns not used: {', '.join(headings)}")


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # a reader that has enough, as head, is no error
    sys.exit(main())

"""The command line of the analysis: indices from files, without a database.

python -m analysis satisfaction FILE...   the satisfaction index of each unit
python -m analysis index FILE             scores, grades and ranks under a scheme
python -m analysis importance FILE        what drives the overall rating
python -m analysis reliability FILE       whether the items measure one thing together
python -m analysis schemes                the schemes and instruments at hand
"""

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from pathlib import Path

import duckdb
import ibis
import pandas as pd

from analysis import report
from analysis.answers import (
    Columns,
    Order,
    checked_answers,
    find_columns,
    in_use,
    read_overall,
    read_population,
    refuse_unnamed,
)
from analysis.errors import BadInput, bad
from analysis.importance import element_values, importance, variance_shares
from analysis.institutions import read_assessed, score_institutions
from analysis.instrument import Instrument, instrument_ids, load_instrument
from analysis.reliability import reliability
from analysis.satisfaction import satisfaction
from analysis.scheme import Scheme, load_scheme, scheme_ids
from analysis.tables import ROW, first_line, open_table
from analysis.tally import Tally, read_tally, tally, used_items


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. Returns 0, or 2 for bad input, which is told on standard error."""
    options = _parser().parse_args(arguments)
    try:
        document = options.command(options)
    except BadInput as error:
        print(error, file=sys.stderr)
        return 2
    except duckdb.Error as error:  # Parquet is read late
        print(bad("Parquet file", first_line(error), "one that can be read"), file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        print(report.as_text(document))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m analysis", description="Indices of public services from files of answers."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    one = commands.add_parser("satisfaction", help="the satisfaction index (IKM) of each unit")
    one.add_argument("files", nargs="+", type=Path, metavar="FILE", help="CSV, XLSX or Parquet")
    one.set_defaults(command=_satisfaction)

    two = commands.add_parser("index", help="scores, grades and ranks under a scheme")
    two.add_argument("file", type=Path, metavar="FILE", help="CSV, XLSX or Parquet")
    two.add_argument("--scheme", required=True, help="an id or a YAML file")
    two.add_argument("--unit-of-input", choices=["percent", "points"], default="percent")
    two.set_defaults(command=_index)

    three = commands.add_parser("schemes", help="the schemes and instruments at hand")
    three.set_defaults(command=_schemes)

    four = commands.add_parser("importance", help="what drives the overall rating; prints JSON")
    four.add_argument("file", type=Path, metavar="FILE", help="CSV, XLSX or Parquet")
    four.add_argument("--overall", metavar="COLUMN", help="a rating of the service as a whole")
    four.set_defaults(command=_importance)

    five = commands.add_parser("reliability", help="how well the items agree; prints JSON")
    five.add_argument("file", type=Path, metavar="FILE", help="CSV, XLSX or Parquet")
    five.set_defaults(command=_reliability)

    for command in (one, four, five):
        command.add_argument("--instrument", default="skm-2017", help="an id or a YAML file")
        command.add_argument("--order", choices=["list", "form"], default="list", help="of U1..U9")
        command.add_argument(
            "--elements", metavar="KEY,...", help="the elements in use, if not all"
        )
    for command in (one, two, three, four, five):
        command.add_argument("--json", action="store_true", help="print JSON")
    for command in (four, five):
        command.set_defaults(json=True)
    return parser


def _satisfaction(options: argparse.Namespace) -> report.Document:
    asked = _asked(options)
    scheme = asked.scheme
    tallies: list[Tally] = []
    population: dict[str, int] = {}
    for file in options.files:
        counted, visits = _count(file, asked)
        for unit, number in visits.items():
            if population.setdefault(unit, number) != number:
                found = f"{number} for {unit}, in another file {population[unit]}"
                raise bad(f"{file.name}: column population", found, "one number a unit")
        tallies.append(counted)
    total = reduce(add, tallies)
    units = total.counted["unit"].to_list()
    indices = satisfaction(total, scheme)
    for unit, one in zip(units, indices, strict=True):
        if population.get(unit, one.n) < one.n:
            found = f"{population[unit]} visits for {unit}"
            raise bad("column population", found, f"at least its {one.n} respondents")
    return report.of_satisfaction(units, indices, scheme, population)


@dataclass(frozen=True)
class _Asked:
    instrument: Instrument
    scheme: Scheme
    order: Order
    elements: list[str] | None

    @property
    def items_of(self) -> dict[str, list[str]]:
        return used_items(self.instrument, self.elements)

    def columns(self, table: ibis.Table, name: str) -> Columns:
        return find_columns(
            table.columns, self.instrument, self.scheme, self.order, self.elements, name
        )


def _asked(options: argparse.Namespace) -> _Asked:
    instrument = load_instrument(options.instrument)
    elements = None
    if options.elements is not None:
        elements = in_use([key.strip() for key in options.elements.split(",")], instrument)
    return _Asked(instrument, load_scheme(instrument.scheme), options.order, elements)


def _count(file: Path, asked: _Asked) -> tuple[Tally, dict[str, int]]:
    table, name = open_table(file), file.name
    columns = asked.columns(table, name)
    unit, population = columns.other("unit"), columns.other("population")
    if unit is None:
        raise bad(f"{name}: heading", "no column unit", "a column unit")
    _tell_unknown(name, [other for other in columns.others if other not in (unit, population)])
    refuse_unnamed(table, unit, name)
    answers = checked_answers(table, columns, asked.instrument, name).rename(unit=unit)
    counts = tally(answers, asked.instrument, ["unit"], asked.elements).execute()
    visits = read_population(table, unit, population, name) if population else {}
    return read_tally(counts, asked.instrument, ["unit"], asked.elements), visits


def _importance(options: argparse.Namespace) -> report.Document:
    asked, table, name = _asked(options), open_table(options.file), options.file.name
    columns = asked.columns(table, name)
    elements = element_values(_answers(asked, table, columns, name), asked.items_of)
    if options.overall is None:
        return report.of_variance(variance_shares(elements))
    overall = read_overall(table, columns, options.overall, asked.instrument, name)
    return report.of_importance(importance(elements, overall))


def _reliability(options: argparse.Namespace) -> report.Document:
    asked, table, name = _asked(options), open_table(options.file), options.file.name
    answers = _answers(asked, table, asked.columns(table, name), name)
    return report.of_reliability(reliability(answers))


def _answers(asked: _Asked, table: ibis.Table, columns: Columns, name: str) -> pd.DataFrame:
    checked = checked_answers(table, columns, asked.instrument, name)
    answers: pd.DataFrame = checked.order_by(ROW).execute()
    return answers[[item for items in asked.items_of.values() for item in items]]


def _index(options: argparse.Namespace) -> report.Document:
    scheme, name = load_scheme(options.scheme), options.file.name
    assessed, unknown = read_assessed(open_table(options.file), scheme, name)
    _tell_unknown(name, unknown)
    return report.of_institutions(score_institutions(scheme, assessed, options.unit_of_input))


def _schemes(options: argparse.Namespace) -> report.Document:
    return {
        "schemes": [report.of_rules(load_scheme(name)) for name in scheme_ids()],
        "instruments": [report.of_rules(load_instrument(name)) for name in instrument_ids()],
    }


def _tell_unknown(name: str, headings: Sequence[str]) -> None:
    if headings:
        print(f"{name}: columns not used: {', '.join(headings)}", file=sys.stderr)


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # a reader that has enough, as head, is no error
    sys.exit(main())

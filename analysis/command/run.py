"""What each command of ``python -m analysis`` does, and how it is printed."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

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
from analysis.errors import Place, Written, bad
from analysis.given import content_of
from analysis.index.composite import Origin, score
from analysis.index.institutions import Result, read_assessed, score_institutions
from analysis.index.plan import plan
from analysis.index.satisfaction import satisfaction
from analysis.publication.sealed import examine
from analysis.rulebook.instrument import instrument_ids, load_instrument
from analysis.rulebook.scheme import load_scheme, scheme_ids
from analysis.soundness.importance import element_values, importance, variance_shares
from analysis.soundness.reliability import reliability
from analysis.tables import ROW, open_table, refuse_empty
from analysis.uncertainty.margins import UnitMargins, read_margins
from analysis.uncertainty.strata import Weighted, weighted
from analysis.uncertainty.uncertainty import uncertainty

UNKNOWN_KEY = 3


def run(options: argparse.Namespace) -> int:
    """Does the command and prints what it found; the code to leave with. Raises BadInput."""
    try:
        document = COMMANDS[options.command](options)
    except duckdb.Error as error:  # Parquet is read late
        raise bad("no_parquet", Place("Parquet")) from error
    if options.json:
        print(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        print(TEXTS.get(options.command, report.as_text)(document))
    return _verified(document) if options.command == "verify" else 0


def _verified(document: report.CommandReport) -> int:
    if not document["holds"]:
        return 1
    return 0 if document["own_key"] else UNKNOWN_KEY


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
    key, previous = (content_of(file) if file else None for file in (options.key, options.previous))
    return report.of_verdict(examine(content_of(options.file), key, previous))


def _plan(options: argparse.Namespace) -> report.CommandReport:
    scheme, name = load_scheme(options.scheme), options.file.name
    assessed, unknown = read_assessed(open_table(options.file, _tell), scheme, name)
    _tell_unknown(name, unknown)
    own = [at for at, one in enumerate(assessed.institutions) if one == options.institution]
    if not own:
        known, typed = list(dict.fromkeys(assessed.institutions)), Written(options.institution)
        raise bad("unknown_institution", Place(name), found=typed, known=known)
    bands = {
        str(one.grade): one for one in (scheme.bands.value if scheme.bands else []) if one.grade
    }
    if options.target is not None and options.target not in bands:
        if not bands:
            raise bad("no_target", found=Written(options.target))
        raise bad("unknown_target", found=Written(options.target), known=list(bands))
    columns = {key: [column[at] for at in own] for key, column in assessed.columns.items()}
    if assessed.origin:
        rows = [assessed.origin.rows[at] for at in own]
        score(scheme, columns, origin=Origin(name, rows))  # names what is wrong as it stands there
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


COMMANDS: Mapping[str, Callable[[argparse.Namespace], Any]] = {
    "satisfaction": _satisfaction,
    "index": _index,
    "schemes": _schemes,
    "importance": _importance,
    "reliability": _reliability,
    "compare": _compare,
    "verify": _verify,
    "plan": _plan,
    "comments": _comments,
}
TEXTS: Mapping[str, Callable[[Any], str]] = {"verify": report.verdict_text, "comments": as_table}

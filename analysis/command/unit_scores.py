"""The commands ``index`` and ``compare``: scores, grades and ranks under one scheme or several."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.command.files import tell_alike
from analysis.command.report import CommandReport, as_float, scored, tell, tell_unknown
from analysis.index.calculation import logged, write_log
from analysis.index.institutions import (
    Assessed,
    InstitutionScore,
    Result,
    UnitScore,
    read_assessed,
    score_institutions,
)
from analysis.rulebook.scheme import Scheme, load_scheme
from analysis.tables import open_table


def _index(options: argparse.Namespace) -> CommandReport:
    (one,) = _results(options, [options.scheme])
    if options.log is not None:
        write_log(Path(options.log), logged(one.assessed, options.unit_of_input, one.result))
    return of_institutions(one.result)


def _compare(options: argparse.Namespace) -> CommandReport:
    return of_comparison([one.result for one in _results(options, options.scheme)])


@dataclass(frozen=True)
class _Scored:
    assessed: Assessed
    result: Result


def _results(options: argparse.Namespace, schemes: Sequence[str]) -> list[_Scored]:
    """What each scheme says of the file; headings that none of them uses are told."""
    table, name = open_table(options.file, tell), options.file.name
    read = [read_assessed(table, load_scheme(scheme), name) for scheme in schemes]
    tell_alike([*read[0][0].units, *read[0][0].institutions], tell)
    tell_unknown(name, [h for h in read[0][1] if all(h in unknown for _, unknown in read)])
    return [
        _Scored(assessed, score_institutions(load_scheme(scheme), assessed, options.unit_of_input))
        for scheme, (assessed, _) in zip(schemes, read, strict=True)
    ]


def of_institutions(result: Result) -> CommandReport:
    """Scores, grades, zones and ranks of units and institutions."""
    return {
        "scheme": result.scheme.id,
        "units": [_unit(one, result.scheme) for one in result.units],
        "institutions": [_institution(one, result.scheme) for one in result.institutions],
        **_changed(result),
        "standings": result.scheme.standings,
    }


def _changed(result: Result) -> CommandReport:
    """The values that are not those given, each with its unit and what was done to it."""
    rows = [
        {
            "institution": result.units[one.position].institution,
            "unit": result.units[one.position].unit,
            **_year(result.units[one.position].year),
            "indicator": one.node,
            "act": one.act,
            "before": as_float(one.before),
            "after": as_float(one.after),
        }
        for one in result.scores.changed
    ]
    return {"changed": rows} if rows else {}


def _year(year: int | None) -> CommandReport:
    return {} if year is None else {"year": year}


def of_comparison(results: Sequence[Result]) -> CommandReport:
    """The same units and institutions under several schemes, a line a scheme."""
    documents = [of_institutions(result) for result in results]
    return {
        "compared": [{key: one[key] for key in ("scheme", "standings")} for one in documents],
        **{table: _side_by_side(documents, table) for table in ("units", "institutions")},
    }


def _unit(one: UnitScore, scheme: Scheme) -> CommandReport:
    reason = {"reason": f"no value for {', '.join(one.missing)}"} if one.missing else {}
    return {
        "institution": one.institution,
        "unit": one.unit,
        **_year(one.year),
        **scored(one.score, one.band, scheme),
        "rank": one.rank,
        **reason,
    }


def _institution(one: InstitutionScore, scheme: Scheme) -> CommandReport:
    reason = f"provisional: {one.scored} of {one.units} units have a score"
    return {
        "institution": one.institution,
        **_year(one.year),
        **scored(one.score, one.band, scheme),
        "rank": one.rank,
        "units": one.units,
        **(
            {"province": one.province, "rank_in_province": one.rank_in_province}
            if one.province
            else {}
        ),
        "provisional": one.provisional,
        **({"reason": reason} if one.provisional else {}),
    }


def _side_by_side(documents: Sequence[CommandReport], table: str) -> list[CommandReport]:
    """The rows of the documents' tables, those of the same unit or institution together."""
    names = ("institution", "unit")
    return [
        {key: row[key] for key in names if key in row} | {"scheme": document["scheme"]} | row
        for rows in zip(*(document[table] for document in documents), strict=True)
        for document, row in zip(documents, rows, strict=True)
    ]


COMMANDS = {"index": _index, "compare": _compare}

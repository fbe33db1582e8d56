"""The log of a calculation: what was put in, what was done to it, and all that came of it.

One JSON document with the scheme's own text, every number an exact fraction. Who replays it
computes everything anew from what was put in, and compares.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from analysis.errors import BadInput, Place, Problem, Written, bad, unreadable
from analysis.index.institutions import Assessed, InstitutionScore, Result, score_institutions
from analysis.index.preparing import BesideValues
from analysis.rulebook.scheme import Scheme, parse_scheme
from analysis.rules import problem_of, rule_hash

FRACTION = re.compile(r"-?[0-9]{1,2000}(/[1-9][0-9]{0,1999})?", re.ASCII)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class LoggedScheme(_Part):
    """The scheme as it was used."""

    id: str
    sha256: str
    text: str


class LoggedInput(_Part):
    """What was put in: a place a unit in each column; fractions as text, None where missing."""

    unit_of_input: Literal["percent", "points"]
    institutions: list[str]
    units: list[str]
    columns: dict[str, list[str | None]]
    provinces: list[str | None] | None
    facts: list[bool] | None
    years: list[int] | None
    texts: dict[str, list[str]]
    numbers: dict[str, list[str | None]]


class LoggedChange(_Part):
    """A value that is not the one put in."""

    position: int
    node: str
    act: str
    before: str | None
    after: str


class LoggedInstitution(_Part):
    """An institution's score and rank."""

    institution: str
    year: int | None
    score: str | None
    shown: str | None
    rank: int | None
    rank_in_province: int | None
    grade: str | None
    zone: str | None
    label: str | None


class CalculationLog(_Part):
    """The whole log. ``input_sha256``: of what was put in, so that no byte of it changes unseen."""

    format: Literal[1] = 1
    scheme: LoggedScheme
    input: LoggedInput
    input_sha256: str
    changed: list[LoggedChange]
    nodes: dict[str, list[str | None]]
    institutions: list[LoggedInstitution]


@dataclass(frozen=True)
class OtherwiseComputed:
    """A place of the log where another value follows than is written there."""

    path: str
    logged: str
    recomputed: str


def logged(
    assessed: Assessed, unit: Literal["percent", "points"], result: Result
) -> CalculationLog:
    """The log of a result."""
    scheme, given = result.scheme, _input(assessed, unit)
    return CalculationLog(
        scheme=LoggedScheme(id=scheme.id, sha256=scheme.hash, text=scheme.yaml),
        input=given,
        input_sha256=rule_hash(json.dumps(given.model_dump(), sort_keys=True)),
        changed=[
            LoggedChange(
                position=one.position,
                node=one.node,
                act=one.act,
                before=_text(one.before),
                after=str(one.after),
            )
            for one in result.scores.changed
        ],
        nodes=_texts(result.scores.nodes),
        institutions=[_institution(one, scheme) for one in result.institutions],
    )


def _institution(one: InstitutionScore, scheme: Scheme) -> LoggedInstitution:
    band = one.band
    return LoggedInstitution(
        institution=one.institution,
        year=one.year,
        score=_text(one.score),
        shown=None if one.score is None else str(scheme.round(one.score)),
        rank=one.rank,
        rank_in_province=one.rank_in_province,
        grade=band.grade if band else None,
        zone=band.zone if band else None,
        label=band.label.id if band else None,
    )


def _input(assessed: Assessed, unit: Literal["percent", "points"]) -> LoggedInput:
    beside = assessed.beside or BesideValues()
    return LoggedInput(
        unit_of_input=unit,
        institutions=list(assessed.institutions),
        units=list(assessed.units),
        columns=_texts(assessed.columns),
        provinces=list(assessed.provinces) if assessed.provinces else None,
        facts=list(assessed.facts) if assessed.facts else None,
        years=list(beside.years) if beside.years else None,
        texts={key: list(column) for key, column in beside.texts.items()},
        numbers=_texts(beside.numbers),
    )


def write_log(path: Path, log: CalculationLog) -> None:
    """Writes it where there is no file yet. Raises BadInput."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(log.model_dump_json(indent=1))
            file.write("\n")
    except FileExistsError as error:
        raise bad("log_exists", Place(path.name)) from error
    except OSError as error:
        raise unreadable(path.name, error) from error


def read_log(content: bytes, file: str) -> CalculationLog:
    """The log in a file. Raises BadInput naming each path that is not of the format."""
    try:
        json.loads(content)
    except (ValueError, RecursionError) as error:
        raise bad("no_log", Place(file)) from error
    try:
        log = CalculationLog.model_validate_json(content)
    except ValidationError as error:
        found = [
            problem_of(one, lambda *keys: Place(file, key=".".join(map(str, keys))))
            for one in error.errors()
        ]
        raise BadInput(found) from error
    _refuse_uneven(log.input, file)
    return log


def replay(log: CalculationLog) -> list[OtherwiseComputed]:
    """Every place where another value follows from what was put in. Raises BadInput."""
    scheme = parse_scheme(log.scheme.text, log.scheme.id)
    given = log.input
    beside = BesideValues(
        years=given.years,
        who=list(zip(given.institutions, given.units, strict=True)),
        texts=given.texts,
        numbers=_fractions(given.numbers),
    )
    assessed = Assessed(
        institutions=given.institutions,
        units=given.units,
        columns=_fractions(given.columns),
        provinces=given.provinces,
        facts=given.facts,
        beside=beside,
    )
    again = logged(
        assessed, given.unit_of_input, score_institutions(scheme, assessed, given.unit_of_input)
    )
    return list(_differences(log.model_dump(), again.model_dump(), ""))


def _differences(one: object, other: object, path: str) -> Iterator[OtherwiseComputed]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            yield from _differences(one.get(key), other.get(key), f"{path}.{key}" if path else key)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for at, (value, again) in enumerate(zip(one, other, strict=True)):
            yield from _differences(value, again, f"{path}[{at}]")
    elif one != other:
        yield OtherwiseComputed(path, str(one), str(other))


def _refuse_uneven(given: LoggedInput, file: str) -> None:
    """Raises BadInput where columns are not of one length, or hold what is no number."""
    size = len(given.institutions)
    columns: dict[str, Sequence[object] | None] = {
        "units": given.units,
        "provinces": given.provinces,
        "facts": given.facts,
        "years": given.years,
        **given.texts,
        **given.columns,
        **given.numbers,
    }
    problems = [
        Problem("uneven_columns", Place(file, key=key), found=len(column), size=size)
        for key, column in columns.items()
        if column is not None and len(column) != size
    ]
    problems += [
        Problem("no_number", Place(file, key=key), found=Written(value))
        for key, column in {**given.columns, **given.numbers}.items()
        for value in column
        if value is not None and not FRACTION.fullmatch(value)
    ]
    if problems:
        raise BadInput(problems)


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _texts(columns: Mapping[str, Sequence[Fraction | None]]) -> dict[str, list[str | None]]:
    return {key: [_text(value) for value in column] for key, column in columns.items()}


def _fractions(columns: Mapping[str, Sequence[str | None]]) -> dict[str, list[Fraction | None]]:
    return {
        key: [None if value is None else Fraction(value) for value in column]
        for key, column in columns.items()
    }


def told(found: Sequence[OtherwiseComputed]) -> list[dict[str, Any]]:
    """The differences for machines."""
    return [asdict(one) for one in found]

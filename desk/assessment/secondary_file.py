"""Secondary data as a file: a row a figure, of an institution or of one of its units."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_analyst
from analysis.errors import BadInput, Place, Problem, Written, bad
from analysis.rulebook.scheme import Scheme
from analysis.tables import ROW, read_frame
from desk.assessment.secondary import (
    NewSecondary,
    PlaceOf,
    secondary_indicators,
    wrong_secondary,
)
from locales import LANGUAGES, say
from models import Institution, Unit

COLUMNS = ("institution", "unit", "indicator", "value", "source", "year")
NEEDED = tuple(key for key in COLUMNS if key != "unit")


@dataclass(frozen=True)
class SecondaryFile:
    """A file with figures for the secondary data of a scheme in a year's round."""

    content: bytes
    name: str
    scheme: Scheme
    year: int


def read_secondary(session: Session, actor: Actor, file: SecondaryFile) -> list[NewSecondary]:
    """The figures in a CSV or XLSX file, not stored yet.

    Columns, under their keys or as a screen of any language names them: institution and unit
    (their codes; without a unit the figure is of the institution), indicator, value, source,
    year (of the source). Raises Forbidden, and BadInput naming every bad row, and for a file
    without any.
    """
    require_analyst(actor)
    frame, headings = _under_keys(read_frame(file.content, file.name), file.name)
    places = _Places(
        dict(session.execute(select(Institution.code, Institution.id)).all()),
        {unit.code: unit for unit in session.scalars(select(Unit))},
    )
    known = secondary_indicators(file.scheme)
    found: list[NewSecondary] = []
    problems: list[Problem] = []
    first: dict[tuple[int, int | None, str], int] = {}
    rows = frame[list(COLUMNS)].itertuples(index=False, name=None)
    for at, cells in zip(frame[ROW], rows, strict=True):
        row = dict(zip(COLUMNS, cells, strict=True))

        def place(key: str, at: int = at) -> Place:
            return Place(file.name, row=at, column=headings.get(key, key))

        problems += places.wrong(row, place)
        found.append(places.figure(row, file.year))
        problems += wrong_secondary(actor, known, found[-1], place)
        before = first.setdefault(found[-1].of, at)
        if before != at:
            problems.append(Problem("secondary_twice", place("indicator"), first=before))
    if not found:
        raise bad("no_rows", Place(file.name))
    if problems:
        raise BadInput(problems)
    return found


@dataclass(frozen=True)
class _Places:
    """The institutions and units that a file may name, by code."""

    institutions: Mapping[str, int]
    units: Mapping[str, Unit]

    def wrong(self, row: Mapping[str, str], place: PlaceOf) -> list[Problem]:
        """What of a row names no place."""
        institution, unit = self.institutions.get(row["institution"]), self.units.get(row["unit"])
        problems = []
        if institution is None:
            found = Written(row["institution"])
            problems.append(Problem("no_such_place", place("institution"), found=found))
        if row["unit"] and (unit is None or unit.institution_id != institution):
            problems.append(Problem("no_such_place", place("unit"), found=Written(row["unit"])))
        return problems

    def figure(self, row: Mapping[str, str], year: int) -> NewSecondary:
        """What a row says."""
        unit = self.units.get(row["unit"])
        return NewSecondary(
            year=year,
            institution_id=self.institutions.get(row["institution"], 0),
            unit_id=unit.id if unit else None,
            indicator=row["indicator"],
            value=row["value"],
            source=row["source"],
            source_year=row["year"],
        )


def _under_keys(frame: pd.DataFrame, name: str) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """The columns under their keys, and how the file writes each."""
    words = {
        word.casefold(): key
        for key in COLUMNS
        for word in (key, *(say(language, f"secondary.{key}") for language in LANGUAGES))
    }
    known = {
        heading: words[heading.casefold()]
        for heading in map(str, frame.columns)
        if heading.casefold() in words
    }
    if absent := [key for key in NEEDED if key not in known.values()]:
        raise bad("absent_columns", Place(name), columns=absent, needed=NEEDED)
    if len(set(known.values())) < len(known):
        raise bad("columns_twice", Place(name), found=list(known))
    found = frame.rename(columns=known)
    if "unit" not in found:
        found["unit"] = ""
    return found, {key: heading for heading, key in known.items()}

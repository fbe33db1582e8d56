"""Sheets for assessors: handed out with units and items, brought back filled in, all or nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, visible_units
from analysis.errors import BadInput, Place, Problem, Written, bad
from analysis.rulebook.fieldwork import RUNGS
from analysis.tables import ROW, read_frame
from desk.assessment.assessments import (
    Judgement,
    areas_of_items,
    is_link,
    judgements_of,
    require_judge,
)
from desk.assessment.fieldwork import Capacity, Judging, asked_of, subjects_of
from desk.assessment.sampled import assigned_to
from locales import LANGUAGES, Language, say
from models import Institution, Unit
from models.assessments import LONGEST_NOTE
from reports.workbooks.field_sheet import FieldSheetLine, field_sheet

NEEDED = ("unit", "item", "judgement")
COLUMNS = (*NEEDED, "subject", "note", "link")


@dataclass(frozen=True)
class RequestedSheet:
    """The field sheet of an institution's units for a year, in a language."""

    year: int
    institution_id: int
    language: Language
    capacity: Capacity = "official"


def hand_out(session: Session, actor: Actor, requested: RequestedSheet) -> bytes:
    """The workbook of an institution's units, with what was judged so far. Raises Forbidden.

    For an assessor only of the units that are the assessor's own in the year.
    """
    query = select(Unit).where(Unit.institution_id == requested.institution_id).order_by(Unit.name)
    units = list(session.scalars(query))
    require_judge(session, actor, [unit.id for unit in units], requested.capacity)
    if requested.capacity == "official":
        own = assigned_to(session, actor.user_id, requested.year)
        units = [unit for unit in units if unit.id in own]
    present = {
        unit.id: judgements_of(session, actor, unit.id, requested.year, requested.capacity)
        for unit in units
    }
    lines = []
    for asked in asked_of(session, units, requested.year, requested.capacity):
        given = present[asked.unit.id].get((asked.item.key, asked.subject))
        lines.append(
            FieldSheetLine(
                unit=asked.unit.code,
                unit_name=asked.unit.name,
                instrument=asked.instrument,
                item=asked.item,
                subject=asked.subject,
                about=asked.about,
                rung=given.rung if given else None,
                note=given.note if given else "",
                link=given.link if given else "",
            )
        )
    name = session.get_one(Institution, requested.institution_id).name
    return field_sheet(requested.language, name, requested.year, lines)


def read_judgements(
    session: Session, actor: Actor, content: bytes, name: str, judging: Judging
) -> list[Judgement]:
    """The judgements in a CSV or XLSX file; rows in which nothing was filled in are left out.

    Columns, under their keys or as a sheet of any language names them: unit (its code), item,
    judgement, and if they are there subject, note and link. Raises Forbidden, and BadInput naming
    every bad row.
    """
    units = _units(session, actor, judging.capacity)
    sheet = _filled(read_frame(content, name), name)
    area_of = areas_of_items(judging.scheme, judging.year)
    present = {units[code] for _, code in sheet.column("unit") if code in units}
    subjects = subjects_of(session, present, judging.year, judging.capacity)
    problems = [
        *(
            Problem("no_unit_code", sheet.place(row, "unit"), found=Written(text))
            for row, text in sheet.column("unit")
            if text not in units
        ),
        *(
            Problem(
                "no_item", sheet.place(row, "item"), found=Written(text), scheme=_asked_by(judging)
            )
            for row, text in sheet.column("item")
            if text not in area_of
        ),
        *(
            Problem("no_judgement", sheet.place(row, "judgement"), found=Written(text))
            for row, text in sheet.column("judgement")
            if text not in map(str, RUNGS)
        ),
    ]
    if judging.capacity == "official":
        own = assigned_to(session, actor.user_id, judging.year)
        problems += [
            Problem("row_not_assigned", sheet.place(row, "unit"), unit=Written(text))
            for row, text in sheet.column("unit")
            if text in units and units[text] not in own
        ]
    problems += _wrong_subjects(sheet, units, area_of, subjects)
    problems += _wrong_texts(sheet)
    problems += _repeated(sheet)
    if problems:
        raise BadInput(problems)
    return [
        Judgement(units[unit], item, int(rung), note, subject, link)
        for unit, item, rung, subject, note, link in sheet.rows(*COLUMNS)
    ]


def _asked_by(judging: Judging) -> str:
    return judging.scheme.id if judging.scheme else str(judging.year)


@dataclass(frozen=True)
class _Sheet:
    """The rows that were filled in, their columns under their keys; ``headings``: as written."""

    name: str
    frame: pd.DataFrame
    headings: Mapping[str, str]

    def rows(self, *keys: str) -> Iterator[tuple[Any, ...]]:
        return self.frame[list(keys)].itertuples(index=False, name=None)

    def column(self, key: str) -> Iterator[tuple[Any, ...]]:
        return self.rows(ROW, key)

    def place(self, row: int, key: str) -> Place:
        return Place(self.name, row=row, column=self.headings.get(key, key))


def _filled(frame: pd.DataFrame, name: str) -> _Sheet:
    """The columns under their keys, and the rows with a judgement, a note or a link."""
    keys = {
        word.casefold(): key
        for key in COLUMNS
        for word in (key, *(say(language, f"field_sheet.{key}") for language in LANGUAGES))
    }
    written = list(map(str, frame.columns))
    known = {heading: keys[heading.casefold()] for heading in written if heading.casefold() in keys}
    if absent := [key for key in NEEDED if key not in known.values()]:
        raise bad("absent_columns", Place(name), columns=absent, needed=NEEDED)
    if len(set(known.values())) < len(known):
        raise bad("columns_twice", Place(name), found=list(known))
    found = frame.rename(columns=known)
    for key in set(COLUMNS) - set(known.values()):
        found[key] = ""
    filled = found[(found[["judgement", "note", "link"]] != "").any(axis=1)]
    return _Sheet(name, filled, {key: heading for heading, key in known.items()})


def _units(session: Session, actor: Actor, capacity: Capacity) -> dict[str, int]:
    """The units that the actor may judge, by code."""
    require_judge(session, actor, [], capacity)
    query = visible_units(actor)
    if capacity == "self":
        query = query.where(Unit.institution_id.in_(actor.institutions))
    return {unit.code: unit.id for unit in session.scalars(query)}


def _wrong_subjects(
    sheet: _Sheet,
    units: Mapping[str, int],
    area_of: Mapping[str, str],
    subjects: Mapping[int, Mapping[str, Sequence[str]]],
) -> list[Problem]:
    problems = []
    for row, unit, item, subject in sheet.rows(ROW, "unit", "item", "subject"):
        if unit not in units or item not in area_of:
            continue
        known = subjects[units[unit]][area_of[item]]
        if subject not in known:
            place, named = sheet.place(row, "subject"), [*filter(None, known)]
            problems.append(
                Problem("no_subject", place, found=Written(subject), known=named)
                if subject
                else Problem("empty_subject", place, known=named)
            )
    return problems


def _wrong_texts(sheet: _Sheet) -> list[Problem]:
    long = [
        Problem("long_text", sheet.place(row, "note"), found=len(note), most=LONGEST_NOTE)
        for row, note in sheet.column("note")
        if len(note) > LONGEST_NOTE
    ]
    return long + [
        Problem("no_address", sheet.place(row, "link"), found=Written(link))
        for row, link in sheet.column("link")
        if link and not is_link(link)
    ]


def _repeated(sheet: _Sheet) -> list[Problem]:
    again = sheet.frame.duplicated(["unit", "item", "subject"])
    return [
        Problem("item_again", Place(sheet.name, row=row), item=item, unit=unit)
        for (row, unit, item), twice in zip(sheet.rows(ROW, "unit", "item"), again, strict=True)
        if twice
    ]

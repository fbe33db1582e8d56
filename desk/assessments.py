"""Assessors' judgements: entered one by one or from a file, corrected by newer ones only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from sqlalchemy import Integer, column, func, insert, select, table
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_analyst
from analysis.errors import BadInput, Problem, bad, quote
from analysis.scheme import Node, Scheme
from analysis.tables import ROW, read_frame
from desk.audit import log
from models import Assessment, Unit, now
from models.assessments import AREAS

RUNGS = (0, 1, 2, 3, 4)
LONGEST_NOTE = 2000
CURRENT = table(
    "current_assessments",
    column("unit_id", Integer),
    column("year", Integer),
    column("item"),
    column("assessor_id", Integer),
    column("judgement", Integer),
    column("note"),
)


@dataclass(frozen=True)
class Judgement:
    """One item of one unit judged on the ladder 0-4, with a note on the evidence."""

    unit_id: int
    item: str
    rung: int
    note: str = ""


def judged_items(scheme: Scheme) -> dict[str, list[Node]]:
    """The indicators that assessors judge, by area, in the scheme's order."""
    areas: dict[str, list[Node]] = {}

    def descend(parent: Scheme | Node, area: str | None) -> None:
        for child in parent.children:
            within = child.key if child.key in AREAS else area
            if child.children:
                descend(child, within)
            elif within and child.evidence in (None, "judgement"):
                areas.setdefault(within, []).append(child)

    descend(scheme, None)
    return areas


def assess(
    session: Session, actor: Actor, scheme: Scheme, year: int, judgements: Sequence[Judgement]
) -> None:
    """Stores judgements of one assessor in one year's round, all of them or none.

    Raises Forbidden, and BadInput for an item that the scheme has not, a rung that is none, or
    a note that is too long.
    """
    require_analyst(actor)
    area_of = {node.key: area for area, nodes in judged_items(scheme).items() for node in nodes}
    problems = [problem for one in judgements for problem in _wrong(one, area_of)]
    if problems:
        raise BadInput(problems)
    moment = now()
    rows = [
        {
            "unit_id": one.unit_id,
            "year": year,
            "area": area_of[one.item],
            "item": one.item,
            "assessor_id": actor.user_id,
            "judgement": one.rung,
            "note": one.note.strip(),
            "created_at": moment,
        }
        for one in judgements
    ]
    if rows:
        session.execute(insert(Assessment), rows)
        units = sorted({one.unit_id for one in judgements})
        log(session, actor, "assess", year=year, units=units, judgements=len(rows))


def read_judgements(session: Session, content: bytes, name: str, scheme: Scheme) -> list[Judgement]:
    """The judgements in a CSV or XLSX file: columns unit (its code), item, judgement, note.

    Raises BadInput naming every bad row.
    """
    frame = read_frame(content, name)
    headings = {heading.casefold(): heading for heading in frame.columns}
    if absent := [key for key in ("unit", "item", "judgement") if key not in headings]:
        raise bad(f"{name}: heading", f"no column {', '.join(absent)}", "unit, item, judgement")
    units = dict(session.execute(select(Unit.code, Unit.id)).all())
    items = {node.key for nodes in judged_items(scheme).values() for node in nodes}
    allowed: dict[str, tuple[Mapping[str, object], str]] = {
        "unit": (units, "the code of a unit"),
        "item": (dict.fromkeys(items), f"an item of {scheme.id}"),
        "judgement": ({str(rung): rung for rung in RUNGS}, "0, 1, 2, 3 or 4"),
    }
    texts = {key: frame[headings[key]] for key in allowed}
    problems = [
        Problem(f"{name}: row {row}, column {headings[key]}", quote(text), expected)
        for key, (known, expected) in allowed.items()
        for row, text in zip(frame[ROW], texts[key], strict=True)
        if text not in known
    ]
    problems += [
        Problem(f"{name}: row {row}", f"{item} of {unit} again", "each item of a unit once")
        for row, unit, item, again in zip(
            frame[ROW],
            texts["unit"],
            texts["item"],
            frame.duplicated([headings["unit"], headings["item"]]),
            strict=True,
        )
        if again
    ]
    if problems:
        raise BadInput(problems)
    notes = frame[headings["note"]] if "note" in headings else [""] * len(frame)
    return [
        Judgement(units[unit], item, int(rung), note)
        for unit, item, rung, note in zip(*texts.values(), notes, strict=True)
    ]


def judgements_of(
    session: Session, actor: Actor, unit_id: int, year: int
) -> dict[str, tuple[int, str]]:
    """The actor's own current judgements of a unit: rung and note by item. Raises Forbidden."""
    require_analyst(actor)
    rows = session.execute(
        select(CURRENT.c.item, CURRENT.c.judgement, CURRENT.c.note).where(
            CURRENT.c.unit_id == unit_id,
            CURRENT.c.year == year,
            CURRENT.c.assessor_id == actor.user_id,
        )
    )
    return {item: (rung, note) for item, rung, note in rows}


def mean_judgements(
    session: Session, year: int, units: Collection[int] | None = None
) -> dict[tuple[int, str], Fraction]:
    """The mean of the assessors' current judgements by unit and item; None: of all units."""
    query = (
        select(CURRENT.c.unit_id, CURRENT.c.item, func.sum(CURRENT.c.judgement), func.count())
        .where(CURRENT.c.year == year)
        .group_by(CURRENT.c.unit_id, CURRENT.c.item)
    )
    rows = session.execute(query if units is None else query.where(CURRENT.c.unit_id.in_(units)))
    mean = cache(Fraction)  # few different ones
    return {(unit, item): mean(int(total), number) for unit, item, total, number in rows}


def _wrong(one: Judgement, area_of: Mapping[str, str]) -> list[Problem]:
    problems = []
    if one.item not in area_of:
        problems.append(Problem("item", quote(one.item), "an item of the scheme"))
    if one.rung not in RUNGS or isinstance(one.rung, bool):
        problems.append(Problem(f"{one.item}: judgement", str(one.rung), "0, 1, 2, 3 or 4"))
    if len(one.note) > LONGEST_NOTE:
        found = f"{len(one.note)} characters"
        problems.append(Problem(f"{one.item}: note", found, f"{LONGEST_NOTE} at most"))
    return problems

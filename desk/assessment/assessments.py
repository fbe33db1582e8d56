"""Judgements of units on the ladder 0-4: the assessors' own, and the institutions' of themselves.

They are kept apart: those of an analyst make the scores, those of a coordinator
(pre-assessment, pendampingan) are read by no score, rank or publication.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import (
    ColumnClause,
    FromClause,
    Integer,
    Row,
    Text,
    cast,
    column,
    func,
    select,
    table,
)
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden, require_analyst, require_coordinator
from analysis.characters import entered
from analysis.errors import BadInput, Problem, Written
from analysis.rulebook.fieldwork import (
    RUNGS,
    is_judged,
    judged_in,
    judged_indicators,
    parts_of_indicators,
)
from analysis.rulebook.scheme import Node, Scheme
from desk.assessment.fieldwork import Capacity, Judging, subjects_of
from desk.assessment.sampled import named, not_assigned
from desk.audit import log
from desk.impartial import require_impartial
from models import Assessment, SelfAssessment, Unit, now
from models.assessments import LONGEST_LINK, LONGEST_NOTE, WHOLE_UNIT
from models.prepared import insert_rows

ItemAndSubject = tuple[str, str]  # an item and its subject
# Each three: how many assessors judged each of some subjects, the sum, how many subjects.
Groups = tuple[int, ...]
NUMBERS = ("id", "unit_id", "year", "assessor_id", "judgement")


def _columns(*names: str) -> list[ColumnClause[Any]]:
    every = ("unit_id", "year", "item", "subject", *names)
    return [column(name, Integer() if name in NUMBERS else Text()) for name in every]


JUDGED = ("id", "assessor_id", "judgement", "note", "link", "evidence_hash")
TABLES = {"official": Assessment, "self": SelfAssessment}
CURRENT = {
    "official": table("current_assessments", *_columns(*JUDGED)),
    "self": table("current_self_assessments", *_columns(*JUDGED)),
}
OF_ONE = ("year", "unit_id", "item", "subject", "assessor_id")  # of which the last one is current
OWN = CURRENT["self"].c
ACTS = {"official": "assess", "self": "assess_oneself"}


@dataclass(frozen=True)
class Judgement:
    """A judgement of one item, 0-4, with its note and evidence.

    ``subject``: a service's code, the number of somebody interviewed, or "": the unit as a
    whole; ``evidence``: the hash of a file that was kept, ``link``: an address on the web.
    """

    unit_id: int
    item: str
    rung: int
    note: str = ""
    subject: str = WHOLE_UNIT
    link: str = ""
    evidence: str | None = None

    @property
    def place(self) -> ItemAndSubject:
        """What of the unit is judged."""
        return self.item, self.subject


def judged_items(scheme: Scheme) -> dict[str, list[Node]]:
    """The indicators that assessors judge, by area, in the scheme's order."""
    area_of, areas = judged_indicators(), dict[str, list[Node]]()
    for node in scheme.indicators():
        if is_judged(node) and node.key in area_of:
            areas.setdefault(area_of[node.key], []).append(node)
    return areas


def areas_of_items(scheme: Scheme | None, year: int) -> dict[str, str]:
    """The area of each item judged in a year: indicators and their parts, of a scheme or of all."""
    wanted = None if scheme is None else {node.key for node in scheme.indicators()}
    return {
        item.key: area
        for area, instrument in judged_in(year).items()
        for item in instrument.asked_in(year)
        if wanted is None or item.indicator in wanted
    }


def assess(
    session: Session, actor: Actor, judging: Judging, judgements: Sequence[Judgement]
) -> None:
    """Stores judgements of one person in one year's round, all of them or none.

    "official": by an analyst whom the year's round chose for the units, of the subjects that it
    chose; "self": by the coordinator of the units' institutions. Raises Forbidden, and BadInput
    for an analyst's own institution, an item that the scheme or the year has not, a subject that
    is not to be judged, a rung that is none, a note that is too long, or a link that is none.
    """
    area_of = areas_of_items(judging.scheme, judging.year)
    units = sorted({one.unit_id for one in judgements})
    require_judge(session, actor, units, judging.capacity)
    official = judging.capacity == "official"
    if official:
        require_impartial(session, actor, units)
    refusals = not_assigned(session, actor.user_id, judging.year, units) if official else []
    if refusals:
        raise BadInput(refusals)
    subjects = subjects_of(session, units, judging.year, judging.capacity)
    problems = [
        problem for one in judgements for problem in _wrong(one, area_of, subjects[one.unit_id])
    ]
    if problems:
        raise BadInput(problems)
    moment = now()
    rows = [
        {
            "unit_id": one.unit_id,
            "year": judging.year,
            "area": area_of[one.item],
            "item": one.item,
            "subject": one.subject,
            "assessor_id": actor.user_id,
            "judgement": one.rung,
            "note": entered(one.note),
            "link": one.link,
            "evidence_hash": one.evidence,
            "created_at": moment,
        }
        for one in judgements
    ]
    if rows:
        insert_rows(session, TABLES[judging.capacity].__table__, rows)
        log(
            session,
            actor,
            ACTS[judging.capacity],
            year=judging.year,
            units=units,
            judgements=len(rows),
        )


def require_judge(
    session: Session, actor: Actor, units: Collection[int], capacity: Capacity
) -> None:
    """Raises Forbidden unless the actor may judge the units in that capacity."""
    if capacity == "official":
        require_analyst(actor)
        return
    if not actor.institutions:
        raise Forbidden("coordinator")
    owners = session.scalars(select(Unit.institution_id).where(Unit.id.in_(units)).distinct())
    for institution in owners:
        require_coordinator(session, actor, institution)


def judgements_of(
    session: Session, actor: Actor, unit_id: int, year: int, capacity: Capacity = "official"
) -> dict[ItemAndSubject, Judgement]:
    """The current judgements of a unit by item and subject: an assessor's own.

    In the capacity "self" those of the institution, whoever there gave them. Raises Forbidden.
    """
    require_judge(session, actor, [unit_id], capacity)
    current = CURRENT[capacity]
    query = select(current).where(current.c.unit_id == unit_id, current.c.year == year)
    if capacity == "official":
        query = query.where(current.c.assessor_id == actor.user_id)
    found = map(read_row, session.execute(query))
    return {one.place: one for one in found}


def current_judgements(year: int, units: Collection[int] | None) -> FromClause:
    """The assessors' current judgements, at least those of these units in the year.

    The view finds the current ones of all units before it lets one choose.
    """
    if not (few := named(Assessment.unit_id, units)):
        return CURRENT["official"]
    newest = select(func.max(Assessment.id)).where(Assessment.year == year, *few)
    newest = newest.group_by(*(getattr(Assessment, name) for name in OF_ONE))
    columns = (getattr(Assessment, one.name) for one in CURRENT["official"].c)
    return select(*columns).where(Assessment.id.in_(newest)).subquery()


def read_row(row: Row[Any]) -> Judgement:
    """The judgement in a row of ``CURRENT``."""
    return Judgement(
        row.unit_id, row.item, row.judgement, row.note, row.subject, row.link, row.evidence_hash
    )


def changed(
    session: Session,
    actor: Actor,
    year: int,
    judgements: Iterable[Judgement],
    capacity: Capacity = "official",
) -> list[Judgement]:
    """Those that are new or differ from what is current; each keeps its file. Raises Forbidden."""
    by_unit: dict[int, list[Judgement]] = {}
    for one in judgements:
        by_unit.setdefault(one.unit_id, []).append(one)
    found = []
    for unit, new in by_unit.items():
        present = judgements_of(session, actor, unit, year, capacity)
        for one in new:
            before = present.get(one.place)
            # A table or a sheet shows no files; what it leaves alone stays.
            whole = replace(one, evidence=one.evidence or (before.evidence if before else None))
            if whole != before:
                found.append(whole)
    return found


def means_of_oneself(
    session: Session, year: int, units: Collection[int]
) -> dict[tuple[int, str], Fraction]:
    """The mean that institutions judged their own units at, by unit and indicator, exact, 0-4."""
    query = (
        select(OWN.unit_id, OWN.item, cast(func.sum(OWN.judgement), Integer), func.count())
        .where(OWN.year == year, OWN.unit_id.in_(units))
        .group_by(OWN.unit_id, OWN.item)
    )
    return indicator_means(
        {
            (unit, item): mean_of_groups((1, total, subjects))
            for unit, item, total, subjects in session.execute(query)
        }
    )


def is_link(text: str) -> bool:
    """Whether the text is an address on the web that can be kept."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    web = parts.scheme in ("http", "https") and bool(parts.hostname)
    return web and len(text) <= LONGEST_LINK and not any(map(str.isspace, text))


def mean_of_groups(groups: Groups) -> Fraction:
    """Of subjects, each the mean of its assessors."""
    total = sum(map(Fraction, groups[1::3], groups[::3]), Fraction(0))
    return total / sum(groups[2::3])


def indicator_means(means: dict[tuple[int, str], Fraction]) -> dict[tuple[int, str], Fraction]:
    """Parts put together with the item in whose indicator they count."""
    parts = parts_of_indicators()
    wholes: dict[tuple[int, str], list[Fraction]] = {}
    for unit, item in [place for place in means if place[1] in parts]:
        wholes.setdefault((unit, parts[item]), []).append(means.pop((unit, item)))
    for place, found in wholes.items():
        every = [*found, *([means[place]] if place in means else [])]
        means[place] = sum(every, Fraction(0)) / len(every)
    return means


def _no_subject(one: Judgement, known: Sequence[str]) -> Problem:
    """Of one that is not to be judged, or that is not named where one has to be."""
    if one.subject == WHOLE_UNIT:
        return Problem("subject_not_named", item=one.item, known=known)
    found = Written(one.subject)
    return Problem("unknown_subject", item=one.item, found=found, known=[*filter(None, known)])


def _wrong(
    one: Judgement, area_of: Mapping[str, str], subjects: Mapping[str, Sequence[str]]
) -> list[Problem]:
    problems = []
    if one.item not in area_of:
        problems.append(Problem("item_of_no_scheme", item=Written(one.item)))
    elif one.subject not in (known := subjects[area_of[one.item]]):
        problems.append(_no_subject(one, known))
    if one.rung not in RUNGS or isinstance(one.rung, bool):
        problems.append(Problem("no_rung", item=one.item, found=str(one.rung)))
    if len(one.note) > LONGEST_NOTE:
        length = len(one.note)
        problems.append(Problem("long_note", item=one.item, found=length, most=LONGEST_NOTE))
    if one.link and not is_link(one.link):
        problems.append(Problem("no_link", item=one.item, found=Written(one.link)))
    return problems

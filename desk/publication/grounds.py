"""What stands behind the figure that an institution objects to, as somebody stated it.

Assessors' judgements of the item, how a third person settled them, the fact that was declared, or
the interviews: those that count, and no others. Behind what citizens answered, other bodies
published or the register of products says stands nobody's statement that could be given anew.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_analyst
from analysis.rulebook.fieldwork import items_of
from analysis.rulebook.scheme import Scheme
from desk.assessment.assessments import read_row
from desk.assessment.counted import SETTLED, counted_rows
from desk.assessment.interviews import INTERVIEWS, counted_interviews
from desk.assessment.products import FACT, compliance_of
from desk.assessment.sampled import round_of
from models import AssessmentRound, Declaration, Objection, Publication, SchemeUsed, Unit, User
from models.assessments import WHOLE_UNIT
from survey.schemes import kept_scheme


@dataclass(frozen=True)
class StatedPlace:
    """What one person stated of one place of a unit; ``item``: of an interview its area."""

    item: str
    subject: str
    person_id: int


@dataclass(frozen=True)
class ObjectionGround:
    """What stands behind the figure that was objected to, as somebody stated it.

    ``said``: a rung 0-4, whether a fact holds, or an interview's points of the most possible;
    ``settled``: whether it settles what assessors differ on.
    """

    place: StatedPlace
    person: str
    said: int | bool | tuple[int, int]
    note: str = ""
    link: str = ""
    evidence: str | None = None
    settled: bool = False


def disputed(session: Session, objection: Objection) -> tuple[int, Scheme]:
    """The year of the publication that was objected to, and its scheme."""
    publication = session.get_one(Publication, objection.publication_id)
    used = session.get_one(SchemeUsed, publication.scheme_hash)
    return publication.year, kept_scheme(used)


def grounds_for(session: Session, actor: Actor, objection: Objection) -> list[ObjectionGround]:
    """What an analyst sees before deciding, with who stated it. Raises Forbidden."""
    require_analyst(actor)
    return grounds_of(session, objection)


def grounds_of(session: Session, objection: Objection) -> list[ObjectionGround]:
    """The same, for nobody's eyes."""
    year, scheme = disputed(session, objection)
    declared = _declared(session, objection, year)
    a_round = round_of(session, year)
    if a_round is None:
        return [*declared]
    judged = [*_judged(session, objection, a_round)]
    return [
        *judged,
        *_settled(session, objection, year, judged),
        *declared,
        *_interviewed(session, objection, a_round, scheme),
    ]


def _judged(
    session: Session, objection: Objection, a_round: AssessmentRound
) -> Iterator[ObjectionGround]:
    counted = counted_rows(a_round, units=[objection.unit_id])
    rows = session.execute(
        select(counted, User.name)
        .join(User, User.id == counted.c.assessor_id)
        .where(*_at(counted.c, objection, a_round.year))
        .order_by(counted.c.item, counted.c.subject, User.name)
    )
    for row in rows:
        one = read_row(row)
        place = StatedPlace(one.item, one.subject, row.assessor_id)
        yield ObjectionGround(place, row.name, one.rung, one.note, one.link, one.evidence)


def _settled(
    session: Session, objection: Objection, year: int, judged: Sequence[ObjectionGround]
) -> Iterator[ObjectionGround]:
    """What was settled counts while two assessors do, between whom it was."""
    assessors = Counter((one.place.item, one.place.subject) for one in judged)
    rows = session.execute(
        select(SETTLED, User.name)
        .join(User, User.id == SETTLED.c.user_id)
        .where(*_at(SETTLED.c, objection, year))
        .order_by(SETTLED.c.item, SETTLED.c.subject)
    )
    for row in rows:
        if assessors[row.item, row.subject] > 1:
            place = StatedPlace(row.item, row.subject, row.user_id)
            yield ObjectionGround(place, row.name, row.judgement, row.reason, settled=True)


def _at(columns: Any, objection: Objection, year: int) -> list[ColumnElement[bool]]:
    return [
        columns.unit_id == objection.unit_id,
        columns.year == year,
        columns.item.in_(items_of(objection.item)),
    ]


def _declared(session: Session, objection: Objection, year: int) -> Iterator[ObjectionGround]:
    unit = session.get_one(Unit, objection.unit_id)
    if objection.item == FACT and unit.institution.code in compliance_of(session, year):
        return
    latest = session.scalar(
        select(Declaration)
        .where(
            Declaration.institution_id == unit.institution_id,
            Declaration.year == year,
            Declaration.fact == objection.item,
        )
        .order_by(Declaration.id.desc())
        .limit(1)
    )
    if latest is not None:
        place = StatedPlace(latest.fact, WHOLE_UNIT, latest.user_id)
        name = session.get_one(User, latest.user_id).name
        yield ObjectionGround(place, name, latest.holds, latest.reason)


def _interviewed(
    session: Session, objection: Objection, a_round: AssessmentRound, scheme: Scheme
) -> Iterator[ObjectionGround]:
    asked = {node.key: node.evidence for node in scheme.indicators()}
    area = INTERVIEWS.get(asked.get(objection.item) or "")
    told = counted_interviews(a_round, [objection.unit_id]).c
    rows = session.execute(
        select(told.area, told.respondent, told.points, told.most, User.id, User.name)
        .join(User, User.id == told.interviewer_id)
        .where(told.unit_id == objection.unit_id, told.area == area)
        .order_by(User.name, told.respondent)
    )
    for of, respondent, points, most, interviewer, name in rows:
        place = StatedPlace(of, str(respondent), interviewer)
        yield ObjectionGround(place, name, (points, most))


def nameable(grounds: Sequence[ObjectionGround]) -> list[StatedPlace]:
    """Of which something can be mended: what was settled counts in place of the judgements."""
    settled = {(one.place.item, one.place.subject) for one in grounds if one.settled}
    return [
        one.place
        for one in grounds
        if one.settled or (one.place.item, one.place.subject) not in settled
    ]

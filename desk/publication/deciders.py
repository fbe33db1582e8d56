"""Who decides an objection: an analyst with no part in the figure and none in the institution."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_analyst
from accounts.two_people import require_two_people
from analysis.errors import bad
from analysis.rulebook.fieldwork import items_of
from desk.assessment.products import FACT, registrars_of
from desk.impartial import require_impartial
from desk.publication.grounds import grounds_of
from models import (
    Assessment,
    Declaration,
    Objection,
    Publication,
    Reconciliation,
    SecondaryFigure,
    Unit,
)


def require_decider(session: Session, actor: Actor, objection: Objection) -> None:
    """Raises Forbidden, or BadInput for one's own objection, institution or assessment."""
    require_analyst(actor)
    if objection.raised_by == actor.user_id:
        raise bad("own_objection")
    require_impartial(session, actor, [objection.unit_id])
    others = assessors_of(session, objection)
    if actor.user_id in others:
        raise bad("objection_to_own_item")
    require_two_people(session, actor, {objection.raised_by, *others})


def assessors_of(session: Session, objection: Objection) -> set[int]:
    """Whoever judged, settled, interviewed, declared or entered what is said, also if mended."""
    publication = session.get_one(Publication, objection.publication_id)
    unit = session.get_one(Unit, objection.unit_id)
    judged = [
        select(person).where(
            row.unit_id == unit.id,
            row.year == publication.year,
            row.item.in_(items_of(objection.item)),
        )
        for row, person in (
            (Assessment, Assessment.assessor_id),
            (Reconciliation, Reconciliation.user_id),
        )
    ]
    stated = [
        select(row.user_id).where(
            row.year == publication.year,
            row.institution_id == unit.institution_id,
            item == objection.item,
        )
        for row, item in (
            (Declaration, Declaration.fact),
            (SecondaryFigure, SecondaryFigure.indicator),
        )
    ]
    told = {one.place.person_id for one in grounds_of(session, objection)}
    if objection.item == FACT:
        told |= registrars_of(session, unit.institution_id)
    return told | {person for query in (*judged, *stated) for person in session.scalars(query)}

"""Nobody decides for the Ombudsman about an institution in which they have a role."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from accounts.actors import Actor
from analysis.errors import Written, bad
from models import Institution, Unit


def require_impartial(session: Session, actor: Actor, units: Collection[int]) -> None:
    """Raises BadInput where the actor works for one of the units, or for its institution."""
    of_units = Institution.id.in_(select(Unit.institution_id).where(Unit.id.in_(units)))
    _refuse_own(session, actor, of_units)


def require_impartial_of(session: Session, actor: Actor, institutions: Collection[str]) -> None:
    """The same of institutions with all their units, by their codes."""
    _refuse_own(session, actor, Institution.code.in_(institutions))


def works_for(actor: Actor) -> ColumnElement[bool]:
    """The condition on institutions that the actor works for them, or for one of their units."""
    of_units = select(Unit.institution_id).where(Unit.id.in_(actor.units))
    return or_(Institution.id.in_(actor.institutions), Institution.id.in_(of_units))


def _refuse_own(session: Session, actor: Actor, concerned: ColumnElement[bool]) -> None:
    if not (actor.units or actor.institutions):
        return
    own = session.scalar(select(Institution.name).where(concerned, works_for(actor)).limit(1))
    if own is not None:
        raise bad("own_institution", institution=Written(own))

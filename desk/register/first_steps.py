"""The first day: what has been done on the way to the first rating, and what is next."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from accounts.actors import Actor, Forbidden
from models import Institution, Period, Response, Role, Service, Unit, now
from models.unfinished import received
from survey.periods import open_units

# Each step's key, the screen on which it is done, and who does it.
STEPS = (
    ("institution", "daftar", "administrator"),
    ("units", "daftar", "both"),
    ("services", "daftar", "both"),
    ("people", "pengguna", "administrator"),
    ("period", "periode", "coordinator"),
    ("rating", "poster", "coordinator"),
)


@dataclass(frozen=True)
class FirstStep:
    """A step; ``path``: of the screen; ``by``: who does it, and whether that is the actor."""

    key: str
    path: str
    by: str
    mine: bool
    done: bool


def first_steps(session: Session, actor: Actor) -> list[FirstStep]:
    """The steps in their order, for what the actor keeps. Raises Forbidden."""
    if not (actor.administrator or actor.institutions):
        raise Forbidden("first steps")
    done = _done(session, actor)
    roles = {"both"} | ({"administrator"} if actor.administrator else set())
    roles |= {"coordinator"} if actor.institutions else set()
    return [FirstStep(key, path, by, by in roles, done[key]) for key, path, by in STEPS]


def unfinished(session: Session, actor: Actor) -> bool:
    """Whether the actor keeps a register in which nothing has been rated yet."""
    keeps = actor.administrator or bool(actor.institutions)
    return keeps and not _has(session, Response, _own(actor, Response.institution_id), received())


def links(session: Session, actor: Actor, most: int) -> list[Unit]:
    """Some of the actor's units that take ratings now, by name."""
    found = open_units(session, now())
    own = [one for one in found if actor.administrator or one.institution_id in actor.institutions]
    return own[:most]


def _done(session: Session, actor: Actor) -> dict[str, bool]:
    units = select(Unit.id).where(_own(actor, Unit.institution_id))
    return {
        "institution": _has(session, Institution, _own(actor, Institution.id)),
        "units": _has(session, Unit, _own(actor, Unit.institution_id)),
        "services": _has(session, Service, Service.unit_id.in_(units)),
        "people": _has(session, Role, Role.role == "coordinator", _own(actor, Role.institution_id)),
        "period": _has(session, Period, _own(actor, Period.institution_id)),
        "rating": not unfinished(session, actor),
    }


def _own(
    actor: Actor, institution: InstrumentedAttribute[int] | InstrumentedAttribute[int | None]
) -> ColumnElement[bool]:
    return true() if actor.administrator else institution.in_(actor.institutions)


def _has(session: Session, model: type[object], *among: ColumnElement[bool]) -> bool:
    return bool(session.scalar(select(exists(select(model).where(*among)))))

"""Which institutions a plan to a higher band can be made for, and by whom."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager

from accounts.actors import Actor, in_scope
from desk.assessment.counted import counted_rows
from desk.assessment.sampled import round_of
from models import AssessmentRound, Institution, Unit


def plannable_years(session: Session, actor: Actor) -> list[int]:
    """The years in which units were assessed whose scores the actor may see, newest first."""
    rounds = session.scalars(select(AssessmentRound).order_by(AssessmentRound.year.desc()))
    return [one.year for one in rounds if session.scalar(_assessed(actor, one).limit(1))]


def plannable(session: Session, actor: Actor, year: int) -> list[Institution]:
    """The institutions with a unit assessed in the year that the actor may see, by name."""
    a_round = round_of(session, year)
    if a_round is None:
        return []
    own = _assessed(actor, a_round).join(Unit.institution)
    units = session.scalars(own.options(contains_eager(Unit.institution)))
    found = {unit.institution_id: unit.institution for unit in units}
    return sorted(found.values(), key=lambda one: one.name)


def _assessed(actor: Actor, a_round: AssessmentRound) -> Select[Unit]:
    """The units of which a judgement counts."""
    return select(Unit).where(Unit.id.in_(select(counted_rows(a_round).c.unit_id)), in_scope(actor))

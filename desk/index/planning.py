"""Which institutions a plan to a higher band can be made for, and by whom."""

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from accounts.actors import Actor, in_scope
from desk.assessment.sampled import is_scored
from models import Assessment, Institution, Unit


def plannable_years(session: Session, actor: Actor) -> list[int]:
    """The years in which units were assessed whose scores the actor may see, newest first."""
    assessed = select(Assessment.year, Assessment.unit_id).distinct().subquery()
    query = select(assessed.c.year).join(Unit, Unit.id == assessed.c.unit_id)
    counts = is_scored(assessed.c.year, assessed.c.unit_id)
    years = session.scalars(query.where(in_scope(actor), counts).distinct())
    return sorted(years, reverse=True)


def plannable(session: Session, actor: Actor, year: int) -> list[Institution]:
    """The institutions with a unit assessed in the year that the actor may see, by name."""
    own = select(Assessment.unit_id).where(Assessment.year == year).distinct()
    assessed = own.where(is_scored(Assessment.year, Assessment.unit_id))
    units = session.scalars(
        select(Unit)
        .join(Unit.institution)
        .where(Unit.id.in_(assessed), in_scope(actor))
        .options(contains_eager(Unit.institution))
    )
    found = {unit.institution_id: unit.institution for unit in units}
    return sorted(found.values(), key=lambda one: one.name)

"""Pre-assessment (pendampingan): how an institution judged itself, beside what assessors found.

Its own judgements are in a table of their own and reach no score, rank or publication; here they
are read together with the official ones, by the institution and by analysts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden, in_scope, visible_units
from analysis.index.composite import Column, score
from analysis.rulebook.fieldwork import schemes_judged_in
from analysis.rulebook.scheme import Scheme
from desk.assessment.assessments import judged_items, means_of_oneself
from desk.assessment.counted import count_judgements
from models import Institution, SelfAssessment, Unit

Pair = tuple[Fraction | None, Fraction | None]  # of oneself, official


@dataclass(frozen=True)
class SelfAssessedUnit:
    """A unit that was judged by its institution, and perhaps by assessors.

    ``areas``: 0-100, None while an item of the area is not judged; ``items``: 0-4.
    """

    unit: Unit
    areas: Mapping[str, Pair]
    items: Mapping[str, Pair]


def preassessed(session: Session, actor: Actor) -> dict[int, list[Institution]]:
    """The institutions that judged units which the actor may see, by year, newest first."""
    rows = session.execute(
        select(SelfAssessment.year, Institution)
        .join(Unit, Unit.id == SelfAssessment.unit_id)
        .join(Institution, Institution.id == Unit.institution_id)
        .where(in_scope(actor))
        .distinct()
        .order_by(SelfAssessment.year.desc(), Institution.name)
    )
    found: dict[int, list[Institution]] = {}
    for year, institution in rows:
        found.setdefault(year, []).append(institution)
    return found


def side_by_side(
    session: Session, actor: Actor, scheme: Scheme, year: int, institution_id: int
) -> list[SelfAssessedUnit]:
    """The units of an institution that it judged itself, by name. Raises Forbidden."""
    query = visible_units(actor).where(Unit.institution_id == institution_id)
    units = list(session.scalars(query))
    if not units:
        raise Forbidden(f"institution {institution_id}")
    keys = {unit.id for unit in units}
    own = _columns(scheme, units, means_of_oneself(session, year, keys))
    official = _columns(scheme, units, count_judgements(session, year, keys).means)
    areas = judged_items(scheme)
    items = [node.key for nodes in areas.values() for node in nodes]
    values = [score(scheme, columns).nodes for columns in (own, official)]
    return [
        SelfAssessedUnit(
            unit,
            {area: _pair(values, area, at) for area in areas},
            {item: _pair((own, official), item, at) for item in items},
        )
        for at, unit in enumerate(units)
        if any(own[item][at] is not None for item in items)
    ]


def side_by_side_in(
    session: Session, actor: Actor, year: int, institution_id: int
) -> list[SelfAssessedUnit]:
    """The same for all that is judged in a year, by the schemes that ask for it.

    What several ask for stands under the year's own. Raises Forbidden.
    """
    found: dict[int, SelfAssessedUnit] = {}
    for scheme in schemes_judged_in(year):
        for one in side_by_side(session, actor, scheme, year, institution_id):
            first = found.get(one.unit.id, one)
            areas, items = {**one.areas, **first.areas}, {**one.items, **first.items}
            found[one.unit.id] = SelfAssessedUnit(one.unit, areas, items)
    return sorted(found.values(), key=lambda one: one.unit.name)


def _columns(
    scheme: Scheme, units: Sequence[Unit], means: Mapping[tuple[int, str], Fraction]
) -> dict[str, Column]:
    """The judgements by indicator; what is no judgement is left blank."""
    return {
        node.key: [means.get((unit.id, node.key)) for unit in units] for node in scheme.indicators()
    }


def _pair(found: Sequence[Mapping[str, Column]], key: str, at: int) -> Pair:
    own, official = (columns[key][at] for columns in found)
    return own, official

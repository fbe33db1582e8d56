"""Which institutions a plan to a higher band can be made for, and by whom; where acts are done."""

from collections import Counter
from fractions import Fraction

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from accounts.actors import Actor, in_scope
from analysis.index.plan import JudgedPlace
from analysis.rulebook.fieldwork import parts_of_indicators
from desk.assessment.counted import counted_units, judged_subjects
from desk.assessment.sampled import round_of
from desk.index.perception import ScoredRound
from models import AssessmentRound, Institution, Service, Unit


def plannable_years(session: Session, actor: Actor) -> list[int]:
    """The years in which units were assessed whose scores the actor may see, newest first."""
    rounds = session.scalars(select(AssessmentRound).order_by(AssessmentRound.year.desc()))
    return [one.year for one in rounds if session.scalar(_assessed(actor, one).limit(1))]


def plannable(session: Session, actor: Actor, year: int) -> list[Institution]:
    """The institutions with a unit assessed in the year that the actor may see, by name."""
    a_round = round_of(session, year)
    if a_round is None:
        return []
    own = _assessed(actor, a_round).with_only_columns(Unit.institution_id)
    found = session.scalars(select(Institution).where(Institution.id.in_(own)))
    return sorted(found, key=lambda one: one.name)


def places_of(session: Session, scored: ScoredRound) -> list[JudgedPlace]:
    """Each item of each subject on which the units were judged, in the scheme's order.

    An indicator is the mean of its items, an item of its subjects. What the actor may see is
    decided by who made ``scored``.
    """
    positions = {unit.id: at for at, unit in enumerate(scored.units)}
    order = {node.key: at for at, node in enumerate(scored.result.scheme.indicators())}
    whole = parts_of_indicators()
    judged = {
        (unit, item, whole.get(item, item)): subjects
        for (unit, item), subjects in judged_subjects(session, scored.year, positions).items()
        if whole.get(item, item) in order
    }
    items = Counter((unit, node) for unit, _, node in judged)
    found = [
        JudgedPlace(
            positions[unit],
            node,
            item,
            subject,
            value,
            Fraction(1, items[unit, node] * len(subjects)),
        )
        for (unit, item, node), subjects in judged.items()
        for subject, value in subjects.items()
    ]
    return sorted(found, key=lambda one: (order[one.node], one.unit, one.item, one.subject))


def product_names(session: Session, scored: ScoredRound) -> dict[tuple[int, str], str]:
    """What the units' service products are called, by position of the unit and code."""
    positions = {unit.id: at for at, unit in enumerate(scored.units)}
    services = session.scalars(select(Service).where(Service.unit_id.in_(positions)))
    return {(positions[one.unit_id], one.code): one.name for one in services}


def _assessed(actor: Actor, a_round: AssessmentRound) -> Select[Unit]:
    """The units of which a judgement counts."""
    return select(Unit).where(Unit.id.in_(counted_units(a_round)), in_scope(actor))

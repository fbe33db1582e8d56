"""All units of an institution on one page, as each one's own dashboard shows it.

A few queries for all of them together. Of a unit under five nothing is told but that; an open
period shows the steps that its dashboards show, see ``desk.unit.steps``.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden, in_scope
from analysis.index.disclosed import DisclosedIndex, disclose, large_cells
from analysis.index.sample import minimum_sample
from analysis.index.satisfaction import satisfaction
from analysis.index.tally import Tally
from analysis.rulebook.scheme import Scheme
from analysis.uncertainty.change import Change, index_changes
from analysis.uncertainty.uncertainty import Uncertainty, uncertainty
from desk.home.handed_out import reports_handed_out
from desk.home.plans import PlanState, plan_states
from desk.office.periods import own_period
from desk.office.visits import visits_by_unit
from desk.register.standing import units_in
from desk.unit.changes import period_alike_before
from desk.unit.results import population
from desk.unit.steps import shown_by_unit, shown_respondents
from models import Announcement, Institution, Period, Unit
from survey.names import names_then
from survey.schemes import used_scheme

Figure = TypeVar("Figure")


@dataclass(frozen=True)
class OverviewLine:
    """One unit of a period; ``index`` and what follows None where fewer than five responded.

    ``minimum``: of respondents, None where the visits are not known; ``earlier``: the index of
    the period before; ``report``: the day on which the unit's report was last taken away;
    ``announced``: when its result was made public.
    """

    unit: Unit
    name: str
    index: DisclosedIndex | None
    certainty: Uncertainty | None
    minimum: int | None
    earlier: DisclosedIndex | None
    change: Change | None
    plan: PlanState
    report: date | None
    announced: datetime | None

    @property
    def short(self) -> int | None:
        """How many respondents are missing to the minimum; None: not known, or not to be told."""
        if self.minimum is None or self.index is None:
            return None
        return max(0, self.minimum - self.index.n)


@dataclass(frozen=True)
class InstitutionOverview:
    """The units of an institution in one period that an actor may see.

    ``before``: the period that the change is measured from; None where none asked the same.
    """

    institution: Institution
    period: Period
    scheme: Scheme
    before: Period | None
    lines: Sequence[OverviewLine]


def overview(session: Session, actor: Actor, period_id: int) -> InstitutionOverview:
    """How the units of a period stand that the actor may see. Raises Forbidden for no unit."""
    period = session.get(Period, period_id)
    if period is None:
        raise Forbidden(f"period {period_id}")
    own_period(session, period.institution_id, period_id)
    units = session.scalars(units_in(period).where(in_scope(actor))).all()
    if not units:
        raise Forbidden(f"period {period_id}")
    ids, scheme = [unit.id for unit in units], used_scheme(period)
    before = period_alike_before(session, period)
    visits = visits_by_unit(session, period.id)
    shown = shown_by_unit(session, period, ids)
    indices, apart = _indices(shown, scheme), _apart(shown)
    known = [population(visits.get(key), indices[key].n) for key in _keys(apart)]
    sure = _by_unit(apart, uncertainty(apart, scheme, known))
    earlier, changes = _since(session, before, apart, indices)
    reports = reports_handed_out(session, period, [unit.code for unit in units])
    plans = plan_states(session, period, period.institution.today)
    announced = _announced(session, period)
    names = names_then(session, period)
    lines = [
        OverviewLine(
            unit=unit,
            name=names.of(unit),
            index=indices.get(unit.id),
            certainty=sure.get(unit.id),
            minimum=_minimum(scheme, visits.get(unit.id)),
            earlier=earlier.get(unit.id),
            change=changes.get(unit.id),
            plan=plans.get(unit.id, PlanState()),
            report=reports.get(unit.code),
            announced=announced.get(unit.id),
        )
        for unit in units
    ]
    return InstitutionOverview(period.institution, period, scheme, before, lines)


def short_of_minimum(session: Session, period: Period, units: Collection[int]) -> Mapping[int, int]:
    """By unit of an open period, how many respondents it still lacks.

    Absent where it has enough, or no visits are noted. Of a unit under five, as if it had none:
    its dashboard tells no more.
    """
    rule = used_scheme(period).minimum_sample
    visits = visits_by_unit(session, period.id)
    wanted = {key: visits[key] for key in units if key in visits}
    if rule is None or not wanted:
        return {}
    people = shown_respondents(session, period, list(wanted))
    lacking = {
        key: minimum_sample(number, rule.value) - people.get(key, 0)
        for key, number in wanted.items()
    }
    return {key: number for key, number in lacking.items() if number > 0}


def _since(
    session: Session, before: Period | None, apart: Tally, indices: Mapping[int, DisclosedIndex]
) -> tuple[dict[int, DisclosedIndex], dict[int, Change]]:
    """The indices of the period before, and each unit's change since; see ``_apart``."""
    if before is None or not indices:
        return {}, {}
    old, scheme = shown_by_unit(session, before, list(indices)), used_scheme(before)
    changes = index_changes(_apart(old), apart, scheme)
    return _indices(old, scheme), {key: changes[key] for key in _keys(apart) if key in changes}


def _indices(shown: Tally, scheme: Scheme) -> dict[int, DisclosedIndex]:
    """By unit its index alone: which means may be shown beside it depends on the sources."""
    whole = large_cells(shown.regroup(["unit_id"]))
    found = [disclose(one) for one in satisfaction(whole, scheme)]
    return _by_unit(whole, [replace(one, answered={}, means={}) for one in found])


def _apart(shown: Tally) -> Tally:
    """By unit, without the sources of one to four, whose spread would tell them apart."""
    return large_cells(shown).regroup(["unit_id"])


def _keys(by_unit: Tally) -> list[int]:
    found: list[int] = by_unit.counted["unit_id"].tolist()
    return found


def _by_unit(tally: Tally, figures: Sequence[Figure]) -> dict[int, Figure]:
    return dict(zip(_keys(tally), figures, strict=True))


def _minimum(scheme: Scheme, visits: int | None) -> int | None:
    rule = scheme.minimum_sample
    return minimum_sample(visits, rule.value) if visits and rule else None


def _announced(session: Session, period: Period) -> dict[int, datetime]:
    """When each unit's result was made public, the last time."""
    query = (
        select(Announcement.unit_id, Announcement.approved_at)
        .where(
            Announcement.period_id == period.id,
            Announcement.unit_id.is_not(None),
            Announcement.approved_at.is_not(None),
        )
        .order_by(Announcement.approved_at)
    )
    return {unit: moment for unit, moment in session.execute(query) if unit and moment}

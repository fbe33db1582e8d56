"""A unit's results as the people in charge of it see them.

No group of people under five is shown, nor one that could be had by subtraction.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_unit
from analysis.disclosure import Undisclosed, enough, few, hidden_groups
from analysis.index.disclosed import (
    DisclosedExperience,
    DisclosedIndex,
    disclose,
    disclose_experience,
)
from analysis.index.experience import Experienced
from analysis.index.sample import minimum_sample
from analysis.index.satisfaction import average, satisfaction
from analysis.index.tally import Tally
from analysis.rulebook.instrument import Instrument
from analysis.rulebook.scheme import Scheme
from analysis.uncertainty.uncertainty import Uncertainty, element_errors, uncertainty
from desk.office.periods import own_period
from desk.unit.steps import SOURCE, Shown, plain, shown_answers
from models import Batch, Period, Unit, Visits
from survey.counts import OPEN_LINK, VISIT, Selection, count_experiences
from survey.names import NamesThen, names_then
from survey.periods import asked_instrument
from survey.schemes import used_scheme


@dataclass(frozen=True)
class ResultGroup:
    """One service or month; ``index`` is None where the group is too small to be shown.

    ``key``: the service's id or the month.
    """

    name: str | None
    index: DisclosedIndex | None
    certainty: Uncertainty | None = None
    key: int | str | None = None


@dataclass(frozen=True)
class UnitResults:
    """What may be shown of a unit's survey in one period.

    ``index`` is None while fewer than five responses count. ``averaged``: the mean of the
    services' unrounded indices, None where a service is too small to be shown.
    ``certainty``: of the index, if respondents are a random sample of visits; ``errors``: the
    standard errors of the element means, NaN where there is none.
    ``experienced`` is None until the period has closed, and where fewer than five told.
    ``names``: of the unit, its institution and services in the period.
    ``answers``: what all this was computed from, with all sources and small groups.
    """

    unit: Unit
    period: Period
    names: NamesThen
    instrument: Instrument
    scheme: Scheme
    received: int
    counted: int
    withdrawn: int
    index: DisclosedIndex | None
    certainty: Uncertainty | None
    errors: Mapping[str, float]
    services: list[ResultGroup]
    months: list[ResultGroup]
    averaged: Fraction | None
    visits: int | None
    minimum: int | None
    experienced: DisclosedExperience | None
    answers: Undisclosed[Shown]

    @property
    def name(self) -> str:
        """The unit's name in the period."""
        return self.names.of(self.unit)

    @property
    def excluded(self) -> int:
        """Responses that an analyst took out of the count one by one."""
        return self.received - self.counted - self.withdrawn


def batches_of(session: Session, actor: Actor, unit_id: int, period_id: int) -> list[Batch]:
    """The imported batches of a unit in a period. Raises Forbidden."""
    require_unit(session, actor, unit_id)
    return list(
        session.scalars(
            select(Batch)
            .where(Batch.unit_id == unit_id, Batch.period_id == period_id)
            .order_by(Batch.id)
        )
    )


def unit_results(
    session: Session,
    actor: Actor,
    unit_id: int,
    period_id: int,
    without: Collection[str] = (),
) -> UnitResults:
    """The results of a unit, with or without some sources. Raises Forbidden.

    ``without``: "open_link", and numbers of imported batches; see ``survey.counts``.
    Of an open period: the step that is kept, see ``desk.unit.steps``.
    """
    unit = require_unit(session, actor, unit_id)
    period = own_period(session, unit.institution_id, period_id)
    instrument, scheme = asked_instrument(period), used_scheme(period)
    shown = shown_answers(session, unit, period, instrument)
    whole = _without(shown.whole, without).regroup([])
    index = satisfaction(whole, scheme)[0]
    may = enough(index.n) and _may_go(shown.whole, without)
    names = names_then(session, period)
    called = names.of_services(unit) | {None: None}
    services = _groups(shown.services, "service_id", without, scheme, called) if may else []
    visits = session.get(Visits, (unit_id, period_id))
    rule = scheme.minimum_sample
    masked = disclose(index) if may else None
    # The visits are those of all sources together.
    drawn_from = population(visits.number, index.n) if visits and not without else None
    return UnitResults(
        unit=unit,
        period=period,
        names=names,
        instrument=instrument,
        scheme=scheme,
        received=shown.responses.received,
        counted=shown.responses.counted,
        withdrawn=shown.responses.withdrawn,
        index=masked,
        certainty=uncertainty(whole, scheme, [drawn_from])[0] if may else None,
        errors=_errors(whole, masked, drawn_from) if masked else {},
        services=services,
        months=_groups(shown.months, "month", without, scheme) if may else [],
        averaged=_averaged(services),
        visits=visits.number if visits else None,
        minimum=minimum_sample(visits.number, rule.value) if visits and rule else None,
        experienced=_experienced(session, unit, period, instrument, without),
        answers=Undisclosed(shown),
    )


def population(visits: int | None, n: int) -> int | None:
    """The visits from which n respondents were drawn; None where they are not known to be.

    The number may have been noted early in a period.
    """
    return visits if visits is not None and visits >= n else None


def _errors(tally: Tally, index: DisclosedIndex, drawn_from: int | None) -> dict[str, float]:
    """The standard errors of the means that are shown."""
    found = element_errors(tally, [drawn_from])
    return {key: float(found[key][0]) for key, mean in index.means.items() if mean is not None}


def _without(tally: Tally, sources: Collection[str]) -> Tally:
    kept = tally.counted[~tally.counted[SOURCE].isin(list(sources))]
    return Tally(kept, tally.by, tally.items_of, tally.allowed)


def _may_go(whole: Tally, without: Collection[str]) -> bool:
    """Whether no source is so small that leaving it out would show what it says.

    Without the open link and the files, what is left are the visits: these too.
    """
    apart = {*without, VISIT} if OPEN_LINK in without else set(without)
    sizes = whole.counted.loc[whole.counted[SOURCE].isin(list(apart)), "respondents"]
    return all(map(enough, sizes.tolist()))


def _groups(
    tally: Tally,
    by: str,
    without: Collection[str],
    scheme: Scheme,
    names: Mapping[Any, str | None] | None = None,
) -> list[ResultGroup]:
    """The groups that ``by`` makes, each shown if it is large enough in every source."""
    hidden = _hidden(tally, by, without)
    kept = _without(tally, without).regroup([by])
    keys: list[Any] = [plain(key) for key in kept.counted[by]]
    found = zip(keys, satisfaction(kept, scheme), uncertainty(kept, scheme), strict=True)
    return [
        ResultGroup(names[key] if names else key, disclose(one), certainty, key)
        if one.n and key not in hidden
        else ResultGroup(names[key] if names else key, None, key=key)
        for key, one, certainty in found
    ]


def _hidden(tally: Tally, by: str, without: Collection[str]) -> set[Any]:
    """The groups too small among all citizens or in a file.

    With the open link left out, also those too small in it or beside it: whoever looks with
    it and without it can subtract.
    """
    rows = tally.counted
    together = rows.assign(**{SOURCE: rows[SOURCE].replace(OPEN_LINK, VISIT)})
    hidden: set[Any] = set()
    for look in [together, rows] if OPEN_LINK in without else [together]:
        sizes = look.groupby([SOURCE, by], dropna=False)["respondents"].sum()
        for _, groups in sizes.groupby(level=SOURCE):
            keys = map(plain, groups.index.get_level_values(by))
            hidden |= hidden_groups(dict(zip(keys, groups.to_list(), strict=True)))
    return hidden


def _averaged(services: list[ResultGroup]) -> Fraction | None:
    indices = [group.index for group in services if group.index]
    return average(indices) if len(indices) == len(services) else None


def _experienced(
    session: Session,
    unit: Unit,
    period: Period,
    instrument: Instrument,
    without: Collection[str],
) -> DisclosedExperience | None:
    if period.closed_at is None:
        return None

    def told(left_out: Collection[str]) -> Experienced | None:
        by_unit = count_experiences(
            session, instrument, Selection([period.id], [unit.id], left_out)
        )
        return by_unit.get(unit.id)

    found = told(without)
    if found and without and not _far_apart(told(()), found):
        return None
    return disclose_experience(found)


def _far_apart(whole: Experienced | None, part: Experienced) -> bool:
    """Whether subtracting tells in no place of one to four people."""
    if whole is None:
        return False
    gaps = [whole.answered - part.answered, whole.none - part.none]
    gaps += [count - part.forms[form] for form, count in whole.forms.items()]
    return not any(map(few, gaps))

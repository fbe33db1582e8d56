"""What of a year has reached the nation, and what has not: institution by institution."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accounts.actors import Actor, require_analyst
from analysis.disclosure import few
from analysis.federation.district_bundle import DistrictBundle, SentUnit
from analysis.federation.limits import load_federation
from desk.assessment.sampled import sampled_units
from desk.index.sent import bundles_in_force, not_apart
from desk.index.surveys import pooled_periods
from models import Institution, Period, ReceivedBundle, TrustedKey, TrustedKeyDecision, Unit
from survey.counts import OPEN_LINK, Selection, count_responses

Arrived = Literal["bundle", "rows", "nothing"]
IMPORT = "import"


@dataclass(frozen=True)
class InstitutionGaps:
    """What came of an institution's year, and what is missing in it.

    ``until``: the last day of what came; ``late``: whether nothing came though the year is long
    over; ``instruments``: of its surveys, the latest first; ``unlike``: whether that is another
    text than most were asked. Of its units, by name: ``missing``, who gave no answer that counts;
    ``few``, under five; ``not_apart``, of which a way cannot be left out. ``skipped``: the numbers
    of bundles that never came; ``unknown`` and ``unsent``: codes of units and services (after a
    colon) that only the district's register has, or only this one.
    """

    institution: Institution
    how: Arrived
    late: bool
    until: date | None = None
    number: int | None = None
    instruments: Sequence[str] = ()
    unlike: bool = False
    missing: Sequence[str] = ()
    few: Sequence[str] = ()
    not_apart: Sequence[str] = ()
    skipped: Sequence[int] = ()
    unknown: Sequence[str] = ()
    unsent: Sequence[str] = ()

    @property
    def whole(self) -> bool:
        """Whether there is nothing to ask the district for."""
        return self.how != "nothing" and not (
            self.unlike
            or self.missing
            or self.few
            or self.not_apart
            or self.skipped
            or self.unknown
            or self.unsent
        )


def gaps(session: Session, actor: Actor, year: int) -> list[InstitutionGaps]:
    """The institutions of the year's sample, by name; without a sample those that may send.

    Raises Forbidden.
    """
    require_analyst(actor)
    units = _expected(session, year)
    places = {unit.institution_id: unit.institution for unit in units}
    sent = bundles_in_force(session, year, places)
    own = pooled_periods(session, [one for one in places if one not in sent], year, None)
    latest = {place: one.surveys[0].instrument.hash for place, one in sent.items() if one.surveys}
    latest |= {place: periods[0].instrument_hash for place, periods in own.items()}
    usual = Counter(latest.values()).most_common(1)
    rated = _rated(session, own, units)
    found = []
    for place, institution in places.items():
        mine = [unit for unit in units if unit.institution_id == place]
        unlike = place in latest and latest[place] != usual[0][0]
        if bundle := sent.get(place):
            skipped = _skipped(session, place, bundle)
            found.append(_of_bundle(institution, mine, bundle, (skipped, unlike)))
        else:
            found.append(_of_rows(institution, mine, own.get(place, []), (rated, unlike, year)))
    return sorted(found, key=lambda one: one.institution.name)


def years_received(session: Session, actor: Actor) -> list[int]:
    """The years of which bundles came, newest first. Raises Forbidden."""
    require_analyst(actor)
    year = ReceivedBundle.year
    return list(session.scalars(select(year).distinct().order_by(year.desc())))


def _expected(session: Session, year: int) -> list[Unit]:
    """The units of the sample; without one, all of the institutions that may send bundles."""
    sample = sampled_units(session, year)
    confirmed = (
        select(TrustedKey.institution_id)
        .join(TrustedKeyDecision, TrustedKeyDecision.key_id == TrustedKey.id)
        .where(TrustedKeyDecision.confirmed)
    )
    which = Unit.id.in_(sample) if sample is not None else Unit.institution_id.in_(confirmed)
    loaded = joinedload(Unit.institution).selectinload(Institution.units)
    query = select(Unit).where(which).options(loaded.selectinload(Unit.services))
    return list(session.scalars(query.order_by(Unit.name)).unique())


def _rated(
    session: Session, own: Mapping[int, Sequence[Period]], units: Sequence[Unit]
) -> dict[int, int]:
    """By unit how many responses of rows that are stored here count."""
    periods = [period.id for group in own.values() for period in group]
    mine = [unit.id for unit in units if unit.institution_id in own]
    counted: Counter[int] = Counter()
    for (unit, _), one in count_responses(session, Selection(periods, mine)).items():
        counted[unit] += one.counted
    return dict(counted)


def _skipped(session: Session, institution_id: int, bundle: DistrictBundle) -> list[int]:
    came = select(ReceivedBundle.number).where(
        ReceivedBundle.institution_id == institution_id, ReceivedBundle.year == bundle.year
    )
    return sorted(set(range(1, bundle.number)) - set(session.scalars(came)))


def _of_bundle(
    institution: Institution,
    units: Sequence[Unit],
    bundle: DistrictBundle,
    known: tuple[Sequence[int], bool],
) -> InstitutionGaps:
    skipped, unlike = known
    told = {one.code: one for one in (bundle.surveys[0].units if bundle.surveys else ())}
    theirs, ours = _codes_sent(bundle), _codes_here(institution)
    return InstitutionGaps(
        institution=institution,
        how="bundle",
        late=False,
        until=max((one.ends for survey in bundle.surveys for one in survey.periods), default=None),
        number=bundle.number,
        instruments=[survey.instrument.id for survey in bundle.surveys],
        unlike=unlike,
        missing=[one.name for one in units if not _respondents(told.get(one.code))],
        few=[one.name for one in units if few(_respondents(told.get(one.code)))],
        not_apart=[
            one.name
            for one in units
            if (sent := told.get(one.code))
            and any(not_apart(sent, without) for without in ([OPEN_LINK], [IMPORT]))
        ],
        skipped=skipped,
        unknown=sorted(theirs - ours),
        unsent=sorted(ours - theirs),
    )


def _of_rows(
    institution: Institution,
    units: Sequence[Unit],
    periods: Sequence[Period],
    known: tuple[Mapping[int, int], bool, int],
) -> InstitutionGaps:
    rated, unlike, year = known
    if not periods:
        since = date(year, 12, 31) + timedelta(days=load_federation().late_days)
        return InstitutionGaps(institution, "nothing", late=institution.today > since)
    return InstitutionGaps(
        institution=institution,
        how="rows",
        late=False,
        until=periods[0].ends,
        instruments=[periods[0].instrument.key],
        unlike=unlike,
        missing=[one.name for one in units if not rated.get(one.id)],
        few=[one.name for one in units if few(rated.get(one.id, 0))],
    )


def _respondents(unit: SentUnit | None) -> int:
    return unit.respondents if unit else 0


def _codes_sent(bundle: DistrictBundle) -> set[str]:
    units = {one.code for one in bundle.registered}
    return units | _services((one.code, one.services) for one in bundle.registered)


def _codes_here(institution: Institution) -> set[str]:
    units = {one.code for one in institution.units}
    return units | _services(
        (one.code, [service.code for service in one.services]) for one in institution.units
    )


def _services(of: Iterable[tuple[str, Sequence[str]]]) -> set[str]:
    return {f"{unit}:{service}" for unit, services in of for service in services}

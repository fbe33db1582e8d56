"""Loading what districts sent: checked whole, all or nothing; the same once more does nothing.

What takes long, reading and checking, is done while nobody waits; what may have changed since is
compared again in the short transaction that stores.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import extract, select
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_analyst
from analysis.errors import BadInput, Place, Problem, Written, bad
from analysis.federation.district_bundle import (
    BundleFile,
    DistrictBundle,
    NamedRules,
    SentPeriod,
    SentSurvey,
    read_bundle,
    read_file,
    require_signed,
)
from analysis.federation.possible import require_possible, require_whole
from analysis.rulebook.instrument import (
    Instrument,
    instrument_ids,
    load_instrument,
    parse_instrument,
)
from analysis.rulebook.scheme import Scheme, load_scheme, scheme_ids
from desk.audit import log
from desk.federation.trusted import key_in_force
from desk.impartial import require_impartial_of
from desk.office.periods import keep_instrument, keep_scheme
from models import (
    Institution,
    InstrumentUsed,
    Period,
    ReceivedBundle,
    ReceivedPeriod,
    SchemeUsed,
    TrustedKey,
    Unit,
    now,
    one_at_a_time,
)
from survey.fitting import require_table
from survey.schemes import kept_scheme

# Of the clocks of two servers.
AHEAD = timedelta(minutes=5)


@dataclass(frozen=True)
class LoadingPlan:
    """A bundle of which all was checked. ``held``: the one that holds until now, None: the first.

    ``same``: whether that is this very one, so that there is nothing to do; ``trusted``: the key
    by which it was checked; ``document``: the file, word for word; ``hash``: its name.
    """

    file: BundleFile
    bundle: DistrictBundle
    institution: Institution
    key: TrustedKey
    held: ReceivedBundle | None
    trusted: str
    document: str
    hash: str

    @property
    def same(self) -> bool:
        """Whether it holds already."""
        return self.held is not None and self.held.hash == self.hash


def plan_loading(session: Session, actor: Actor, content: bytes, name: str) -> LoadingPlan:
    """Checks a bundle's file; stores nothing. ``name``: the file's, for refusals.

    Raises Forbidden, and BadInput for a file that is none, a signature that is not that of the
    institution's key, one that is older than what holds, places, rules or periods that are not
    known here, and for numbers that cannot be.
    """
    require_analyst(actor)
    file = read_file(content, name)
    code = str(file.document.get("institution"))
    institution, key = _believed(session, code, name)
    require_signed(file, key.public_key)
    bundle = read_bundle(file.document)
    require_impartial_of(session, actor, [institution.code])
    held = _held(session, institution.id, bundle.year)
    as_it_came = key.public_key, content.decode(), file.hash
    plan = LoadingPlan(file, bundle, institution, key, held, *as_it_came)
    if not plan.same:
        _require_fitting(session, plan)
        require_whole(bundle)
        for survey in bundle.surveys:
            instrument, scheme = _rules(session, survey, survey.periods[0])
            require_possible(survey, instrument, scheme)
    return plan


def load_bundle(session: Session, actor: Actor, checked: LoadingPlan) -> LoadingPlan:
    """Stores a bundle that ``plan_loading`` checked; one that holds already changes nothing.

    What it replaces stays, word for word. What may have changed since is checked again, so raises
    what ``plan_loading`` raises. The caller commits.
    """
    require_analyst(actor)
    one_at_a_time(session, "received bundles")
    bundle = checked.bundle
    institution, key = _believed(session, bundle.institution)
    if key.public_key != checked.trusted:
        require_signed(checked.file, key.public_key)
    require_impartial_of(session, actor, [institution.code])
    held = _held(session, institution.id, bundle.year)
    plan = replace(checked, institution=institution, key=key, held=held)
    if plan.same:
        return plan
    _require_fitting(session, plan)
    received = ReceivedBundle(
        institution_id=plan.institution.id,
        year=bundle.year,
        number=bundle.number,
        hash=plan.hash,
        document=plan.document,
        key_id=plan.key.id,
        user_id=actor.user_id,
        created_at=now(),
    )
    session.add(received)
    session.flush()
    for survey in bundle.surveys:
        for one in survey.periods:
            _keep_period(session, received, survey, one)
    log(
        session,
        actor,
        "load_bundle",
        institution=plan.institution.code,
        year=bundle.year,
        number=bundle.number,
        sha256=received.hash,
        **({"reason": bundle.reason} if bundle.reason else {}),
    )
    return plan


def received_bundles(
    session: Session, actor: Actor, year: int
) -> list[tuple[ReceivedBundle, Institution]]:
    """All that came of a year, also those that were replaced, newest first. Raises Forbidden."""
    require_analyst(actor)
    query = (
        select(ReceivedBundle, Institution)
        .join(Institution, Institution.id == ReceivedBundle.institution_id)
        .where(ReceivedBundle.year == year)
        .order_by(ReceivedBundle.id.desc())
    )
    return [(bundle, place) for bundle, place in session.execute(query)]


def received_bundle(session: Session, actor: Actor, bundle_id: int) -> ReceivedBundle:
    """One of them, word for word. Raises Forbidden."""
    require_analyst(actor)
    return session.get_one(ReceivedBundle, bundle_id)


def _believed(session: Session, code: str, file: str = "") -> tuple[Institution, TrustedKey]:
    """The institution of this code and the key that is believed of it. Raises BadInput."""
    place = Place(file) if file else Place()
    institution = session.scalar(select(Institution).where(Institution.code == code))
    if institution is None:
        raise bad("bundle_institution", place, found=Written(code))
    key = key_in_force(session, institution.id)
    if key is None:
        raise bad("bundle_no_key", place, institution=Written(institution.name))
    return institution, key


def _require_fitting(session: Session, plan: LoadingPlan) -> None:
    """Refuses what does not fit to what is stored here."""
    _require_next(plan)
    _require_units(session, plan)
    _require_no_rows(session, plan)
    for survey in plan.bundle.surveys:
        _require_periods(session, plan, survey)
        instrument, _ = _rules(session, survey, survey.periods[0])
        require_table(session, instrument)


def _held(session: Session, institution_id: int, year: int) -> ReceivedBundle | None:
    mine = ReceivedBundle.institution_id == institution_id, ReceivedBundle.year == year
    newest = select(ReceivedBundle).where(*mine).order_by(ReceivedBundle.number.desc())
    return session.scalars(newest.limit(1)).first()


def _require_next(plan: LoadingPlan) -> None:
    """Refuses what is not newer than what holds, or names another as the one before it."""
    bundle, held = plan.bundle, plan.held
    if bundle.made > now() + AHEAD:
        raise bad("bundle_from_tomorrow", found=bundle.made.date())
    if held is None:
        return
    if bundle.number == held.number:
        raise bad("bundle_number_taken", number=bundle.number)
    if bundle.number < held.number:
        raise bad("bundle_older", number=bundle.number, held=held.number)
    if bundle.number == held.number + 1 and bundle.previous != held.hash:
        raise bad("bundle_chain", number=bundle.number)


def _require_units(session: Session, plan: LoadingPlan) -> None:
    """Refuses counts of units that are not of the institution, here too."""
    codes = {one.code for survey in plan.bundle.surveys for one in survey.units}
    rows = session.execute(select(Unit.code, Unit.institution_id).where(Unit.code.in_(codes)))
    whose = dict(rows.all())
    found = [
        Problem("bundle_unit_elsewhere" if code in whose else "bundle_unit_unknown", found=code)
        for code in sorted(codes)
        if whose.get(code) != plan.institution.id
    ]
    if found:
        raise BadInput(found)


def _require_no_rows(session: Session, plan: LoadingPlan) -> None:
    """Refuses a year of which periods are kept here: nobody shall be counted twice."""
    own = session.scalars(
        select(Period.code).where(
            Period.institution_id == plan.institution.id,
            extract("year", Period.ends) == plan.bundle.year,
            Period.id.not_in(select(ReceivedPeriod.period_id)),
        )
    ).all()
    if own:
        raise bad("bundle_own_periods", year=str(plan.bundle.year), periods=sorted(own))


def _require_periods(session: Session, plan: LoadingPlan, survey: SentSurvey) -> None:
    """Refuses rules not known here, and periods of which a bundle before told otherwise."""
    known = _periods(session, plan.institution.id)
    for one in survey.periods:
        _rules(session, survey, one)
        kept = known.get(one.code)
        if kept is not None and _told(kept) != _told(one):
            raise bad("bundle_period_changed", found=one.code)


def _periods(session: Session, institution_id: int) -> dict[str, Period]:
    mine = select(Period).where(Period.institution_id == institution_id)
    return {period.code: period for period in session.scalars(mine)}


def _told(one: Period | SentPeriod) -> tuple[object, ...]:
    """What of a period never changes once it has closed."""
    if isinstance(one, Period):
        return one.name, one.starts, one.ends, one.headline, one.instrument_hash, one.scheme_hash
    return one.name, one.starts, one.ends, one.headline, one.instrument, one.scheme


def _rules(session: Session, survey: SentSurvey, period: SentPeriod) -> tuple[Instrument, Scheme]:
    """The period's instrument and scheme, which were used here before or come with the program."""
    return (
        _instrument(session, NamedRules(id=survey.instrument.id, hash=period.instrument)),
        _scheme(session, NamedRules(id=survey.scheme.id, hash=period.scheme)),
    )


def _instrument(session: Session, named: NamedRules) -> Instrument:
    if used := session.get(InstrumentUsed, named.hash):
        return parse_instrument(used.text, used.key)
    if named.id in instrument_ids() and (own := load_instrument(named.id)).hash == named.hash:
        return own
    raise bad("bundle_rules_unknown", found=named.id, hash=named.hash[:12])


def _scheme(session: Session, named: NamedRules) -> Scheme:
    if used := session.get(SchemeUsed, named.hash):
        return kept_scheme(used)
    if named.id in scheme_ids() and (own := load_scheme(named.id)).hash == named.hash:
        return own
    raise bad("bundle_rules_unknown", found=named.id, hash=named.hash[:12])


def _keep_period(
    session: Session, received: ReceivedBundle, survey: SentSurvey, one: SentPeriod
) -> None:
    """A period that has closed elsewhere, where it is not known from a bundle before."""
    if one.code in _periods(session, received.institution_id):
        return
    instrument, scheme = _rules(session, survey, one)
    period = Period(
        institution_id=received.institution_id,
        code=one.code,
        name=one.name,
        starts=one.starts,
        ends=one.ends,
        instrument_hash=keep_instrument(session, instrument),
        scheme_hash=keep_scheme(session, scheme),
        headline=one.headline,
        opened_at=one.opened,
        closed_at=one.closed,
    )
    session.add(period)
    session.flush()
    session.add(ReceivedPeriod(period_id=period.id, bundle_id=received.id))
    session.flush()

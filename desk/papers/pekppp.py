"""The evidence for PEKPPP F-02 of an institution over two years, as far as it was recorded."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from itertools import chain, groupby
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from accounts.actors import Actor, Forbidden, require_coordinator
from analysis.disclosure import SMALLEST_GROUP
from analysis.errors import BadInput
from desk.evidence import COPY, PDF, ShownEvidence, shown_evidence
from desk.jobs import Tell
from desk.office.periods import closed_period
from desk.papers.contents import SOFTWARE, units_of
from desk.unit.follow_up import consultations_of, follow_ups_of
from desk.unit.results import unit_results
from locales import Language, say
from models import Announcement, FollowUp, Institution, Medium, Period, Service, Unit
from reports.papers.evidence import COLUMNS, INDICATORS, PekpppEvidence, TableCell
from survey.names import NamesThen, names_then

YEARS = 2
STARTED = ("under_way", "done")
ENDINGS = {COPY: "jpg", PDF: "pdf"}


@dataclass
class _Gathered:
    """What has been found so far, in one language."""

    session: Session
    actor: Actor
    language: Language
    tables: dict[str, list[Sequence[TableCell]]] = field(
        default_factory=lambda: {name: [] for name in COLUMNS}
    )
    # By indicator: what is missing of whom, and the periods in which it is.
    missing: dict[int, dict[tuple[str, str], list[str]]] = field(
        default_factory=lambda: {number: {} for number in INDICATORS}
    )
    proofs: dict[str, bytes] = field(default_factory=dict)
    names: dict[int, NamesThen] = field(default_factory=dict)

    def called(self, unit: Unit, period: Period) -> str:
        """The unit's name in the period."""
        if period.id not in self.names:
            self.names[period.id] = names_then(self.session, period)
        return self.names[period.id].of(unit)

    def say(self, key: str, **values: object) -> str:
        return say(self.language, f"evidence.{key}", **values)

    def lacks(self, number: int, key: str, whose: str, period: str) -> None:
        """Notes what there is no evidence of for an indicator."""
        self.missing[number].setdefault((key, whose), []).append(period)

    def lacking(self) -> dict[int, list[str]]:
        """What is missing, in a sentence for each kind and unit."""
        return {
            number: [
                self.say(key, unit=whose, periods="; ".join(periods), smallest=SMALLEST_GROUP)
                for (key, whose), periods in lacks.items()
            ]
            for number, lacks in self.missing.items()
        }

    def prove(self, number: int, digest: str | None, whose: str, what: str) -> str | None:
        """The name of a kept file among the proofs; None, and said so, where it is not there."""
        shown = _shown(self.session, digest) if digest else None
        if digest is None or shown is None or shown.content is None:
            self.lacks(number, "no_proof", whose, what)
            return None
        name = f"{self.say('folder')}/{number}-{digest[:12]}.{ENDINGS[shown.media_type]}"
        self.proofs[name] = shown.content
        return name


def gather_evidence(
    session: Session, actor: Actor, period_id: int, language: Language, tell: Tell
) -> PekpppEvidence:
    """What there is for an institution's closed periods of the two years up to a period's end.

    Raises Forbidden, and BadInput for an open period, and what ``tell`` raises.
    """
    period = session.get(Period, period_id)
    if period is None:
        raise Forbidden(f"period {period_id}")
    institution = require_coordinator(session, actor, period.institution_id)
    last = closed_period(session, institution.id, period_id).ends
    first = (pd.Timestamp(last) - pd.DateOffset(years=YEARS) + pd.Timedelta(days=1)).date()
    periods = session.scalars(
        select(Period)
        .where(
            Period.institution_id == institution.id,
            Period.closed_at.is_not(None),
            Period.ends.between(first, last),
        )
        .order_by(Period.starts)
    ).all()
    surveyed = {period.id: units_of(session, period) for period in periods}
    units = list(dict.fromkeys(chain.from_iterable(surveyed.values())))
    found = _Gathered(session, actor, language)
    tell(0, len(units))
    for period in periods:
        title = period.instrument.key
        found.tables["periods"].append(
            [period.name, period.starts, period.ends, title, period.instrument_hash]
        )
        _announced(found, period, None, institution.name)
    for at, unit in enumerate(units, 1):
        for period in periods:
            if unit in surveyed[period.id]:
                _survey(found, unit, period)
        tell(at, len(units))
    return _evidence(found, institution, first, last)


def _shown(session: Session, digest: str) -> ShownEvidence | None:
    """What is handed on of kept evidence; an older photo that is broken is none."""
    try:
        return shown_evidence(session, digest)
    except BadInput:
        return None


def _evidence(
    found: _Gathered, institution: Institution, first: date, last: date
) -> PekpppEvidence:
    return PekpppEvidence(
        institution=institution.name,
        first=first,
        last=last,
        made=institution.today,
        software=SOFTWARE,
        tables=found.tables,
        missing=found.lacking(),
        proofs=found.proofs,
        demonstration=institution.demonstration,
    )


def _survey(found: _Gathered, unit: Unit, period: Period) -> None:
    """All indicators of one unit's survey."""
    _sampled(found, unit, period)
    announcements = _announced(found, period, unit, found.called(unit, period))
    plans = follow_ups_of(found.session, found.actor, unit.id, period.id)
    _consulted(found, unit, period)
    if not plans:
        found.lacks(8, "no_plan", found.called(unit, period), period.name)
    _realised(found, unit, period, plans)
    _days(found, unit, period, announcements, plans)


def _sampled(found: _Gathered, unit: Unit, period: Period) -> None:
    """6: how many responded, against the minimum; none under five."""
    results = unit_results(found.session, found.actor, unit.id, period.id)
    whose = results.name, period.name
    n = results.index.n if results.index else None
    enough = None
    if n is None:
        found.lacks(6, "too_few", *whose)
    elif results.minimum is None:
        found.lacks(6, "no_visits", *whose)
    else:
        enough = found.say("yes" if n >= results.minimum else "no")
    row = [*whose, n, results.visits, results.minimum, enough]
    found.tables["samples"].append(row)


def _announced(
    found: _Gathered, period: Period, unit: Unit | None, name: str
) -> Sequence[Announcement]:
    """7: where and when the result was published, with pictures; the approved announcements."""
    announcements = found.session.scalars(
        select(Announcement)
        .where(
            Announcement.period_id == period.id,
            Announcement.unit_id == (unit.id if unit else None),
            Announcement.approved_at.is_not(None),
        )
        .options(selectinload(Announcement.media))
        .order_by(Announcement.approved_at)
    ).all()
    media = [medium for one in announcements for medium in one.media]
    whose = name, period.name
    if not announcements:
        found.lacks(7, "not_announced", *whose)
    elif not media:
        found.lacks(7, "no_media", *whose)
    found.tables["media"] += [_medium(found, name, period, medium) for medium in media]
    return announcements


def _medium(found: _Gathered, name: str, period: Period, medium: Medium) -> Sequence[TableCell]:
    kind = found.say(f"medium_{medium.medium}")
    proof = found.prove(7, medium.evidence_hash, name, f"{period.name}, {medium.place}")
    return [name, period.name, kind, medium.place, medium.published, proof]


def _realised(found: _Gathered, unit: Unit, period: Period, plans: Sequence[FollowUp]) -> None:
    """8: per service, how many programmes were planned and done, with proofs of those done."""
    name = found.called(unit, period)
    ordered = sorted(plans, key=lambda plan: plan.service_id or 0)
    for service_id, grouped in groupby(ordered, key=lambda plan: plan.service_id):
        service = found.session.get(Service, service_id) if service_id else None
        those = list(grouped)
        done = [plan for plan in those if plan.steps[-1].status == "done"]
        found.tables["realised"].append(
            [
                name,
                found.names[period.id].of(service) if service else found.say("all_services"),
                period.name,
                len(those),
                len(done),
                f"{round(100 * len(done) / len(those))}%",
            ]
        )
        for plan in done:
            digests = [step.evidence_hash for step in plan.steps if step.evidence_hash]
            what = f"{period.name}, {plan.programme}"
            found.prove(8, digests[-1] if digests else None, name, what)


def _consulted(found: _Gathered, unit: Unit, period: Period) -> None:
    """8: the public consultations, their minutes as files, and what was kept with them."""
    whose = found.called(unit, period)
    for one in consultations_of(found.session, found.actor, unit.id, period.id):
        minutes = one.minutes.encode()
        name = f"{found.say('folder')}/8-{sha256(minutes).hexdigest()[:12]}.txt"
        found.proofs[name] = minutes
        what = f"{period.name}, {one.held}"
        proof = found.prove(8, one.evidence_hash, whose, what) if one.evidence_hash else None
        found.tables["consultations"].append(
            [whose, period.name, one.held, one.participants, name, proof]
        )


def _days(
    found: _Gathered,
    unit: Unit,
    period: Period,
    announcements: Sequence[Announcement],
    plans: Sequence[FollowUp],
) -> None:
    """9: days from the first announcement to the first step of the follow-up."""
    told = [one.approved_at for one in announcements if one.approved_at]
    steps = [step.created_at for plan in plans for step in plan.steps if step.status in STARTED]
    announced, first = (_first_day(unit, moments) for moments in (told, steps))
    whose = found.called(unit, period), period.name
    if announced is None:
        found.lacks(9, "not_announced", *whose)
    if first is None:
        found.lacks(9, "no_step", *whose)
    days = (first - announced).days if announced and first else None
    found.tables["days"].append([*whose, announced, first, days])


def _first_day(unit: Unit, moments: Sequence[datetime]) -> date | None:
    zone = ZoneInfo(unit.institution.timezone)
    return min(moments).astimezone(zone).date() if moments else None

"""A survey's result made public by its own institution: one prepares, another approves.

Apart from the Ombudsman's publications (``desk.publication.publishing``). What is approved never
changes; a correction is a new announcement.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from hashlib import sha256
from typing import Any
from uuid import UUID

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from accounts.actors import Actor, Forbidden, require_coordinator, require_staff
from accounts.two_people import require_two_people
from analysis.characters import entered
from analysis.errors import Written, bad
from analysis.exact import mean_of
from analysis.index.disclosed import DisclosedIndex
from analysis.rulebook.scheme import Scheme
from desk.audit import log
from desk.office.periods import closed_period
from desk.publication.stated import software_version
from desk.register.standing import units_in
from desk.unit.certainty import certainty_of
from desk.unit.respondents import respondents
from desk.unit.results import UnitResults, unit_results
from models import Announcement, Medium, Period, Unit, now
from models.announcements import MEDIA
from survey.schemes import used_scheme

AnnouncedResult = dict[str, Any]
# 2: says also how sure a unit's index is and who answered, and of fewer than five not how many.
FORMAT = 2
COUNTS = ("received", "counted", "excluded", "withdrawn")


def prepare_unit(session: Session, actor: Actor, unit_id: int, period_id: int) -> Announcement:
    """Prepares a unit's result of a closed period. Raises Forbidden or BadInput."""
    unit = require_staff(session, actor, unit_id)
    period = closed_period(session, unit.institution_id, period_id)
    results = unit_results(session, actor, unit_id, period_id)
    if headline_of(results) is None:
        raise bad("unit_without_index", unit=unit.name)
    return _keep(session, actor, period, unit, _of_unit(session, results))


def prepare_institution(
    session: Session, actor: Actor, institution_id: int, period_id: int
) -> Announcement:
    """Prepares an institution's result: the simple mean of its units' unrounded indices.

    Raises Forbidden, and BadInput where no unit has an index or the period is open.
    """
    institution = require_coordinator(session, actor, institution_id)
    period = closed_period(session, institution_id, period_id)
    units = session.scalars(units_in(period)).all()
    results = [unit_results(session, actor, unit.id, period_id) for unit in units]
    if not any(headline_of(one) is not None for one in results):
        raise bad("no_unit_with_index", institution=institution.name)
    return _keep(session, actor, period, None, _of_institution(period, results))


def approve(session: Session, actor: Actor, announcement_id: UUID) -> Announcement:
    """Makes a prepared result public: a coordinator who did not prepare it.

    Raises Forbidden or BadInput.
    """
    announcement = session.get_one(Announcement, announcement_id)
    require_coordinator(session, actor, announcement.institution_id)
    session.refresh(announcement, with_for_update=True)
    if announcement.prepared_by == actor.user_id:
        raise bad("own_announcement")
    require_two_people(session, actor, [announcement.prepared_by])
    if announcement.approved_at is not None:
        raise bad("announcement_approved")
    announcement.approved_by, announcement.approved_at = actor.user_id, now()
    log(
        session,
        actor,
        "approve_announcement",
        announcement=str(announcement.id),
        sha256=announcement.document_hash,
    )
    return announcement


@dataclass(frozen=True)
class NewMedium:
    """Where and when a result was published; ``evidence``: the hash of a file that was kept."""

    medium: str
    place: str
    published: date
    evidence: str | None = None


def note_medium(session: Session, actor: Actor, announcement_id: UUID, new: NewMedium) -> Medium:
    """Notes where a public result was published. Raises Forbidden or BadInput."""
    announcement = session.get_one(Announcement, announcement_id)
    if not (
        announcement.unit_id in actor.units or announcement.institution_id in actor.institutions
    ):
        raise Forbidden(f"announcement {announcement_id}")
    if announcement.approved_at is None:
        raise bad("announcement_not_public")
    if new.medium not in MEDIA:
        raise bad("unknown_medium", found=Written(new.medium), known=MEDIA)
    place = entered(new.place)
    if not 0 < len(place) <= 200:
        raise bad("place_unfit", found=Written(new.place), most=200)
    noted = Medium(
        announcement_id=announcement_id,
        medium=new.medium,
        place=place,
        published=new.published,
        evidence_hash=new.evidence,
        user_id=actor.user_id,
        created_at=now(),
    )
    session.add(noted)
    session.flush()
    log(session, actor, "note_medium", announcement=str(announcement_id), medium=new.medium)
    return noted


def public_announcements(session: Session) -> Sequence[Announcement]:
    """Everything that was approved, newest first; open to everyone."""
    return session.scalars(
        select(Announcement)
        .where(Announcement.approved_at.is_not(None))
        .order_by(Announcement.approved_at.desc())
    ).all()


def announcements_of(session: Session, actor: Actor) -> Sequence[Announcement]:
    """What the actor's units and institutions prepared or published, newest first."""
    own = Announcement.institution_id.in_(actor.institutions)
    return session.scalars(
        select(Announcement)
        .where(own | Announcement.unit_id.in_(actor.units))
        .options(selectinload(Announcement.media))
        .order_by(Announcement.prepared_at.desc())
    ).all()


def read_announcement(announcement: Announcement) -> AnnouncedResult:
    """The document, as it was prepared."""
    content: AnnouncedResult = json.loads(announcement.document)
    return content


def scheme_of(session: Session, announcement: Announcement) -> Scheme:
    """The scheme under which the announced index was computed."""
    return used_scheme(session.get_one(Period, announcement.period_id))


def headline_of(results: UnitResults) -> Fraction | None:
    """The unrounded index that is the headline by the rule fixed when the period opened."""
    if results.period.headline == "averaged":
        return results.averaged
    return results.index.index if results.index else None


def _keep(
    session: Session, actor: Actor, period: Period, unit: Unit | None, document: AnnouncedResult
) -> Announcement:
    text = rfc8785.dumps(document).decode()
    digest = sha256(text.encode()).hexdigest()
    same = Announcement.document_hash == digest
    if session.scalar(select(Announcement.id).where(Announcement.period_id == period.id, same)):
        raise bad("same_figures")
    announcement = Announcement(
        institution_id=period.institution_id,
        unit_id=unit.id if unit else None,
        period_id=period.id,
        document=text,
        document_hash=digest,
        prepared_by=actor.user_id,
        prepared_at=now(),
    )
    session.add(announcement)
    session.flush()
    log(
        session,
        actor,
        "prepare_announcement",
        announcement=str(announcement.id),
        sha256=announcement.document_hash,
    )
    return announcement


def _of_unit(session: Session, results: UnitResults) -> AnnouncedResult:
    return {
        **_head(results.names.of(results.unit.institution), results.period),
        "unit": {"code": results.unit.code, "name": results.name},
        "headline": results.period.headline,
        **_score(headline_of(results), results.scheme),
        **_figures(results),
        "certainty": _certainty(results),
        "respondents": respondents(session, results).groups,
        "services": [{"name": group.name, **_pooled(group.index)} for group in results.services],
    }


def _of_institution(period: Period, results: Sequence[UnitResults]) -> AnnouncedResult:
    scored = [(one, headline_of(one)) for one in results]
    indices = [index for _, index in scored if index is not None]
    return {
        **_head(results[0].names.of(period.institution), period),
        "unit": None,
        "headline": period.headline,
        **_score(mean_of(indices), results[0].scheme),
        "units": [
            {
                "code": one.unit.code,
                "name": one.name,
                **_score(index, one.scheme),
                **_figures(one),
            }
            for one, index in scored
        ],
    }


def _head(institution: str, period: Period) -> AnnouncedResult:
    return {
        "format": FORMAT,
        "institution": {
            "code": period.institution.code,
            "name": institution,
            "demonstration": period.institution.demonstration,
        },
        "period": {
            "code": period.code,
            "name": period.name,
            "starts": period.starts.isoformat(),
            "ends": period.ends.isoformat(),
        },
        "instrument": {"id": period.instrument.key, "sha256": period.instrument_hash},
        "scheme": {"id": period.scheme.key, "sha256": period.scheme_hash},
        "software": f"suara-layanan {software_version()}",
    }


def _figures(results: UnitResults) -> AnnouncedResult:
    index = results.index
    return {
        "n": index.n if index else None,
        **{key: getattr(results, key) if index else None for key in COUNTS},
        "visits": results.visits,
        "minimum": results.minimum,
        "pooled": _pooled(index),
        "averaged": None if results.averaged is None else str(results.averaged),
        "means": {key: _exact(mean) for key, mean in index.means.items()} if index else {},
        "answered": {
            key: count for key, count in index.answered.items() if index.means[key] is not None
        }
        if index
        else {},
    }


def _certainty(results: UnitResults) -> AnnouncedResult | None:
    """How sure the headline is; None where that is not known of it, or of so few."""
    sure = certainty_of(results)
    if sure is None:
        return None
    return {
        "level": str(sure.level),
        "interval": [str(results.scheme.round(Fraction(edge))) for edge in sure.interval]
        if sure.interval
        else None,
        "sentence": sure.sentence and sure.sentence.model_dump(),
        "assumption": sure.assumption.model_dump(),
        "standing": sure.standing,
    }


def _pooled(index: DisclosedIndex | None) -> AnnouncedResult:
    if index is None:
        return {"index": None, "index_exact": None, "n": None}
    return {"index": index.shown, "index_exact": _exact(index.index), "n": index.n}


def _score(index: Fraction | None, scheme: Scheme) -> AnnouncedResult:
    if index is None:
        return {"index": None, "index_exact": None, "grade": None, "label": None}
    band = scheme.band(index)
    return {
        "index": str(scheme.round(index)),
        "index_exact": str(index),
        "grade": band and band.grade,
        "label": band and band.label.model_dump(),
    }


def _exact(value: Fraction | None) -> str | None:
    return None if value is None else str(value)

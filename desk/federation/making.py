"""A district's bundle: what its instance tells the nation's of a year, signed, without a row."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import extract, select
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_coordinator
from analysis.errors import bad
from analysis.federation.district_bundle import (
    FORMAT,
    VERSION,
    DistrictBundle,
    file_bytes,
    read_bundle,
    read_file,
    signed_bytes,
)
from analysis.publication.sealed import FIRST
from desk.audit import log
from desk.federation.surveys import registered, surveys_of
from desk.publication.stated import software_version
from desk.reasons import worded
from models import InstanceKey, Period, SentBundle, now, one_at_a_time
from survey.final_counts import count_anew
from survey.signing import public_pem, sign

# What tells of when and why a bundle was made, not of the surveys.
OF_THE_ACT = ("number", "previous", "reason", "made", "software")


@dataclass(frozen=True)
class NewBundle:
    """Of which year of which institution; ``reason``: why it takes the place of one before."""

    institution_id: int
    year: int
    reason: str = ""


def make_bundle(session: Session, actor: Actor, new: NewBundle, secret: bytes) -> SentBundle:
    """Signs what the closed periods that ended in the year say, for the nation's instance.

    The institution's coordinator does. Where nothing changed since the last one, that is given
    again. Raises Forbidden, and BadInput where no period of the year has closed, or a changed
    bundle comes without its reason. The caller commits.
    """
    institution = require_coordinator(session, actor, new.institution_id)
    one_at_a_time(session, f"bundle {institution.id} {new.year}")
    count_anew(session)  # what is signed rests on the responses
    periods = _closed(session, institution.id, new.year)
    if not periods:
        raise bad("bundle_no_period", year=str(new.year))
    before = _made(session, institution.id, new.year)
    told: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "institution": institution.code,
        "year": new.year,
        "units": registered(institution),
        "surveys": surveys_of(session, institution, periods),
    }
    if before and _same(before, told):
        return before
    number = before.number + 1 if before else 1
    closed = [period.closed_at for period in periods if period.closed_at]
    document = {
        **told,
        "software": f"suara-layanan {software_version()}",
        "number": number,
        "previous": before.hash if before else FIRST,
        "reason": worded("reason", new.reason) if before else "",
        "made": max(now(), *closed),
    }
    content = DistrictBundle.model_validate(document).content()
    file = file_bytes(content, public_pem(secret), sign(secret, signed_bytes(content)))
    read_bundle(read_file(file, "").document)  # what nobody would take is not sent
    bundle = SentBundle(
        institution_id=institution.id,
        year=new.year,
        number=number,
        hash=read_file(file, "").hash,
        document=file.decode(),
        reason=str(document["reason"]),
        user_id=actor.user_id,
        created_at=now(),
    )
    session.add(bundle)
    session.flush()
    log(
        session,
        actor,
        "make_bundle",
        institution=institution.code,
        year=new.year,
        number=number,
        sha256=bundle.hash,
        **({"reason": bundle.reason} if bundle.reason else {}),
    )
    return bundle


def made_bundles(session: Session, actor: Actor, institution_id: int) -> list[SentBundle]:
    """The institution's bundles, newest first. Raises Forbidden."""
    require_coordinator(session, actor, institution_id)
    mine = select(SentBundle).where(SentBundle.institution_id == institution_id)
    return list(session.scalars(mine.order_by(SentBundle.id.desc())))


def made_bundle(session: Session, actor: Actor, bundle_id: int) -> SentBundle:
    """One of them. Raises Forbidden."""
    bundle = session.get_one(SentBundle, bundle_id)
    require_coordinator(session, actor, bundle.institution_id)
    return bundle


def instance_key(session: Session, actor: Actor, institution_id: int) -> str | None:
    """The public key (PEM) by which the nation checks them; None before the first start.

    Raises Forbidden.
    """
    require_coordinator(session, actor, institution_id)
    newest = select(InstanceKey.public_key).order_by(InstanceKey.id.desc()).limit(1)
    return session.scalar(newest)


def years_to_send(session: Session, actor: Actor, institution_id: int) -> list[int]:
    """The years in which a period of the institution ended that has closed, newest first."""
    require_coordinator(session, actor, institution_id)
    year = extract("year", Period.ends)
    closed = Period.institution_id == institution_id, Period.closed_at.is_not(None)
    found = session.scalars(select(year).where(*closed).distinct().order_by(year.desc()))
    return [int(one) for one in found]


def _made(session: Session, institution_id: int, year: int) -> SentBundle | None:
    """The last one of the year."""
    mine = SentBundle.institution_id == institution_id, SentBundle.year == year
    newest = select(SentBundle).where(*mine).order_by(SentBundle.number.desc())
    return session.scalars(newest.limit(1)).first()


def _closed(session: Session, institution_id: int, year: int) -> list[Period]:
    """The latest first, as ``pooled_periods`` has them."""
    mine = Period.institution_id == institution_id, Period.closed_at.is_not(None)
    query = select(Period).where(*mine, extract("year", Period.ends) == year)
    return list(session.scalars(query.order_by(Period.ends.desc())))


def _same(before: SentBundle, told: Mapping[str, Any]) -> bool:
    """Whether the bundle before says the same of the surveys."""
    stated = json.loads(before.document)["bundle"]
    anew = {**told, **{key: stated[key] for key in OF_THE_ACT}, "made": now()}
    content = DistrictBundle.model_validate(anew).content()
    return all(content[key] == stated[key] for key in content.keys() - set(OF_THE_ACT))

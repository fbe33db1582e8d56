"""Whose bundles are believed: keys that an administrator enters and an analyst confirms.

The two compare the key's fingerprint with the district's people, over a way of their own.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accounts.actors import Actor, Forbidden, require_administrator, require_analyst
from accounts.two_people import require_two_people
from analysis.errors import bad
from analysis.publication.keys import fingerprint, pem, read_pem
from desk.audit import log
from desk.reasons import worded
from models import Institution, TrustedKey, TrustedKeyDecision, TrustedKeyEnd, now, one_at_a_time

LONGEST_KEY = 1000  # bytes of a PEM file; one of Ed25519 has 113


def propose_key(
    session: Session, actor: Actor, institution_id: int, key: bytes, reason: str
) -> TrustedKey:
    """Enters a district's public key; it is believed once somebody else has confirmed it.

    Raises Forbidden, and BadInput for what is no Ed25519 key in PEM, or is believed already.
    """
    require_administrator(actor)
    found = read_pem(key) if len(key) <= LONGEST_KEY else None
    if found is None:
        raise bad("no_public_key")
    one_at_a_time(session, f"trusted key {institution_id}")
    held = key_in_force(session, institution_id)
    if held and held.public_key == pem(found):
        raise bad("key_believed", key=fingerprint(held.public_key)[:12])
    proposed = TrustedKey(
        institution_id=institution_id,
        public_key=pem(found),
        reason=worded("reason", reason),
        user_id=actor.user_id,
        created_at=now(),
    )
    session.add(proposed)
    session.flush()
    _log(session, actor, "propose_key", proposed, reason=proposed.reason)
    return proposed


def decide_key(session: Session, actor: Actor, key_id: int, confirmed: bool) -> TrustedKey:
    """Confirms a key, which then takes the place of the one before, or turns it down.

    An analyst does, who did not enter it. Raises Forbidden, and BadInput for one's own, one that
    is decided already or one of which both halves are one person's.
    """
    require_analyst(actor)
    proposed = session.get_one(TrustedKey, key_id)
    one_at_a_time(session, f"trusted key {proposed.institution_id}")
    if proposed.user_id == actor.user_id:
        raise bad("own_trusted_key")
    require_two_people(session, actor, [proposed.user_id])
    if proposed.decision:
        raise bad("key_decided")
    proposed.decision = TrustedKeyDecision(
        key_id=proposed.id,
        proposed_by=proposed.user_id,
        confirmed=confirmed,
        user_id=actor.user_id,
        created_at=now(),
    )
    session.flush()
    act = "confirm_key" if confirmed else "decline_key"
    _log(session, actor, act, proposed)
    return proposed


def end_key(session: Session, actor: Actor, key_id: int, reason: str) -> TrustedKey:
    """Believes a key no more; what it signed before stays. One person is enough.

    Raises Forbidden, and BadInput for a key that is not believed.
    """
    if not (actor.analyst or actor.administrator):
        raise Forbidden("analyst or administrator")
    key = session.get_one(TrustedKey, key_id)
    one_at_a_time(session, f"trusted key {key.institution_id}")
    if key_in_force(session, key.institution_id) is not key:
        raise bad("key_not_believed")
    key.end = TrustedKeyEnd(
        key_id=key.id, reason=worded("reason", reason), user_id=actor.user_id, created_at=now()
    )
    session.flush()
    _log(session, actor, "end_key", key, reason=key.end.reason)
    return key


def trusted_keys(session: Session, actor: Actor) -> Sequence[tuple[TrustedKey, Institution]]:
    """All keys that were ever entered, newest first, with whose they are. Raises Forbidden."""
    if not (actor.analyst or actor.administrator):
        raise Forbidden("analyst or administrator")
    query = (
        select(TrustedKey, Institution)
        .join(Institution, Institution.id == TrustedKey.institution_id)
        .options(joinedload(TrustedKey.decision), joinedload(TrustedKey.end))
        .order_by(TrustedKey.id.desc())
    )
    return [(key, place) for key, place in session.execute(query)]


def institutions_to_trust(session: Session, actor: Actor) -> list[Institution]:
    """Those for which a key may be entered, by name. Raises Forbidden."""
    require_administrator(actor)
    return list(session.scalars(select(Institution).order_by(Institution.name)))


def key_in_force(session: Session, institution_id: int) -> TrustedKey | None:
    """The key by which an institution's bundles are checked: the last confirmed, if not ended."""
    newest = (
        select(TrustedKey)
        .join(TrustedKeyDecision, TrustedKeyDecision.key_id == TrustedKey.id)
        .where(TrustedKey.institution_id == institution_id, TrustedKeyDecision.confirmed)
        .order_by(TrustedKeyDecision.id.desc())
        .limit(1)
    )
    key = session.scalar(newest)
    return key if key is not None and key.end is None else None


def _log(session: Session, actor: Actor, act: str, key: TrustedKey, **told: object) -> None:
    institution = session.get_one(Institution, key.institution_id)
    sha256 = fingerprint(key.public_key)
    log(session, actor, act, institution=institution.code, sha256=sha256, **told)

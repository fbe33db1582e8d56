"""The instance's key and the database that knows its public half: both, or no service.

A new key beside old receipts, kiosks, codes and seals would make all of them unknown, in silence.
"""

from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import (
    AuditEvent,
    InstanceKey,
    Interviewer,
    Kiosk,
    LateReceipt,
    Receipt,
    Seal,
    VisitToken,
    now,
    one_at_a_time,
    reading,
    writing,
)
from survey.receipts import WAY_OUT, WrongKey, create_secret, instance_secret, key_file, read_secret
from survey.signing import public_pem

FIRST = "first known at a start"
# What only the key that made it can tell.
MADE_WITH_IT = (Receipt, LateReceipt, VisitToken, Kiosk, Interviewer, Seal)
LOCK = "instance key"
RESTART = "Another key is in force than when this service started: start it anew."


def bound_secret(engine: Engine, folder: Path) -> bytes:
    """The secret in the folder, which fits the database; both are made where neither is yet.

    Raises WrongKey where one is there and the other isn't, or is another one's.
    """
    with reading(engine) as session:
        known = _known(session)
    if known is None:
        with writing(engine) as session:
            one_at_a_time(session, LOCK)
            known = _known(session) or _first(session, folder)
    file = key_file(folder)
    if not file.exists():
        raise WrongKey(f"The key {file} is missing, and the database was used with one. {WAY_OUT}")
    secret = read_secret(file)
    if public_pem(secret) != known:
        raise WrongKey(foreign(file, secret, known))
    return secret


def first_secret(engine: Engine, folder: Path) -> bytes:
    """A secret where none was used yet: the next start makes it known. Raises WrongKey."""
    with reading(engine) as session:
        _refuse_beside_old(session, key_file(folder))
    return instance_secret(folder)


def key_fault(session: Session, folder: Path, used: bytes) -> str | None:
    """Why the key does not fit now: the file's, or the one that this process uses."""
    file = key_file(folder)
    try:
        secret = read_secret(file)
    except WrongKey as fault:
        return str(fault)
    except OSError as error:
        return f"The key {file} cannot be read ({error.strerror}). {WAY_OUT}"
    known = _known(session)
    if known != public_pem(secret):
        return foreign(file, secret, known or "")
    return None if secret == used else RESTART


def foreign(file: Path, secret: bytes, known: str) -> str:
    """That the file holds another instance's key, with the marks of both."""
    return (
        f"The key {file} ({mark(public_pem(secret))}) is not the one of the database"
        f" ({mark(known)}): DATA and DATABASE_URL are of two instances, or the file was replaced."
        f" {WAY_OUT}"
    )


def mark(public_key: str) -> str:
    """By which people tell public keys apart."""
    return sha256(public_key.encode()).hexdigest()[:12]


def renew(engine: Engine, folder: Path, why: str, actor: str) -> Path | None:
    """Puts a new key in force, and says so in the trace; gives where the one before is kept.

    The file comes into its place before the commit: broken off there, the key of before is aside.
    """
    file, moment = key_file(folder), now()
    aside = file.with_name(f"{file.name}.until-{moment:%Y%m%dT%H%M%SZ}")
    try:
        with writing(engine) as session:
            one_at_a_time(session, LOCK)
            before = _known(session)
            with suppress(FileNotFoundError):
                file.rename(aside)
            create_secret(file)
            _keep(session, public_pem(read_secret(file)), why, moment)
            session.add(_event(before, why, actor, moment))
    except BaseException:
        if aside.exists():
            aside.replace(file)
        raise
    return aside if aside.exists() else None


def _first(session: Session, folder: Path) -> str:
    """The public half of the key that is there or may be made, from now on known."""
    _refuse_beside_old(session, key_file(folder))
    public_key = public_pem(instance_secret(folder))
    _keep(session, public_key, FIRST, now())
    return public_key


def _refuse_beside_old(session: Session, file: Path) -> None:
    """Raises WrongKey where there is no key, but what was made with one."""
    used = any(session.execute(select(1).select_from(one).limit(1)).first() for one in MADE_WITH_IT)
    if (used or _known(session)) and not file.exists():
        raise WrongKey(f"The key {file} is missing, and the database was used with one. {WAY_OUT}")


def _known(session: Session) -> str | None:
    latest = select(InstanceKey.public_key).order_by(InstanceKey.id.desc()).limit(1)
    return session.scalar(latest)


def _keep(session: Session, public_key: str, reason: str, moment: datetime) -> None:
    session.add(InstanceKey(public_key=public_key, reason=reason, created_at=moment))


def _event(before: str | None, why: str, actor: str, moment: datetime) -> AuditEvent:
    details = {"before": mark(before) if before else None, "why": why}
    return AuditEvent(created_at=moment, user_id=None, actor=actor, act="new_key", details=details)

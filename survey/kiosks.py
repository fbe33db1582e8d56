"""Kiosks and interviewers: known by a key in an address, of which a keyed hash is stored."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Interviewer, Kiosk, Unit
from survey.receipts import code_hash, mint_code


def add_kiosk(session: Session, secret: bytes, unit: Unit, name: str, moment: datetime) -> str:
    """Registers a kiosk of the unit; gives its key, which is never shown again."""
    key = mint_code()
    session.add(
        Kiosk(
            institution_id=unit.institution_id,
            unit_id=unit.id,
            name=name,
            key_hash=code_hash(secret, key, "kiosk"),
            created_at=moment,
        )
    )
    return key


def kiosk_of(session: Session, secret: bytes, key: str) -> Kiosk | None:
    """The kiosk with this key, in any case and spacing, also one that was withdrawn."""
    return session.scalar(select(Kiosk).where(Kiosk.key_hash == code_hash(secret, key, "kiosk")))


def find_kiosk(session: Session, secret: bytes, key: str) -> Kiosk | None:
    """The active kiosk with this key; None where there is none."""
    kiosk = kiosk_of(session, secret, key)
    return kiosk if kiosk and kiosk.closed_at is None else None


def add_interviewer(
    session: Session, secret: bytes, unit: Unit | None, name: str, moment: datetime
) -> str:
    """Registers an interviewer of the unit, or of the Ombudsman; gives the key, shown once."""
    key = mint_code()
    session.add(
        Interviewer(
            unit_id=unit.id if unit else None,
            name=name,
            key_hash=code_hash(secret, key, "interviewer"),
            created_at=moment,
        )
    )
    return key


def interviewers_by_key(
    session: Session, secret: bytes, keys: Collection[str]
) -> Mapping[str, Interviewer]:
    """The active interviewers with these keys, in any case and spacing."""
    hashes = {key: code_hash(secret, key, "interviewer") for key in keys if key}
    if not hashes:
        return {}
    rows = session.scalars(
        select(Interviewer).where(
            Interviewer.key_hash.in_(hashes.values()), Interviewer.closed_at.is_(None)
        )
    )
    found = {one.key_hash: one for one in rows}
    return {key: found[hashed] for key, hashed in hashes.items() if hashed in found}


def provenance_of(interviewer: Interviewer | None, unit: Unit) -> str:
    """As whom the interviewer may fill in forms of the unit; empty: as nobody."""
    if interviewer is None:
        return ""
    if interviewer.unit_id is None:
        return "ombudsman_interviewer"
    return "unit_interviewer" if interviewer.unit_id == unit.id else ""

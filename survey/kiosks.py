"""Kiosks: a device is known by a key in its address, of which a keyed hash is stored."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Kiosk, Unit
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


def find_kiosk(session: Session, secret: bytes, key: str) -> Kiosk | None:
    """The active kiosk with this key, in any case and spacing; None where there is none."""
    return session.scalar(
        select(Kiosk).where(
            Kiosk.key_hash == code_hash(secret, key, "kiosk"), Kiosk.closed_at.is_(None)
        )
    )

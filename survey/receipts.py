"""Receipts: by which a citizen sees that a rating counts, and nobody sees whose it is.

The code is a keyed hash of the filled form's idempotency key; stored is only a keyed hash
of the code. Neither stands beside the answers.
"""

import contextlib
import hashlib
import hmac
import os
import re
import secrets
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import LateReceipt, Period, Publication, PublishedCount, Receipt, Seal, Unit
from survey.made_known import MadeKnown, made_known
from survey.standing import LateStanding, late_standing

# Crockford's base 32: no I, L, O, U to be misread.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12
BITS = 5 * CODE_LENGTH
MISREAD = str.maketrans("OIL", "011")
NOT_OF_A_CODE = re.compile(r"[^0-9A-Z]")
SECRET_BYTES = 32
WAY_OUT = (
    "Restore it from the backup. Only where there is none: python -m survey new-key --why REASON,"
    " after which receipts, kiosks, codes and waiting answers of before are no longer known."
)
BEFOREHAND = 40  # citizens at a kiosk between two loads of its page
KEY = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)


class WrongKey(ValueError):
    """The instance's key cannot be used; told in a sentence, with the way out."""


@dataclass(frozen=True)
class CountedInPublication:
    """That a publication counts ``counted`` of a unit's ``received`` responses."""

    publication: UUID
    year: int
    counted: int
    received: int


@dataclass(frozen=True)
class Received:
    """What a receipt shows: unit, period, and the publications that count its unit.

    ``known``: what the unit announced of the period, and did since; None while nothing; ``late``:
    of a rating that came late, how many late ones of the unit came and count.
    """

    unit: str
    period: str
    publications: list[CountedInPublication]
    unit_code: str
    known: MadeKnown | None
    late: LateStanding | None = None


def mint_key() -> str:
    """A new idempotency key, one for each filled form."""
    return secrets.token_urlsafe(24)


def instance_secret(folder: Path) -> bytes:
    """The instance's secret, made at the first call and readable by its owner alone.

    Lost, it can't be made again: receipts given out before can then not be looked up.
    """
    file = key_file(folder)
    if not file.exists():
        create_secret(file)
    return read_secret(file)


def key_file(folder: Path) -> Path:
    """Where the instance's secret stands."""
    return folder / "instance.key"


def read_secret(file: Path) -> bytes:
    """The secret in the file. Raises WrongKey where that holds none, and OSError."""
    try:
        secret = bytes.fromhex(file.read_text(encoding="ascii"))
    except ValueError:
        secret = b""
    if len(secret) != SECRET_BYTES:
        raise WrongKey(f"The key {file} is damaged: it is not {2 * SECRET_BYTES} digits. {WAY_OUT}")
    return secret


def create_secret(file: Path) -> None:
    """Makes a new secret there, unless there is one.

    Written aside and then put in its place: nobody reads half a secret, the first one stands.
    """
    with tempfile.NamedTemporaryFile("w", dir=file.parent, prefix=".instance-") as aside:
        aside.write(secrets.token_hex(SECRET_BYTES))
        aside.flush()
        os.fsync(aside.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(aside.name, file)
    folder = os.open(file.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def mint_code() -> str:
    """A new random receipt code."""
    return spell(secrets.randbits(BITS))


def receipt_code(secret: bytes, key: str) -> str:
    """The code that a citizen keeps, such as "7K3M-09QX-ZT4V"; the same for the same key."""
    return spell(int.from_bytes(_keyed(secret, "code", key)))


def codes_beforehand(secret: bytes) -> list[tuple[str, str]]:
    """Keys with the codes that their forms will have: a kiosk gives them without network."""
    keys = [mint_key() for _ in range(BEFOREHAND)]
    return [(key, receipt_code(secret, key)) for key in keys]


def code_hash(secret: bytes, code: str, purpose: str = "receipt") -> str:
    """The keyed hash under which a code is stored, whatever its case and spacing."""
    typed = NOT_OF_A_CODE.sub("", code.upper().translate(MISREAD))
    return _keyed(secret, purpose, typed).hex()


def spell(number: int) -> str:
    """The number's last 60 bits as a receipt code of twelve letters and digits.

    >>> spell(0)
    '0000-0000-0000'
    """
    letters = "".join(ALPHABET[number >> 5 * place & 31] for place in range(CODE_LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def find_receipt(session: Session, secret: bytes, code: str) -> Received | None:
    """What is known of the code; None where it was never given out."""
    hashed = code_hash(secret, code)
    row = session.get(Receipt, hashed) or session.get(LateReceipt, hashed)
    if row is None:
        return None
    late = isinstance(row, LateReceipt)
    found = session.execute(
        select(PublishedCount, Publication.year)
        .join(Publication)
        .join(Seal)
        .where(PublishedCount.unit_id == row.unit_id, PublishedCount.period_id == row.period_id)
        .order_by(Publication.created_at)
    )
    unit = session.get_one(Unit, row.unit_id)
    return Received(
        unit=unit.name,
        period=session.get_one(Period, row.period_id).name,
        publications=[
            CountedInPublication(count.publication_id, year, count.counted, count.received)
            for count, year in found
        ],
        unit_code=unit.code,
        known=made_known(session, row.unit_id, row.period_id),
        late=late_standing(session, row.unit_id, row.period_id) if late else None,
    )


def _keyed(secret: bytes, purpose: str, text: str) -> bytes:
    hashed = _begun(secret).copy()
    hashed.update(f"{purpose}:{text}".encode())
    return hashed.digest()


@lru_cache(maxsize=4)
def _begun(secret: bytes) -> hmac.HMAC:
    """A hash under the secret, to be copied: ``hmac.digest`` lets other threads in each time."""
    return hmac.new(secret, digestmod=hashlib.sha256)

"""The second factor: codes of a telephone (TOTP, RFC 6238), and codes that stand in for it once."""

from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from accounts.credentials import SECOND_FACTOR, is_set_by_another, note_change
from accounts.keyed import decrypt, encrypt, keyed
from accounts.passwords import random_password
from accounts.rules import log_in_rules
from models import CredentialChange, LogIn, RecoveryCode, Role, SecondFactor, User

ISSUER = "Suara Layanan"
STEP = 30  # seconds, as every telephone takes it
KEY_BYTES = 20


@dataclass(frozen=True)
class NewFactor:
    """What a telephone is to read in: the key, and the same as an address for a picture."""

    key: str
    address: str


def has_factor(session: Session, user_id: int) -> bool:
    """Whether the user has a second factor."""
    return session.get(SecondFactor, user_id) is not None


def needs_factor(session: Session, user: User) -> bool:
    """Whether the user may do nothing without: for the roles, or for having had one before.

    Never of an invented person of the demonstration, whose password the console tells.
    """
    if user.demonstration:
        return False
    roles = select(Role.id).where(
        Role.user_id == user.id, Role.role.in_(log_in_rules().second_factor.required_of)
    )
    if session.scalar(roles.limit(1)) is not None:
        return True
    return is_set_by_another(session, user.id, SECOND_FACTOR)


def new_factor(session: Session, secret: bytes, log_in: LogIn) -> NewFactor:
    """What this log-in offers to a telephone: the same at each look, stored only once it is used.

    Each enrolment has a key of its own.
    """
    before = session.scalar(
        select(func.max(CredentialChange.id)).where(CredentialChange.user_id == log_in.user_id)
    )
    bits = keyed(secret, "new factor", log_in.cookie_hash, str(before))
    key = b32encode(bytes.fromhex(bits)[:KEY_BYTES]).decode()
    username = session.get_one(User, log_in.user_id).username
    return NewFactor(key, pyotp.TOTP(key).provisioning_uri(name=username, issuer_name=ISSUER))


@dataclass(frozen=True)
class ProvenKey:
    """A key that a telephone has read in, and the step whose code it gave."""

    key: str
    step: int


def enrol(
    session: Session, secret: bytes, log_in: LogIn, proven: ProvenKey, moment: datetime
) -> tuple[str, ...]:
    """Keeps the key as the second factor of whose log-in it is; gives the recovery codes."""
    user_id = log_in.user_id
    session.add(
        SecondFactor(
            user_id=user_id,
            encrypted=encrypt(secret, proven.key, str(user_id)),
            last_step=proven.step,
            created_at=moment,
        )
    )
    session.get_one(LogIn, log_in.cookie_hash).code_at = moment
    number = log_in_rules().second_factor.recovery_codes
    codes = tuple(random_password() for _ in range(number))
    session.add_all(
        RecoveryCode(code_hash=_recovery_hash(secret, user_id, code), user_id=user_id)
        for code in codes
    )
    note_change(session, user_id, SECOND_FACTOR, user_id, moment)
    return codes


def fits_key(key: str, typed: str, moment: datetime) -> int | None:
    """The step whose code was typed; None where it is no code of the key about now."""
    totp, now = pyotp.TOTP(key), _step(moment)
    digits = "".join(typed.split())
    around = log_in_rules().second_factor.steps_around
    for step in range(now - around, now + around + 1):
        if compare_digest(totp.generate_otp(step).encode(), digits.encode(errors="replace")):
            return step
    return None


def use_code(
    session: Session, secret: bytes, user_id: int, typed: str, moment: datetime
) -> str | None:
    """Takes a code of the telephone, or a recovery code, once; None where it does not fit.

    Gives which of the two it was: "code" or "recovery_code".
    """
    factor = session.get(SecondFactor, user_id, with_for_update=True, populate_existing=True)
    if factor is None:
        return None
    step = fits_key(decrypt(secret, factor.encrypted, str(user_id)), typed, moment)
    # A step far ahead was noted by a clock that was wrong.
    ahead = _step(moment) + log_in_rules().second_factor.steps_around
    if step is not None and (step > factor.last_step or factor.last_step > ahead):
        factor.last_step = step
        return "code"
    used = session.execute(
        delete(RecoveryCode).where(
            RecoveryCode.code_hash == _recovery_hash(secret, user_id, typed),
            RecoveryCode.user_id == user_id,
        )
    )
    return "recovery_code" if used.rowcount else None  # type: ignore[attr-defined]


def remove_factor(session: Session, user_id: int) -> None:
    """The user has no second factor any more, nor codes that stand in for it."""
    for table in (RecoveryCode, SecondFactor):
        session.execute(delete(table).where(table.user_id == user_id))
    session.execute(update(LogIn).where(LogIn.user_id == user_id).values(code_at=None))
    session.expire_all()


def codes_left(session: Session, user_id: int) -> int:
    """How many recovery codes the user still has."""
    left = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.user_id == user_id)
    return session.scalar(left) or 0


def _step(moment: datetime) -> int:
    return int(moment.timestamp()) // STEP


def _recovery_hash(secret: bytes, user_id: int, typed: str) -> str:
    letters = "".join(letter for letter in typed.lower() if letter.isalnum())
    return keyed(secret, "recovery code", str(user_id), letters)

"""Passwords, kept as argon2 hashes only."""

import re
import secrets
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from accounts.rules import guessable_words, log_in_rules
from analysis.errors import bad

OF_A_NAME = 4  # letters from which on a part of a name is looked for in a password
MEASURED = 72  # characters that zxcvbn looks at

_hasher = PasswordHasher()


def hash_of_nobody(hasher: PasswordHasher) -> str:
    """What only looks like a hash of this hasher: no password has it, to check takes as long.

    To hash one would cost whatever starts as much work and memory as a log-in does.
    """
    work = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = (
        b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (hasher.salt_len, hasher.hash_len)
    )
    return f"$argon2id$v=19${work}${salt}${digest}"


# Checked where a user name is unknown, so that its absence can't be timed.
_nobody = hash_of_nobody(_hasher)


def hash_password(password: str) -> str:
    """The argon2 hash of a password."""
    return _hasher.hash(password)


def fits(password: str, password_hash: str | None) -> bool:
    """Whether the password is the one that was hashed; takes as long where there is none."""
    try:
        return _hasher.verify(password_hash or _nobody, password) and password_hash is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def random_password() -> str:
    """A password that nobody chose, four groups of four letters and digits."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))


def require_strong(password: str, *of_its_owner: str) -> None:
    """Raises BadInput for a password that is too short or long, or that others would guess.

    ``of_its_owner``: the user name and the name of whose it shall be.
    """
    rules = log_in_rules().passwords
    if len(password) < rules.shortest:
        raise bad("password_short", least=rules.shortest, found=len(password))
    if len(password) > rules.longest:
        raise bad("password_long", most=rules.longest, found=len(password))
    parts = _parts(*of_its_owner)
    if own := next((part for part in parts if part in password.lower()), None):
        raise bad("password_of_owner", part=own)
    _refuse_guessable(password, [*parts, *guessable_words().words])


def _refuse_guessable(password: str, words: list[str]) -> None:
    from zxcvbn import zxcvbn  # reads its lists of words, and passwords are seldom chosen

    measured = zxcvbn(password[:MEASURED], words)
    if measured["guesses"] >= 10 ** log_in_rules().passwords.guesses_digits:
        return
    whole = [one["token"] for one in measured["sequence"] if one["pattern"] == "dictionary"]
    known = any(len(token) == len(password) for token in whole)
    raise bad("password_known" if known else "password_guessable")


def _parts(*names: str) -> list[str]:
    found = (part for name in names for part in re.split(r"\W+|_", name.lower()))
    return [part for part in found if len(part) >= OF_A_NAME]

"""Passwords, kept as argon2 hashes only."""

import secrets
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

SHORTEST = 12
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
    """The argon2 hash of a password. Raises ValueError for one that is too short."""
    if len(password) < SHORTEST:
        raise ValueError(f"a password of at least {SHORTEST} characters")
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

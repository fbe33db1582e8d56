"""What is kept of a name, an address or a code: a hash keyed with the instance's secret."""

import hmac
from base64 import b64decode, b64encode
from hashlib import sha256
from secrets import token_bytes

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12


def keyed(secret: bytes, purpose: str, *parts: str) -> str:
    """The keyed hash of the parts, another for each purpose.

    >>> keyed(b"a", "name", "budi") == keyed(b"b", "name", "budi")
    False
    >>> keyed(b"a", "name", "bu", "di") == keyed(b"a", "name", "budi")
    False
    """
    text = "\0".join((f"accounts {purpose}", *parts))
    return hmac.new(secret, text.encode(errors="replace"), sha256).hexdigest()


def encrypt(secret: bytes, text: str, whose: str) -> str:
    """The text, to be read only with the same secret and as belonging to the same person."""
    nonce = token_bytes(NONCE)
    hidden = _cipher(secret).encrypt(nonce, text.encode(), whose.encode())
    return b64encode(nonce + hidden).decode()


def decrypt(secret: bytes, encrypted: str, whose: str) -> str:
    """The text that was encrypted. Raises InvalidTag where secret or person are others."""
    content = b64decode(encrypted)
    return _cipher(secret).decrypt(content[:NONCE], content[NONCE:], whose.encode()).decode()


def _cipher(secret: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, None, b"accounts second factor").derive(secret))

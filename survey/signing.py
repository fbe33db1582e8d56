"""The key by which this instance seals publications: Ed25519, from the instance's secret.

Derived by HKDF-SHA256 (RFC 5869) under a purpose of its own, as the key of ``survey.seal`` is.
"""

from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from analysis.publication.keys import pem

PURPOSE = b"suara-layanan publications 1"
SEED_BYTES = 32


def public_pem(secret: bytes) -> str:
    """The public key by which anyone checks a publication, as a PEM file."""
    return pem(_signing_key(secret).public_key())


def sign(secret: bytes, content: bytes) -> str:
    """The signature of the bytes, 64 bytes in hexadecimal; the same for the same bytes."""
    return _signing_key(secret).sign(content).hex()


@cache
def _signing_key(secret: bytes) -> Ed25519PrivateKey:
    seed = HKDF(hashes.SHA256(), SEED_BYTES, salt=None, info=PURPOSE).derive(secret)
    return Ed25519PrivateKey.from_private_bytes(seed)

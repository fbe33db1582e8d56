"""The public key by which publications are checked, as people hand it on: a PEM file."""

from hashlib import sha256

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)


def pem(key: Ed25519PublicKey) -> str:
    """The public key as a PEM file."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def read_pem(content: bytes) -> Ed25519PublicKey | None:
    """The Ed25519 public key in a PEM file; None where there is none."""
    try:
        key = load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, Ed25519PublicKey) else None


def fingerprint(key: str) -> str:
    """The SHA-256 of a key's PEM file, as ``sha256sum`` gives it."""
    return sha256(key.encode("utf-8", "replace")).hexdigest()

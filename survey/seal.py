"""Sealed answers: what a device keeps while it has no network, only this instance can open.

ECIES over P-256, which every browser's WebCrypto has: an ephemeral ECDH key, HKDF-SHA256
(RFC 5869) bound to both public keys, AES-256-GCM. ``survey/light/scripts/queue.js`` seals.
"""

from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

OWN_KEY, SEALED = b"suara-layanan key 1", b"suara-layanan sealed 1"
CURVE = ec.SECP256R1()
# FIPS 186-5: 64 bits more than the order has, so that the remainder is as good as uniform.
SEED_BYTES = 40
POINT_BYTES, KEY_BYTES = 65, 32
# Each key encrypts one message only.
NONCE = bytes(12)


class NotOpened(ValueError):
    """What was sealed is damaged, or was sealed for another instance."""


def public_key(secret: bytes) -> bytes:
    """The instance's public key: an uncompressed point of P-256, 65 bytes."""
    return _point(_own_key(secret).public_key())


def seal(public: bytes, text: bytes) -> bytes:
    """The text, sealed to a public key: an ephemeral point, the ciphertext, 16 bytes of tag."""
    ephemeral = ec.generate_private_key(CURVE)
    point = _point(ephemeral.public_key())
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, public)
    key = _message_key(ephemeral.exchange(ec.ECDH(), theirs), point, public)
    return point + AESGCM(key).encrypt(NONCE, text, None)


def open_sealed(secret: bytes, sealed: bytes) -> bytes:
    """What was sealed to this instance's public key. Raises NotOpened."""
    own, point = _own_key(secret), sealed[:POINT_BYTES]
    try:
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)
        key = _message_key(own.exchange(ec.ECDH(), theirs), point, public_key(secret))
        return AESGCM(key).decrypt(NONCE, sealed[POINT_BYTES:], None)
    except (ValueError, InvalidTag):
        raise NotOpened("found what this instance can't open, expected what it sealed") from None


@cache
def _own_key(secret: bytes) -> ec.EllipticCurvePrivateKey:
    seed = int.from_bytes(_derived(secret, OWN_KEY, SEED_BYTES))
    return ec.derive_private_key(seed % (CURVE.group_order - 1) + 1, CURVE)


def _message_key(shared: bytes, ephemeral: bytes, public: bytes) -> bytes:
    return _derived(shared, SEALED + ephemeral + public, KEY_BYTES)


def _derived(material: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt=None, info=info).derive(material)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

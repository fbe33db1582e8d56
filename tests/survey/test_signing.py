"""The key of publications: its own, the same in each process, and never another."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from survey.signing import public_pem, sign

SECRET, ANOTHER = bytes(range(32)), bytes(32)


def test_what_was_signed_is_verified_by_the_public_key() -> None:
    key = load_pem_public_key(public_pem(SECRET).encode())
    assert isinstance(key, Ed25519PublicKey)
    key.verify(bytes.fromhex(sign(SECRET, b"text")), b"text")


def test_each_instance_has_a_key_of_its_own() -> None:
    assert public_pem(SECRET) == public_pem(bytes(SECRET))
    assert public_pem(SECRET) != public_pem(ANOTHER)
    assert sign(SECRET, b"text") != sign(ANOTHER, b"text")
    # Publications outlive an update: this may never change.
    assert "MCowBQYDK2VwAyEA4rSVpk3wPQoloanywOGsuY6kr7U/wWPFDCQgzDR9RzM=" in public_pem(SECRET)

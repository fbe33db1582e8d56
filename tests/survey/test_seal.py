"""Sealed answers: opened by their instance alone, and refused clearly by others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.seal import POINT_BYTES, NotOpened, open_sealed, public_key, seal

SECRET, ANOTHER = bytes(range(32)), bytes(32)
ANSWERS = b"k=abcdefghijklmnop&a-time=3"


@given(st.binary(max_size=2_000))
def test_what_was_sealed_is_opened(text: bytes) -> None:
    assert open_sealed(SECRET, seal(public_key(SECRET), text)) == text


def test_the_key_is_the_same_in_each_process() -> None:
    assert public_key(SECRET) == public_key(bytes(SECRET))
    assert public_key(SECRET) != public_key(ANOTHER)
    # Queued answers outlive an update: this may never change.
    assert public_key(SECRET).hex().startswith("04c38858efeccbfbf97f29459666d7e74d")


def test_sealed_twice_nothing_is_alike() -> None:
    first, second = (seal(public_key(SECRET), ANSWERS) for _ in range(2))
    assert first[:POINT_BYTES] != second[:POINT_BYTES]
    assert first[POINT_BYTES:] != second[POINT_BYTES:]
    assert b"a-time" not in first


def test_another_instance_cannot_open_it() -> None:
    with pytest.raises(NotOpened):
        open_sealed(ANOTHER, seal(public_key(SECRET), ANSWERS))


@given(st.integers(0, POINT_BYTES + len(ANSWERS) + 15), st.integers(1, 255))
def test_one_damaged_byte_is_noticed(at: int, change: int) -> None:
    sealed = bytearray(seal(public_key(SECRET), ANSWERS))
    sealed[at] ^= change
    with pytest.raises(NotOpened):
        open_sealed(SECRET, bytes(sealed))


@given(st.binary(max_size=200))
def test_what_was_never_sealed_is_refused(sealed: bytes) -> None:
    with pytest.raises(NotOpened):
        open_sealed(SECRET, sealed)


def test_what_is_cut_short_is_refused() -> None:
    sealed = seal(public_key(SECRET), ANSWERS)
    for length in range(len(sealed)):
        with pytest.raises(NotOpened):
            open_sealed(SECRET, sealed[:length])

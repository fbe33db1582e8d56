"""Where a picture ends by its own reckoning: what stands behind it is no part of the picture."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

# Between two markers of a JPEG: 0xFF before a zero or a restart belongs to the pixels.
MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
END, SCAN = 0xD9, 0xDA
CHUNKS = (b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP", b"EXIF", b"XMP ")


def end_of_picture(content: bytes, media_type: str) -> int | None:
    """How many bytes are the picture; None where it breaks off before its end."""
    end = ENDS[media_type](content)
    return end if end is not None and end <= len(content) else None


def _jpeg(content: bytes) -> int | None:
    """Segments with their lengths; after the head of a scan, pixels up to the next marker."""
    at = 2
    while found := MARKER.match(content, at):
        at, marker = found.end(), content[found.end() - 1]
        if marker == END:
            return at
        at += _number(content, at, 2, "big")
        if marker == SCAN:
            if (following := MARKER.search(content, at)) is None:
                return None
            at = following.start()
    return None


def _png(content: bytes) -> int | None:
    """Chunks of length, name, content and sum, up to the one named IEND."""
    at = 8
    while at + 8 <= len(content):
        name, at = content[at + 4 : at + 8], at + 12 + _number(content, at, 4, "big")
        if name == b"IEND":
            return at
    return None


def _webp(content: bytes) -> int | None:
    """The container's own length, as far as it is filled with a picture's chunks."""
    end, at = 8 + _number(content, 4, 4, "little"), 12
    if end > len(content):
        return None
    while at < end and content[at : at + 4] in CHUNKS:
        length = _number(content, at + 4, 4, "little")
        at += 8 + length + length % 2
    return at


def _heic(content: bytes) -> int | None:
    """Boxes up to the one that holds the pixels, which telephones write last."""
    return next((end for name, end in _boxes(content) if name == b"mdat"), None)


def _boxes(content: bytes) -> Iterator[tuple[bytes, int]]:
    """The boxes of an ISO base media file: name, and where it ends."""
    at = 0
    while at + 8 <= len(content):
        length, name, head = _number(content, at, 4, "big"), content[at + 4 : at + 8], 8
        if length == 1:
            length, head = _number(content, at + 8, 8, "big"), 16
        if length < head:  # 0 would be: up to the end, whatever stands there
            return
        at += length
        yield name, at


def _number(content: bytes, at: int, size: int, order: Literal["big", "little"]) -> int:
    return int.from_bytes(content[at : at + size], order)


ENDS: Mapping[str, Callable[[bytes], int | None]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/webp": _webp,
    "image/heic": _heic,
}

"""Whether a JPEG's coded data last to its end.

Decoders fill what is missing with grey and say nothing. So bytes are added at the end of each
scan: where all of it has been decoded by then they are skipped, else they are decoded and change
the picture. A damage after which the codes happen to fit again cannot be told from a picture by
any decoder: JPEG has no checksum.
"""

from collections.abc import Iterator
from itertools import cycle

MARK, STUFFED = 0xFF, 0x00
START, END, SCAN, RESTARTS, INTERVAL = 0xD8, 0xD9, 0xDA, range(0xD0, 0xD8), 0xDD
PROGRESSIVE = (0xC2, 0xCA)
# Tables, frames, notes and what applications add; not the reserved ones.
SEGMENTS = {*range(0xC0, 0xC8), *range(0xC9, 0xD0), *range(0xDA, 0xF0), 0xFE}
MORE = bytes(range(1, 0xFF)) * 4
COEFFICIENTS = range(64)


def with_more_in_scans(picture: bytes) -> bytes:
    """The JPEG with bytes added at the end of each scan.

    Raises ValueError where its segments do not follow one another to an end, where restarts are
    out of order, or where a progressive picture lacks scans.
    """
    found, done, at = bytearray(), 0, 2
    progress: dict[tuple[int, int], int] | None = None
    frame, interval = b"", False
    while (marker := picture[(at := _marker_at(picture, at)) + 1]) != END:
        length = int.from_bytes(picture[at + 2 : at + 4], "big")
        content, at = picture[at + 4 : at + 2 + length], at + 2 + length
        if marker in PROGRESSIVE:
            progress, frame = {}, content
        interval = interval or (marker == INTERVAL and any(content))
        if marker != SCAN:
            continue
        if progress is not None:
            progress.update(_refined(content))
        at = _end_of_scan(picture, at, interval)
        found += picture[done:at] + MORE
        done = at
    if progress is not None and any(progress.get(one, 1) for one in _wanted(frame)):
        raise ValueError("scans are missing")
    return bytes(found + picture[done:])


def _marker_at(picture: bytes, at: int) -> int:
    while picture[at : at + 2] == bytes([MARK, MARK]):  # the room before one may be filled
        at += 1
    if at + 1 >= len(picture) or picture[at] != MARK or picture[at + 1] not in {*SEGMENTS, END}:
        raise ValueError("no segment where one should be")
    return at


def _end_of_scan(picture: bytes, at: int, interval: bool) -> int:
    """Where the marker behind the coded data stands."""
    restarts = cycle(RESTARTS)
    while (at := picture.find(MARK, at)) >= 0 and at + 1 < len(picture):
        following = picture[at + 1]
        if following == MARK:
            at += 1
        elif following == STUFFED:
            at += 2
        elif following in RESTARTS:
            if not interval or following != next(restarts):
                raise ValueError("restarts are out of order")
            at += 2
        else:
            return at
    raise ValueError("breaks off")


def _refined(scan: bytes) -> Iterator[tuple[tuple[int, int], int]]:
    """By component and coefficient how many bits a progressive scan still leaves out."""
    components = [scan[1 + 2 * at] for at in range(scan[0])]
    first, last, bits = scan[-3:]
    for component in components:
        for coefficient in range(first, last + 1):
            yield (component, coefficient), bits & 0xF


def _wanted(frame: bytes) -> Iterator[tuple[int, int]]:
    for at in range(frame[5]):
        for coefficient in COEFFICIENTS:
            yield frame[6 + 3 * at], coefficient

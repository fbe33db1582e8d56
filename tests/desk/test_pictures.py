"""Where a picture ends: each kind as telephones write it, cut short, and with something behind."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from desk.pictures import end_of_picture

HEIC = (Path(__file__).parents[1] / "data/photos/telephone.heic").read_bytes()


def written(kind: str, **how: Any) -> bytes:
    file = BytesIO()
    Image.effect_noise((61, 37), 90).convert("RGB").save(file, kind, **how)
    return file.getvalue()


PICTURES = {
    "image/jpeg": written("JPEG", comment=b"\xff\xd9 no end", restart_marker_rows=1),
    "image/png": written("PNG"),
    "image/webp": written("WEBP", exif=b"Exif\0\0odd"),
    "image/heic": HEIC,
}


@pytest.fixture(params=PICTURES)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def picture(kind: str) -> bytes:
    return PICTURES[kind]


def test_a_picture_ends_where_its_file_ends(kind: str, picture: bytes) -> None:
    assert end_of_picture(picture, kind) == len(picture)


def test_what_stands_behind_is_no_part_of_it(kind: str, picture: bytes) -> None:
    for more in (b"PK\x03\x04zip", b"<script>", b"\0", picture):
        assert end_of_picture(picture + more, kind) == len(picture)


def test_a_picture_that_breaks_off_has_no_end(kind: str, picture: bytes) -> None:
    for cut in range(12, len(picture), 7):
        assert end_of_picture(picture[:cut], kind) is None


def test_a_progressive_jpeg_ends_after_its_last_scan() -> None:
    picture = written("JPEG", progressive=True)
    assert end_of_picture(picture + b"behind", "image/jpeg") == len(picture)


def test_a_chunk_of_no_picture_ends_a_webp() -> None:
    picture = written("WEBP")
    smuggled = b"ZIP \x04\x00\x00\x00PK\x03\x04"
    length = (len(picture) + len(smuggled) - 8).to_bytes(4, "little")
    grown = picture[:4] + length + picture[8:] + smuggled
    assert end_of_picture(grown, "image/webp") == len(picture)


def test_pixels_that_reach_up_to_whatever_end_have_none() -> None:
    at = HEIC.rindex(b"mdat") - 4
    endless = HEIC[:at] + bytes(4) + HEIC[at + 4 :]
    assert end_of_picture(endless + b"PK\x03\x04zip", "image/heic") is None

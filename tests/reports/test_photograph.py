"""A photograph as people see it: upright, without place and device; or refused."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any
from zlib import crc32

import pytest
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from reports.photograph import LARGEST_SIDE, LONGEST_SIDE, clean_photo
from tests.refusing import refusing

PHOTOS = Path(__file__).parents[1] / "data/photos"
HEIC = (PHOTOS / "telephone.heic").read_bytes()
SECRETS = (b"Telepon", b"Contoh-1", b"Exif", b"catatan", b"xmp", b"ICC", b"sRGB", b"WTEXT")
RED, BLUE = (254, 0, 0), (0, 0, 254)


def sideways() -> Image.Image:
    """Red to the left and blue to the right, as a telephone stores what was upright."""
    picture = Image.new("RGB", (128, 64), "red")
    ImageDraw.Draw(picture).rectangle((64, 0, 127, 63), fill="blue")
    return picture


def exif(orientation: int = 6) -> Image.Exif:
    found = Image.Exif()
    found[0x010F], found[0x0110], found[0x0112] = "Telepon", "Contoh-1", orientation
    place = found.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "S", (5.0, 38.0, 15.0), "E", (132.0, 44.0, 30.0)
    found.get_ifd(0x8769)[0x927C] = b"catatan pembuat"
    return found


def written(kind: str, picture: Image.Image | None = None, **how: Any) -> bytes:
    file = BytesIO()
    (picture or sideways()).save(file, kind, **how)
    return file.getvalue()


def a_png() -> bytes:
    notes = PngInfo()
    notes.add_text("Comment", "WTEXT")
    return written("PNG", exif=exif(), pnginfo=notes)


KINDS: Mapping[str, bytes] = {
    "jpeg": written("JPEG", exif=exif(), comment=b"WTEXT", icc_profile=b"ICC_PROFILE"),
    "png": a_png(),
    "webp": written("WEBP", exif=exif(), xmp=b"<x:xmpmeta>WTEXT", quality=95),
    "heic": HEIC,
}


@pytest.mark.parametrize("kind", KINDS)
def test_position_and_device_go_and_the_picture_stands_upright(kind: str) -> None:
    told = KINDS[kind]
    assert any(secret in told for secret in SECRETS)
    copy = clean_photo(told)
    assert not any(secret in copy for secret in SECRETS)
    with Image.open(BytesIO(copy)) as shown:
        assert (shown.format, shown.size, dict(shown.getexif())) == ("JPEG", (64, 128), {})
        near = [shown.getpixel((32, 20)), shown.getpixel((32, 108))]
    for found, wanted in zip(near, (RED, BLUE), strict=True):
        assert isinstance(found, tuple)
        assert max(abs(a - b) for a, b in zip(found, wanted, strict=True)) < 12


def test_a_large_photo_gets_smaller() -> None:
    with Image.open(BytesIO(clean_photo(written("JPEG", Image.new("L", (4000, 3000)))))) as shown:
        assert shown.size == (LARGEST_SIDE, LARGEST_SIDE * 3 // 4)


def test_what_one_sees_through_is_white() -> None:
    picture = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    with Image.open(BytesIO(clean_photo(written("PNG", picture)))) as shown:
        assert shown.getpixel((20, 20)) == (255, 255, 255)


@pytest.mark.parametrize("kind", KINDS)
def test_what_breaks_off_is_refused(kind: str) -> None:
    told = KINDS[kind]
    for cut in (20, len(told) // 3, len(told) - 40):
        with refusing("damaged or breaks off"):
            clean_photo(told[:cut])


ENDED = b"\xff\xd9"


def a_photo(**how: Any) -> bytes:
    """Of noise, so that each part of it is seen."""
    noise = Image.effect_noise((320, 240), 60).convert("RGB")
    return written("JPEG", noise, **how)


HOW: Mapping[str, Mapping[str, Any]] = {
    "plain": {},
    "progressive": {"progressive": True},
    "restarts": {"restart_marker_rows": 1},
}


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("kept", [0.15, 0.4, 0.5, 0.9])
def test_a_jpeg_that_breaks_off_and_is_ended_is_refused(how: str, kept: float) -> None:
    told = a_photo(**HOW[how])
    assert clean_photo(told)
    with refusing("damaged or breaks off"):
        clean_photo(told[: int(len(told) * kept)] + ENDED)


@pytest.mark.parametrize("how", HOW)
def test_a_jpeg_that_was_written_over_is_refused(how: str) -> None:
    told = bytearray(a_photo(**HOW[how]))
    middle = len(told) // 2
    told[middle : middle + 4096] = Random(2026).randbytes(4096)
    with refusing("damaged or breaks off"):
        clean_photo(bytes(told))


def test_a_progressive_jpeg_without_its_last_scans_is_refused() -> None:
    told = a_photo(progressive=True)
    last = told.rindex(b"\xff\xda")
    with refusing("damaged or breaks off"):
        clean_photo(told[: told.rindex(b"\xff\xc4", 0, last)] + ENDED)


def test_a_jpeg_with_its_markers_filled_up_is_whole() -> None:
    told = a_photo()
    assert clean_photo(told[:-2] + b"\xff\xff" + ENDED)


def test_a_thread_of_pixels_is_refused() -> None:
    with refusing("too large to be opened"):
        clean_photo(written("PNG", Image.new("1", (LONGEST_SIDE + 1, 1))))
    assert clean_photo(written("PNG", Image.new("1", (LONGEST_SIDE, 1))))


def test_several_pictures_are_refused() -> None:
    frames = [sideways().rotate(90 * turn) for turn in range(3)]
    for kind in ("PNG", "WEBP"):
        moving = written(kind, frames[0], save_all=True, append_images=frames[1:])
        with refusing("3 pictures in one file"):
            clean_photo(moving)
    with refusing("2 pictures in one file"):
        clean_photo((PHOTOS / "two.heic").read_bytes())


def test_a_bomb_is_refused_by_its_head() -> None:
    small = written("PNG")
    for side in (9000, 20_000):
        head = b"IHDR" + side.to_bytes(4, "big") * 2 + small[24:29]
        with refusing("too large to be opened"):
            clean_photo(small[:12] + head + crc32(head).to_bytes(4, "big") + small[33:])
    swollen, at = bytearray(HEIC), 0
    while (at := swollen.find(b"ispe", at + 1)) > 0:
        swollen[at + 8 : at + 16] = (30_000).to_bytes(4, "big") * 2
    with refusing("too large to be opened"):
        clean_photo(bytes(swollen))


def test_a_picture_that_is_another_size_than_it_says_is_refused() -> None:
    lying, at = bytearray(HEIC), 0
    while (at := lying.find(b"ispe", at + 1)) > 0:
        lying[at + 8 : at + 16] = (7000).to_bytes(4, "big") * 2
    with refusing("damaged or breaks off"):
        clean_photo(bytes(lying))

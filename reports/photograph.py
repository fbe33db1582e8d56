"""A photograph as people see it: upright, its pixels alone; neither place nor device."""

from io import BytesIO
from threading import Lock
from zlib import crc32

import pi_heif
from PIL import Image, ImageOps

from analysis.errors import BadInput, Place, bad
from reports.jpeg_scans import with_more_in_scans

LARGEST_SIDE = 1600  # pixels: sharp on half a page
MOST_PIXELS = 64_000_000  # more than telephones give
LONGEST_SIDE = 30_000  # pixels: more than their panoramas
FORMATS = ("PNG", "JPEG", "WEBP")
TOO_LARGE = (Image.DecompressionBombError, Image.DecompressionBombWarning)
BROKEN = (OSError, SyntaxError, EOFError, ValueError, IndexError, RuntimeError, MemoryError)
# A large picture fills hundreds of megabytes while it is decoded: one at a time.
DECODING = Lock()


def clean_photo(picture: bytes, place: Place | None = None) -> bytes:
    """The photograph upright, as a JPEG of its pixels alone, on white where one sees through.

    ``place``: where a refusal says that it is. Raises BadInput for what cannot be decoded whole,
    holds several pictures, or is too large.
    """
    try:
        with DECODING, _opened(picture) as opened:
            _check(opened, place)
            if opened.format in ("JPEG", "MPO"):
                _require_whole(picture, opened)
            pixels = _on_white(ImageOps.exif_transpose(opened))
            pixels.thumbnail((LARGEST_SIDE, LARGEST_SIDE), reducing_gap=None)
    except BadInput:
        raise
    except TOO_LARGE as error:
        raise _too_large(place) from error
    except BROKEN as error:
        raise bad("unsound_picture", place) from error
    file = BytesIO()
    Image.frombytes("RGB", pixels.size, pixels.tobytes()).save(file, "JPEG", quality=85)
    return file.getvalue()


def _opened(picture: bytes) -> Image.Image:
    """The picture, of which only the head has been read."""
    if pi_heif.is_supported(picture):
        heic: Image.Image = pi_heif.HeifImageFile(BytesIO(picture))
        return heic
    return Image.open(BytesIO(picture), formats=FORMATS)


def _check(opened: Image.Image, place: Place | None) -> None:
    width, height = opened.size
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise _too_large(place)
    # A camera's JPEG may name further pictures behind it, which are no frames.
    frames = 1 if opened.format == "MPO" else getattr(opened, "n_frames", 1)
    if frames > 1:
        raise bad("several_pictures", place, found=frames)


def _too_large(place: Place | None) -> BadInput:
    return bad("large_picture", place, most=MOST_PIXELS, longest=LONGEST_SIDE)


def _require_whole(picture: bytes, opened: Image.Image) -> None:
    """Raises ValueError for a JPEG whose coded data end early, see ``jpeg_scans``."""
    with Image.open(BytesIO(with_more_in_scans(picture)), formats=FORMATS) as more:
        if crc32(more.tobytes()) != crc32(opened.tobytes()):
            raise ValueError("the coded data end early")


def _on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    seen_through = picture.convert("RGBA")
    white = Image.new("RGB", picture.size, "white")
    white.paste(seen_through, mask=seen_through.getchannel("A"))
    return white

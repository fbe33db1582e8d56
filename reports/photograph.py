"""A photograph as people see it: upright, its pixels alone; neither place nor device."""

from io import BytesIO
from threading import Lock

import pi_heif
from PIL import Image, ImageOps

from analysis.errors import BadInput, Place, bad

LARGEST_SIDE = 1600  # pixels: sharp on half a page
MOST_PIXELS = 64_000_000  # more than telephones give
FORMATS = ("PNG", "JPEG", "WEBP")
TOO_LARGE = (Image.DecompressionBombError, Image.DecompressionBombWarning)
BROKEN = (OSError, SyntaxError, EOFError, ValueError, RuntimeError, MemoryError)
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
            pixels = _on_white(ImageOps.exif_transpose(opened))
            pixels.thumbnail((LARGEST_SIDE, LARGEST_SIDE), reducing_gap=None)
    except BadInput:
        raise
    except TOO_LARGE as error:
        raise bad("large_picture", place, most=MOST_PIXELS) from error
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
    if width * height > MOST_PIXELS:
        raise bad("large_picture", place, most=MOST_PIXELS)
    # A camera's JPEG may name further pictures behind it, which are no frames.
    frames = 1 if opened.format == "MPO" else getattr(opened, "n_frames", 1)
    if frames > 1:
        raise bad("several_pictures", place, found=frames)


def _on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    seen_through = picture.convert("RGBA")
    white = Image.new("RGB", picture.size, "white")
    white.paste(seen_through, mask=seen_through.getchannel("A"))
    return white

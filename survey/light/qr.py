"""A link as a QR code within a page."""

from markupsafe import Markup

QUIET_ZONE = 4  # modules, the margin that scanners ask for


def inline_qr(link: str) -> Markup:
    """The code as an element of a page, as large as the page makes it."""
    import segno  # takes memory, and few pages show a code

    code = segno.make_qr(link, error="m")
    drawn = code.svg_inline(border=QUIET_ZONE, dark="#000", light="#fff", omitsize=True)
    return Markup(drawn)

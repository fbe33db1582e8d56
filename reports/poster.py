"""Posters: a unit's link as a QR code, and the A4 page that hangs where citizens pass."""

import re
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import quote, urlencode

import segno
from markupsafe import Markup

from locales import say
from reports.pages import templates

# M stays readable with 15 % of the code soiled or torn; 4 is the margin that scanners ask for.
ERROR_CORRECTION = "m"
QUIET_ZONE = 4
INK, PAPER = "#000000", "#ffffff"
WEB_ADDRESS = re.compile(
    r"(?P<scheme>https?://)?(?P<host>[\w.-]+|\[[\da-f:]+\])(?P<port>:\d{1,5})?(?P<path>/[^\s?#]*)?",
    re.IGNORECASE,
)
THIS_COMPUTER = re.compile(r"https?://(localhost|127\.[\d.]+|\[::1\])(:\d+)?/")
PAGE_WIDTH = 182  # millimetres between the margins
LEAST = 12
# Millimetres a capital of the pages' font is wide on average, for each point of its height.
CHARACTER = 0.2


@dataclass(frozen=True)
class Poster:
    """What a poster is about; ``counter`` is only a word on it, no part of the link."""

    link: str
    unit: str
    institution: str
    service: str = ""
    counter: str = ""
    demonstration: bool = False


def rating_link(base: str, unit: str, service: str = "") -> str:
    """The link to the light form of a unit, with one of its services chosen.

    Raises ValueError where ``base`` is no web address.

    >>> rating_link("survei.contoh.go.id", "contoh", "layanan-2")
    'https://survei.contoh.go.id/s/contoh?l=layanan-2'
    """
    query = f"?{urlencode({'l': service})}" if service else ""
    return f"{_site(base)}/s/{quote(unit, safe='')}{query}"


def kiosk_link(base: str, key: str) -> str:
    """The link that a kiosk opens. Raises ValueError where ``base`` is no web address.

    >>> kiosk_link("survei.contoh.go.id/", "7K3M-09QX-ZT4V")
    'https://survei.contoh.go.id/k/7K3M-09QX-ZT4V'
    """
    return f"{_site(base)}/k/{key}"


def interviewer_link(base: str, unit: str, key: str) -> str:
    """The link of a unit's form for an interviewer. Raises ValueError as ``rating_link``.

    >>> interviewer_link("survei.contoh.go.id", "contoh", "7K3M-09QX-ZT4V")
    'https://survei.contoh.go.id/s/contoh?e=7K3M-09QX-ZT4V'
    """
    return f"{rating_link(base, unit)}?{urlencode({'e': key})}"


def _site(base: str) -> str:
    found = WEB_ADDRESS.fullmatch(base.strip())
    if found is None:
        raise ValueError(f"no web address: {base!r}")
    scheme, host, port, path = (found[name] or "" for name in ("scheme", "host", "port", "path"))
    place = (scheme.lower() or "https://") + host.encode("idna").decode() + port
    return f"{place}{quote(path.rstrip('/'), safe='/%')}"


def only_on_this_computer(link: str) -> bool:
    """Whether no other device can open the link."""
    return THIS_COMPUTER.match(link) is not None


def qr_png(link: str, scale: int) -> bytes:
    """The link as a PNG picture, ``scale`` pixels a module."""
    return _drawn(link, kind="png", scale=scale)


def qr_svg(link: str) -> bytes:
    """The link as an SVG file."""
    return _drawn(link, kind="svg", scale=10)


def poster_html(poster: Poster) -> str:
    """The poster as one A4 page: an HTML file that needs nothing else."""
    return templates.get_template("poster.html").render(
        poster=poster,
        say=say,
        typed=typed_address(poster.link),
        # Who typed the form's address has this one, but for a letter.
        known=re.sub("/s/([^/]*)$", r"/u/\1", typed_address(poster.link)),
        qr=inline_qr(poster.link),
        points=_points,
    )


def typed_address(link: str) -> str:
    """The link as it is typed. The scanned one may name a service; here the form asks for it.

    >>> typed_address("https://survei.contoh.go.id/s/contoh?l=layanan-2")
    'survei.contoh.go.id/s/contoh'
    """
    return link.partition("://")[2].partition("?")[0]


def _drawn(link: str, kind: str, scale: int) -> bytes:
    file = BytesIO()
    _qr(link).save(file, kind, scale=scale, border=QUIET_ZONE, dark=INK, light=PAPER)
    return file.getvalue()


def inline_qr(link: str) -> Markup:
    """The code as an element of a page, as large as the page makes it."""
    drawn = _qr(link).svg_inline(border=QUIET_ZONE, dark=INK, light=PAPER, omitsize=True)
    return Markup(drawn)


def _qr(link: str) -> segno.QRCode:
    return segno.make_qr(link, error=ERROR_CORRECTION)


def _points(text: str, most: float, lines: int) -> float:
    """The largest height, in points, at which the text fits into so many lines."""
    return max(LEAST, min(most, round(lines * PAGE_WIDTH / (CHARACTER * len(text)), 1)))

"""A badge: two words side by side on one line, as a picture for other people's pages (SVG)."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from reports.style import INK, TEXT

HEIGHT, SIZE, MARGIN = 28, 13, 9  # pixels
QUIET = "#6b7b82"
# How wide letters are against their size; the picture stretches its texts to the sum.
NARROW, WIDE = frozenset("iljtfr.,:;·|!'() "), frozenset("mwMW%@—")
SHARES = (0.33, 0.6, 0.92)


@dataclass(frozen=True)
class Badge:
    """What a badge says, left and right; ``told``: all of it in a sentence, for screen readers.

    ``known``: whether there is a result, else the right side is grey.
    """

    left: str
    right: str
    told: str
    known: bool


def badge_svg(badge: Badge) -> str:
    """The badge as a picture, 28 pixels high.

    >>> "<title>IKM 80,12</title>" in badge_svg(Badge("IKM", "80,12 · B", "IKM 80,12", True))
    True
    """
    left, right = _width(badge.left), _width(badge.right)
    edge, whole = left + 2 * MARGIN, left + right + 4 * MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{HEIGHT}" '
        f'viewBox="0 0 {whole} {HEIGHT}" role="img">'
        f"<title>{escape(badge.told)}</title>"
        f'<clipPath id="round"><rect width="{whole}" height="{HEIGHT}" rx="5"/></clipPath>'
        f'<g clip-path="url(#round)"><rect width="{edge}" height="{HEIGHT}" fill="{TEXT}"/>'
        f'<rect x="{edge}" width="{whole - edge}" height="{HEIGHT}" '
        f'fill="{INK if badge.known else QUIET}"/></g>'
        f'<g fill="white" font-size="{SIZE}" font-weight="600" '
        "font-family=\"system-ui,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif\">"
        f"{_letters(MARGIN, left, badge.left)}{_letters(edge + MARGIN, right, badge.right)}"
        "</g></svg>"
    )


def _letters(start: int, width: int, text: str) -> str:
    return (
        f'<text x="{start}" y="{HEIGHT // 2 + 5}" textLength="{width}" '
        f'lengthAdjust="spacingAndGlyphs">{escape(text)}</text>'
    )


def _width(text: str) -> int:
    narrow, usual, wide = SHARES
    shares = (narrow if one in NARROW else wide if one in WIDE else usual for one in text)
    return max(1, round(SIZE * sum(shares)))

"""Slips with visit tokens, to be cut and handed out."""

from collections.abc import Sequence
from urllib.parse import urlencode

from locales import say
from reports.pages import templates
from reports.poster import inline_qr


def slips_html(unit: str, link: str, tokens: Sequence[str], demonstration: bool = False) -> str:
    """A4 pages of slips in one HTML file; each has the code to scan, and the same to type.

    ``link``: the unit's light form. Slips of a demonstration are marked as such.
    """
    return templates.get_template("slips.html").render(
        unit=unit,
        demonstration=demonstration,
        typed=link.partition("://")[2],
        slips=[(token, inline_qr(f"{link}?{urlencode({'v': token})}")) for token in tokens],
        say=say,
    )

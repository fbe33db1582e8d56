"""The addresses of what is public, as paths on this host."""

from html import escape
from urllib.parse import quote
from uuid import UUID

from locales import Language, say

API = "/api/v1"
CARDS, BADGES = "/kartu", "/lencana"
CARD_SIZE = (340, 440)  # pixels: as wide as a narrow column, as high as the longest name needs


def announcement_address(announcement: UUID) -> str:
    """Of an announced index, for machines."""
    return f"{API}/announcements/{announcement}"


def announcement_page(announcement: UUID) -> str:
    """Of an announced index, for people."""
    return f"/ikm?hasil={announcement}"


def unit_page(unit_code: str, language: Language = "id") -> str:
    """Of what a unit announced of its latest survey."""
    return f"/ikm?unit={quote(unit_code)}&lang={language}"


def card_address(unit_code: str, language: Language = "id") -> str:
    """Of the unit's card, which other sites may frame."""
    return f"{CARDS}/{quote(unit_code)}?lang={language}"


def badge_address(unit_code: str, language: Language = "id") -> str:
    """Of the unit's badge, a picture."""
    return f"{BADGES}/{quote(unit_code)}?lang={language}"


def card_snippet(base: str, unit_code: str, unit: str, language: Language = "id") -> str:
    """The HTML by which a site shows the unit's card; ``base``: this host's address."""
    width, height = CARD_SIZE
    title = escape(say(language, "card.frame_title", unit=unit))
    address = escape(f"{base}{card_address(unit_code, language)}")
    return (
        f'<iframe src="{address}" title="{title}" width="{width}" height="{height}" '
        'loading="lazy" style="border:0;max-width:100%"></iframe>'
    )


def badge_snippet(base: str, unit_code: str, unit: str, language: Language = "id") -> str:
    """The HTML by which a site shows the unit's badge, linked to its public page."""
    title = escape(say(language, "card.frame_title", unit=unit))
    page, picture = (
        escape(f"{base}{path}")
        for path in (unit_page(unit_code, language), badge_address(unit_code, language))
    )
    return f'<a href="{page}"><img src="{picture}" alt="{title}" height="28"></a>'

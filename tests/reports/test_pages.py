"""Printed pages are drawn in the font that they bring along, not in one of the machine's."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from reports.notices.questionnaire import questionnaire_html
from reports.notices.slips import slips_html
from reports.poster import poster_html
from tests.reports.notices.test_poster import LONG, a_poster
from tests.reports.notices.test_questionnaire import a_questionnaire
from tests.reports.notices.test_slips import TOKENS

FONT = "Source Sans 3 ExtraLight of the page"  # named after the first of its weights
PAGES = {
    "poster": poster_html(a_poster(**LONG)),
    "slips": slips_html("Dinas Sosial – Ștefan Łódź", "https://contoh.go.id/s/contoh", TOKENS),
    "questionnaire": questionnaire_html(a_questionnaire(), ["A-0001"], "id"),
}


@pytest.mark.parametrize("name", PAGES)
def test_every_letter_is_drawn_in_the_font_of_the_page(page: Page, name: str) -> None:
    page.emulate_media(media="print")
    page.set_content(PAGES[name])
    page.evaluate("document.fonts.ready.then(() => null)")
    assert fonts_of(page) == {FONT}


def fonts_of(page: Page) -> set[str]:
    """What the letters of the page are drawn in; fonts that it brings along are marked so."""
    asked = page.context.new_cdp_session(page)
    asked.send("DOM.enable")
    asked.send("CSS.enable")
    root = asked.send("DOM.getDocument")["root"]["nodeId"]
    everything = {"nodeId": root, "selector": "body *"}
    return {
        f"{font['familyName']} {'of the page' if font['isCustomFont'] else 'of the machine'}"
        for node in asked.send("DOM.querySelectorAll", everything)["nodeIds"]
        for font in asked.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    }


def test_the_logo_is_drawn_without_any_font() -> None:
    assert "<text" not in Path("screens/assets/logo.svg").read_text(encoding="utf-8")

"""Slips: each token once, to scan and to type."""

from reports.notices.slips import slips_html
from tests.reports.notices.test_poster import shown

TOKENS = ["7K3M-09QX-ZT4V", "0000-1111-2222"]


def test_each_slip_has_its_token_the_address_and_a_code() -> None:
    page = slips_html("Puskesmas <Langgur>", "https://survei.contoh.go.id/s/contoh", TOKENS)
    words = shown(page)
    assert [words.count(token) for token in TOKENS] == [1, 1]
    assert words.count("survei.contoh.go.id/s/contoh") == words.count("Puskesmas <Langgur>") == 2
    assert page.count("<svg") == 2
    assert "<Langgur>" not in page


def test_slips_of_the_demonstration_are_marked() -> None:
    link = "https://survei.contoh.go.id/s/contoh"
    for demonstration, times in ((True, 2), (False, 0)):
        page = slips_html("Contoh", link, TOKENS, demonstration)
        assert shown(page).count("DATA CONTOH") == times

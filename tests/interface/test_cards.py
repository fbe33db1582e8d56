"""A unit's card and badge on other people's pages."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from models import open_engine
from tests.asgi import ask
from tests.interface.conftest import Public, served
from tests.screens.seen import Office

CARD, BADGE = "/kartu/puskesmas-langgur", "/lencana/puskesmas-langgur"
LARGEST = 10_000  # bytes, with its picture


@pytest.mark.parametrize(
    ("language", "holds"),
    [
        (
            "id",
            (
                "<title>Puskesmas Langgur: 81,25 · B · Baik</title>",
                '<p class="index">81,25 dari 100 · B · Baik</p>',
                'role="img" aria-label="Indeks 81,25 dari 100',
                "Semester ini (",
                "<dt>Responden</dt><dd>8</dd>",
                "Seberapa pasti",
                "jika responden merupakan sampel acak dari kunjungan",
                'href="/ikm?unit=puskesmas-langgur&amp;lang=id"',
                'href="/kartu/puskesmas-langgur?lang=en"',
            ),
        ),
        (
            "en",
            (
                "<title>Puskesmas Langgur: 81.25 · B · Good</title>",
                "<dt>Respondents</dt><dd>8</dd>",
                "if respondents are a random sample of visits",
                "See the whole result",
            ),
        ),
    ],
)
def test_the_card_says_all_in_both_languages_without_scripts(
    public: Public, language: str, holds: tuple[str, ...]
) -> None:
    answer = ask(public.app, f"{CARD}?lang={language}")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f'<html lang="{language}">' in answer.text
    assert [one for one in holds if one not in answer.text] == []
    assert "<script" not in answer.text
    assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)
    assert len(answer.body) < LARGEST


def test_the_badge_is_a_picture_that_says_itself(public: Public) -> None:
    answer = ask(public.app, f"{BADGE}?lang=id")
    assert answer.headers["content-type"] == "image/svg+xml"
    picture = ElementTree.fromstring(answer.text)
    space = "{http://www.w3.org/2000/svg}"
    assert picture.get("role") == "img"
    told = str(picture.findtext(f"{space}title"))
    assert told.startswith("Nilai Puskesmas Langgur 81,25 dari 100: Baik. Semester ini (")
    assert "8 responden" in told
    letters = [text.text for text in picture.iter(f"{space}text")]
    assert letters == ["IKM", "81,25 · B · Baik · Semester ini"]
    assert len(answer.body) < LARGEST / 5


def test_what_is_not_announced_is_not_told(office: Office) -> None:
    office.rate(3, 7)
    office.close()
    app = served(office.engine)
    for language, said in (("id", "belum diumumkan"), ("en", "announced yet")):
        card, badge = (ask(app, f"{path}?lang={language}") for path in (CARD, BADGE))
        assert (card.status, badge.status) == (200, 200)
        assert said in card.text
        assert said in badge.text
        assert "75" not in badge.text.partition("<title>")[2].partition("</title>")[0]
        assert "C Kurang" not in card.text
        ElementTree.fromstring(badge.text)


@pytest.mark.parametrize("code", ["tiada", "%00", "a/b", "a%0Ab", "%3Cscript%3E", ""])
def test_an_unknown_unit_is_told_and_not_kept(public: Public, code: str) -> None:
    for path in (f"/kartu/{code}", f"/lencana/{code}"):
        answer = ask(public.app, path)
        assert (answer.status, answer.headers["cache-control"]) == (404, "no-store")
        assert "tidak dikenal" in answer.text
        assert "<script" not in answer.text


@pytest.mark.database
def test_without_a_database_the_card_says_so(tmp_path: Path) -> None:
    app = served(open_engine(f"sqlite:///{tmp_path / 'empty.sqlite3'}"))
    answer = ask(app, CARD)
    assert answer.status == 503
    assert "Coba lagi sebentar lagi" in answer.text


def test_other_sites_may_show_and_keep_both(public: Public) -> None:
    for path in (CARD, BADGE):
        first = ask(public.app, path)
        assert first.headers["cross-origin-resource-policy"] == "cross-origin"
        known = {"If-None-Match": first.headers["etag"]}
        assert ask(public.app, path, headers=known).status == 304
        assert ask(public.app, f"{path}?lang=en", headers=known).status == 200

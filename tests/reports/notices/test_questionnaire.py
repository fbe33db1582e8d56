"""The questionnaire on paper: everything that is asked, on numbered sheets, without a name."""

import re

import pytest
from playwright.sync_api import Page

from analysis.rulebook.instrument import instrument_ids, load_instrument
from locales import LANGUAGES, Language, say
from reports.notices.questionnaire import Questionnaire, questionnaire_html, serials
from tests.refusing import refusing
from tests.reports.notices.test_poster import shown

SERVICES = ["Poli umum", "Imunisasi", "Surat keterangan sehat", "Poli gigi"]


def a_questionnaire(instrument: str = "skm-2017", demonstration: bool = False) -> Questionnaire:
    return Questionnaire(
        "Puskesmas <Langgur>",
        "Kabupaten Contoh",
        "Semester I 2026",
        load_instrument(instrument),
        SERVICES,
        demonstration,
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", instrument_ids())
def test_everything_that_is_asked_stands_on_the_sheet(name: str, language: Language) -> None:
    asked = load_instrument(name)
    words = shown(questionnaire_html(a_questionnaire(name), ["A-0001"], language))
    place = 0
    for number, item in enumerate(asked.items, start=1):
        place = words.index(f"{number}. {item.text[language]}", place)
        answers = " ".join(
            f"{letter}. {text[language]}"
            for letter, (_, text) in zip("abcdef", sorted(item.answers.items()), strict=False)
        )
        assert words.index(f"{answers} {asked.missing[language]}", place) > place
    for field in asked.respondent.fields:
        assert field.text[language] in words
        assert all(option[language] in words for option in field.options.values())
    experience = asked.experience
    for text in (experience.text, *experience.forms.values(), experience.none, experience.declined):
        assert text[language] in words
    assert all(service in words for service in SERVICES)
    assert "Puskesmas <Langgur>" in words
    assert say(language, "questionnaire.privacy") in words
    assert say(language, "questionnaire.no_names") in words


def test_each_sheet_has_its_number_and_all_the_same_questions() -> None:
    words = shown(questionnaire_html(a_questionnaire(), serials("PKM", 9, 11), "id"))
    assert re.findall(r"Nomor (\S+) hanya", words) == ["PKM-0009", "PKM-0010", "PKM-0011"]
    assert words.count("Jenis kelamin") == 3


@pytest.mark.parametrize(
    ("prefix", "first", "last"),
    [
        ("", 1, 2),
        ("pkm", 1, 2),
        ("A-B", 1, 2),
        ("ABCDEFGHI", 1, 2),
        ("A", 0, 2),
        ("A", 3, 2),
        ("A", 1, 501),
        ("A", 9999, 10000),
    ],
)
def test_numbers_that_cannot_be_are_refused(prefix: str, first: int, last: int) -> None:
    with refusing("found"):
        serials(prefix, first, last)
    assert len(serials("A", 1, 500)) == 500


def test_sheets_of_the_demonstration_are_marked() -> None:
    for demonstration, times in ((True, 2), (False, 0)):
        page = questionnaire_html(
            a_questionnaire(demonstration=demonstration), ["A-0001", "A-0002"], "id"
        )
        assert shown(page).count("DATA CONTOH") == times


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", instrument_ids())
def test_a_sheet_is_two_pages_of_a4_so_that_it_prints_on_both_sides(
    page: Page, name: str, language: Language
) -> None:
    questionnaire = a_questionnaire(name, demonstration=True)
    page.set_content(questionnaire_html(questionnaire, serials("PKM1", 1, 3), language))
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 6
    assert re.search(rb"/MediaBox\s*\[0 0 59[45](\.\d+)? 84[12](\.\d+)?\]", printed)


def test_the_page_needs_nothing_from_elsewhere() -> None:
    html = questionnaire_html(a_questionnaire(), ["A-0001"], "id")
    elsewhere = r"<script|(?:src|href)=|url\((?!data:font/woff2;base64,)|@import"
    assert re.search(elsewhere, html) is None

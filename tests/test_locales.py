"""Every text exists in both full languages, is used, and has the same blanks to fill in.

Any further language is one file: it says what it can, the rest is said in Indonesian.
"""

import re
import shutil
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from string import Formatter

import pytest
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

import locales
from analysis.rules import parse_yaml
from locales import (
    LANGUAGES,
    Language,
    languages,
    say,
    show_date,
    show_moment,
    show_month,
    show_number,
    show_quantity,
    show_signed,
    texts,
)

ROOT = Path(__file__).parent.parent
FOLDERS = ("screens", "interface", "accounts", "desk", "survey", "reports")
CODE = "\n".join(
    file.read_text(encoding="utf-8")
    for file in [
        ROOT / "app.py",
        *(ROOT / "locales").rglob("*.py"),
        *(f for name in FOLDERS for f in (ROOT / name).rglob("*") if f.suffix in (".py", ".html")),
    ]
)
KEY = re.compile(r'"([a-z_]+\.(?!html|css|typ"|yaml)[a-z_0-9]+)"')
# Keys that are put together: say(f"league.{zone}").
PREFIX = re.compile(r"""f["']([a-z_]+\.[a-z_]*)\{""")
# Sections that are read whole: section("league").
WHOLE = re.compile(r"""\.section\("([a-z_]+)"\)""")


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_said_in_the_code_has_a_text(language: Language) -> None:
    sections = {key.partition(".")[0] for key in texts("id")}
    said = {key for key in KEY.findall(CODE) if key.partition(".")[0] in sections}
    assert said
    assert said - set(texts(language)) == set()


def test_no_text_is_left_over() -> None:
    prefixes = (*PREFIX.findall(CODE), *(f"{name}." for name in WHOLE.findall(CODE)))
    said = set(KEY.findall(CODE))
    unused = {key for key in texts("id") if key not in said and not key.startswith(prefixes)}
    assert unused == set()


def test_the_languages_have_the_same_texts_with_the_same_blanks() -> None:
    indonesian, english = texts("id"), texts("en")
    assert indonesian.keys() == english.keys()
    assert {key for key in indonesian if blanks(indonesian[key]) != blanks(english[key])} == set()


@pytest.mark.parametrize("language", sorted(languages().keys() - LANGUAGES))
def test_a_further_language_says_what_is_said_in_indonesian(language: str) -> None:
    own, indonesian = texts(language), texts("id")
    assert own["language.standing"]
    assert own.keys() - indonesian.keys() == set()
    assert {key for key in own if blanks(own[key]) != blanks(indonesian[key])} == set()


def test_what_a_language_lacks_is_said_and_written_in_indonesian() -> None:
    assert say("jv", "rate.thanks") == "Matur nuwun!"
    assert say("jv", "dashboard.respondents") == say("id", "dashboard.respondents")
    assert show_number("jv", 1278.5) == "1.278,50"


def test_a_language_is_one_file_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "locales", tmp_path, dirs_exist_ok=True)
    (tmp_path / "ban.yaml").write_text(
        'language: {name: "Basa Bali", standing: "Durung kapariksa"}'
    )
    monkeypatch.setattr(locales, "FOLDER", tmp_path)
    languages.cache_clear()
    try:
        assert list(languages())[:2] == ["id", "en"]
        assert languages()["ban"] == "Basa Bali"
        assert locales.chosen("ban") == "ban"
        assert say("ban", "rate.thanks") == say("id", "rate.thanks")
    finally:
        languages.cache_clear()


@pytest.mark.parametrize(
    "file",
    sorted((ROOT / "locales").rglob("*.yaml")),
    ids=lambda file: file.parent.name + file.stem,
)
def test_no_text_stands_twice(file: Path) -> None:
    assert parse_yaml(file.read_text(encoding="utf-8"), file.name)


@given(
    st.floats(-1e9, 1e9) | st.fractions(-1000, 1000, max_denominator=999),
    st.integers(0, 4),
    st.sampled_from(list(LANGUAGES)),
)
def test_there_is_one_minus_sign_and_nothing_is_less_than_nothing(
    value: float | Fraction, decimals: int, language: Language
) -> None:
    for told in (show_number(language, value, decimals), show_signed(language, value, decimals)):
        assert "-" not in told
        if not re.search("[1-9]", told):
            assert told[0] == "0"
    assert show_signed(language, value, decimals).lstrip("+") == show_number(
        language, value, decimals
    )


@given(
    st.decimals(-(10**12), 10**12, places=6) | st.integers(-(10**12), 10**12),
    st.integers(0, 6),
    st.sampled_from(list(LANGUAGES)),
)
def test_numbers_are_written_as_the_common_locale_data_have_them(
    value: Decimal | int, decimals: int, language: Language
) -> None:
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    written = format_decimal(rounded or abs(rounded), pattern, locale=language)
    assert show_number(language, value, decimals) == written.replace("-", "−")
    least = format_decimal(Decimal(value) or 0, "#,##0.######", locale=language)
    assert show_quantity(language, value) == least.replace("-", "−")


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from(list(LANGUAGES)))
def test_days_are_written_as_the_common_locale_data_have_them(
    moment: datetime, language: Language
) -> None:
    clock = "HH.mm" if language == "id" else "HH:mm"
    assert show_date(language, moment) == format_date(moment, "d MMMM y", language)
    assert show_month(language, moment) == format_date(moment, "MMM y", language)
    assert show_moment(language, moment) == format_datetime(
        moment, f"d MMM y {clock}", locale=language
    )


def test_numbers_are_written_in_one_place() -> None:
    """Whoever formats by themselves has another minus sign, and may write -0."""
    found = [
        file
        for folder in FOLDERS
        for file in (ROOT / folder).rglob("*.py")
        if re.search(r"babel\.numbers|format_decimal|format_percent", file.read_text("utf-8"))
    ]
    assert found == []

"""Calendar files: whatever people wrote comes out of them as it was, in lines of 75 octets."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from reports.calendar import LONGEST_LINE, CalendarDay, calendar_ics

MADE = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
NASTY = "Loket 2; buka ✅, 10 %\\\nBEGIN:VEVENT\r\nEND:VCALENDAR\x0b\x00 é" + "ß" * 90


def unfolded(file: bytes) -> list[str]:
    """The lines of a calendar, joined again."""
    assert file.endswith(b"\r\n")
    whole = file.decode().replace("\r\n ", "")
    assert "\r" not in whole.replace("\r\n", "")
    return whole.split("\r\n")[:-1]


def plain(value: str) -> str:
    """A calendar's text as it was before it was escaped."""
    found, letters = [], iter(value)
    for letter in letters:
        if letter == "\\":
            following = next(letters)
            found.append("\n" if following == "n" else following)
        else:
            assert letter not in ";,"
            found.append(letter)
    return "".join(found)


def event(text: str) -> CalendarDay:
    return CalendarDay("one", date(2026, 12, 12), text, text, "http://127.0.0.1/beranda?lang=id")


@given(st.text(st.characters(exclude_categories=("Cc", "Cs"))))
def test_a_text_comes_back_word_for_word(text: str) -> None:
    lines = unfolded(calendar_ics([event(text)], "Beranda", MADE))
    (summary,) = [line for line in lines if line.startswith("SUMMARY:")]
    assert plain(summary.removeprefix("SUMMARY:")) == text


@given(st.lists(st.text() | st.just(NASTY), max_size=3))
def test_nothing_that_is_written_makes_a_line_of_its_own(texts: list[str]) -> None:
    file = calendar_ics([event(text) for text in texts], NASTY, MADE)
    assert all(len(line) <= LONGEST_LINE for line in file.split(b"\r\n"))
    lines = unfolded(file)
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == len(texts)
    assert lines.count("END:VCALENDAR") == 1
    assert lines[-1] == "END:VCALENDAR"


def test_a_day_is_whole_and_keeps_nobody_busy() -> None:
    lines = unfolded(calendar_ics([event("Periode berakhir")], "Beranda", MADE))
    assert lines == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Suara Layanan//Beranda//ID",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Beranda",
        "BEGIN:VEVENT",
        "UID:one",
        "DTSTAMP:20261130T070000Z",
        "DTSTART;VALUE=DATE:20261212",
        "DTEND;VALUE=DATE:20261213",
        "SUMMARY:Periode berakhir",
        "DESCRIPTION:Periode berakhir",
        "URL:http://127.0.0.1/beranda?lang=id",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]

"""The words of the program: one YAML file a language beside this file.

Indonesian and English say everything. Any other file, such as ``jv.yaml``, says what a citizen
reads at the light door; what it lacks is said in Indonesian. Each names itself, with its
standing, in its section ``language``. The texts of questionnaires and schemes stand in their
own files.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

# What every screen speaks; the light door speaks every language that has a file.
Language = Literal["id", "en"]
FOLDER = Path(__file__).parent
CODE = re.compile("[a-z]{2,3}")  # ISO 639
SECTION, ITEM = (re.compile(one, re.MULTILINE) for one in (b"^([a-z_]+):", b"^  [^ ]"))
MINUS = "−"
SHORT = 3  # letters of a month, in both languages


def say(language: str, key: str, /, **values: object) -> str:
    """The text under ``key`` ("dashboard.respondents"), with ``values`` filled in.

    In Indonesian where the language lacks it. Raises KeyError for an unknown key.
    """
    return texts(speaker(language, key))[key].format(**values)


@dataclass(frozen=True)
class Phrase:
    """The text under ``key``, to be said once the language is known.

    >>> Phrase("rate.send")["en"]
    'Send rating'
    """

    key: str

    def __getitem__(self, language: str) -> str:
        return say(language, self.key)


def speaker(language: str, key: str) -> str:
    """The language in which the text under ``key`` is said: this one, or else Indonesian.

    >>> speaker("jv", "rate.send"), speaker("jv", "dashboard.respondents")
    ('jv', 'id')
    """
    return language if key in texts(language) else "id"


@cache
def languages() -> dict[str, str]:
    """The name of every language that has a file, by its code; those of every screen first."""
    stems = sorted(file.stem for file in FOLDER.glob("*.yaml"))
    found = filter(CODE.fullmatch, stems)
    return {code: texts(code)["language.name"] for code in dict.fromkeys([*LANGUAGES, *found])}


def chosen(*wishes: str | None) -> str:
    """The first of the wishes that is a language of ours; Indonesian where none is.

    >>> chosen(None, "fr", "en")
    'en'
    """
    return next((wish for wish in wishes if wish in languages()), None) or "id"


def show_number(language: str, value: Any, decimals: int = 2) -> str:
    """The number as it is written in the language, halves rounded up.

    >>> show_number("id", 1278.5), show_number("en", Fraction(25, 8)), show_number("id", -0.001)
    ('1.278,50', '3.13', '0,00')
    """
    return _written(language, f"{_rounded(value, decimals):,.{decimals}f}")


def show_signed(language: str, value: Any, decimals: int = 2) -> str:
    """A difference with its sign; what is rounded to nothing has none.

    >>> show_signed("id", 1.25), show_signed("en", -2), show_signed("id", 0.001)
    ('+1,25', '−2.00', '0,00')
    """
    sign = "+" if value > 0 and _rounded(value, decimals) else ""
    return f"{sign}{show_number(language, value, decimals)}"


def show_percent(language: str, share: Any, decimals: int = 0) -> str:
    """The share of a whole in percent, the sign attached.

    >>> show_percent("id", Fraction(1, 8), 1), show_percent("en", 1)
    ('12,5%', '100%')
    """
    return f"{show_number(language, 100 * share, decimals)}%"


def show_range(low: str, high: str) -> str:
    """From one number to another, as both are written.

    >>> show_range("77,79", "83,77")
    '77,79–83,77'
    """
    return f"{low}–{high}"


def show_chance(language: str, share: Any) -> str:
    """A simulated probability: what rounds to one or to nothing is neither.

    >>> show_chance("id", Fraction(97, 100)), show_chance("id", 0.999), show_chance("en", 0)
    ('0,97', '> 0,99', '< 0.01')
    """
    shown = _rounded(share, 2)
    if shown >= 1:
        return f"> {show_number(language, Decimal('0.99'))}"
    if shown <= 0:
        return f"< {show_number(language, Decimal('0.01'))}"
    return show_number(language, shown)


def show_quantity(language: str, value: Any) -> str:
    """The number with its decimals, six at most; beyond all use by its power of ten.

    >>> show_quantity("id", 2.5), show_quantity("en", Fraction(2000))
    ('2,5', '2,000')
    """
    if abs(value) >= 10**15:
        return f"{float(value):g}".replace("-", MINUS)
    return _written(language, f"{_rounded(value, 6):,.6f}".rstrip("0").rstrip("."))


def _rounded(value: Any, decimals: int) -> Decimal:
    """Halves up; nothing is never less than nothing."""
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / value.denominator
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return rounded if rounded else abs(rounded)


def _written(language: str, english: str) -> str:
    """The number, written as in English, with the language's own marks."""
    marks = str.maketrans(",.-", ",." + MINUS if _format(language) == "en" else ".," + MINUS)
    return english.translate(marks)


def show_date(language: str, value: date) -> str:
    """The date in words.

    >>> show_date("id", date(2026, 11, 21))
    '21 November 2026'
    """
    return f"{value.day} {_month(language, value)} {value.year}"


def show_month(language: str, value: date) -> str:
    """The month of a date, in short.

    >>> show_month("id", date(2026, 5, 1))
    'Mei 2026'
    """
    return f"{_month(language, value)[:SHORT]} {value.year}"


def show_moment(language: str, value: datetime) -> str:
    """The day, in short, and the time of day, in the moment's own zone.

    >>> show_moment("id", datetime(2026, 8, 17, 9, 5))
    '17 Agu 2026 09.05'
    """
    mark = ":" if _format(language) == "en" else "."
    return f"{value.day} {show_month(language, value)} {value:%H{mark}%M}"


def _month(language: str, value: date) -> str:
    return texts(_format(language))["language.months"].split()[value.month - 1]


@cache
def texts(language: str) -> "Texts":
    """The texts of a language, by key: "section.name"; refusals have files of their own."""
    return Texts(language)


class Texts(Mapping[str, str]):
    """A language's texts by key; each is read when it is first asked for.

    The light door says a tenth of them: of the others it shall keep nothing.
    """

    def __init__(self, language: str) -> None:
        files = (FOLDER / f"{language}.yaml", FOLDER / "refusals" / f"{language}.yaml")
        self.files = [file for file in files if file.exists()]
        self.read: dict[str, str] = {}
        self.lacking: set[str] = set()

    def __getitem__(self, key: str) -> str:
        if key not in self.read and key not in self.lacking:
            section, _, rest = key.partition(".")
            # Some items are not written by their bare name: these come with the whole section.
            self.read |= self._parsed(section, rest.partition(".")[0]) or self._parsed(section)
            if key not in self.read:
                self.lacking.add(key)
        return self.read[key]

    def __iter__(self) -> Iterator[str]:
        for file in self.files:
            for name in SECTION.findall(file.read_bytes()):
                found = self._parsed(name.decode())
                self.read |= found
                yield from found

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def section(self, name: str) -> dict[str, str]:
        """The texts of one section, by their keys without its name; of the others nothing is read.

        >>> texts("id").section("streamlit")["Connection error"]
        'Sambungan terputus'
        """
        return {key.removeprefix(f"{name}."): one for key, one in self._parsed(name).items()}

    def _parsed(self, section: str, item: str = "") -> dict[str, str]:
        """The texts of a section, or of one item of it, by key."""
        head = f"{section}:".encode()
        for file in self.files:
            part = _between(file.read_bytes(), head, SECTION)
            if part and item:
                part = _between(part, f"  {item}:".encode(), ITEM)
                part = part and head + b"\n" + part
            if part:
                return dict(_flat(yaml.load(part, yaml.CSafeLoader)))
        return {}


def _between(content: bytes, head: bytes, next_one: re.Pattern[bytes]) -> bytes:
    """From the line that begins with ``head`` to the next of its kind; empty: there is none."""
    start = (b"\n" + content).find(b"\n" + head)
    if start < 0:
        return b""
    end = next_one.search(content, start + len(head))
    return content[start : end.start() if end else None]


def _flat(content: dict[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, one in content.items():
        if isinstance(one, dict):
            yield from _flat(one, f"{above}{name}.")
        else:
            yield f"{above}{name}", one


def _format(language: str) -> str:
    """The language whose numbers are written: this one, or else Indonesian."""
    return language if language in LANGUAGES else "id"


LANGUAGES: dict[Language, str] = {code: texts(code)["language.name"] for code in get_args(Language)}

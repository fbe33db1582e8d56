"""What a file says of respondents and visits, put into the classes that are stored."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.rulebook.instrument import Instrument
from survey.reading.rules import in_words, people_rules

AGE = "age"
YEARS = re.compile(r"^(\d{1,3})(?:[.,]0{1,2})?\s*(?:tahun|thn|th|years?)?\.?$")
BETWEEN = re.compile(r"^(\d{1,3})\s*(?:-|–|s/?d\.?|sampai|hingga|to)\s*(\d{1,3})\s*(?:tahun|thn|th|years?)?\.?$")
BELOW = re.compile(r"^(?:<|di ?bawah|kurang dari|under|below)\s*(\d{1,3})\s*(?:tahun|thn|th|years?)?\.?$")
FROM = re.compile(
    r"^(?:(?:>=|≥|mulai)\s*(\d{1,3})|(\d{1,3})\s*(?:tahun|thn|th)?\s*(?:ke atas|and over|\+))"
    r"\s*(?:tahun|thn|th|years?)?\.?$"
)
ABOVE = re.compile(r"^(?:>|di ?atas|lebih dari|over|above)\s*(\d{1,3})\s*(?:tahun|thn|th|years?)?\.?$")
# Days in Indonesia are written day first.
DAY_FIRST = re.compile(r"^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})\b")
MONTH_FIRST = r"^(?:0?[1-9]|1[0-2])[/.\-](?:1[3-9]|2\d|3[01])[/.\-]\d{4}\b"
YEAR_FIRST = re.compile(r"^(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})\b")
NAMED_MONTH = re.compile(r"(\d{1,2})[ \-/]+([a-z]{3,9})\.?[ \-/,]+(\d{4})\b")
YEAR = re.compile(r"^(19|20)\d{2}$")
MONTHS = ("jan", "feb", "mar", "apr", "mei may", "jun", "jul", "agu aug ags", "sep", "okt oct", "nov", "des dec")
OLDEST = 150


@dataclass(frozen=True)
class PeopleReader:
    """Reads respondents by the classes of a questionnaire; ``on``: the day that ages are of."""

    instrument: Instrument
    on: date

    def column(self, texts: pd.Series, field: str) -> pd.Series:
        """(n,) the class that a cell says, "" for a blank one, None for what is not sure."""
        return _each(texts, lambda text: "" if _blank(text) else self._read(text, field))

    def _read(self, text: str, field: str) -> str | None:
        found = self._words[field].get(in_words(text))
        return self._age(text.casefold().strip()) if found is None and field == AGE else found

    def _age(self, text: str) -> str | None:
        """The class within which all ages lie that the text may mean."""
        years = _years(text, self.on)
        return next((key for key, of in self._classes.items() if years and years <= of), None)

    @cached_property
    def _classes(self) -> Mapping[str, frozenset[int]]:
        """The ages of each class, read from its key: under_18, 18_24, 65_over."""
        field = next((one for one in self.instrument.respondent.fields if one.key == AGE), None)
        return {option: _of_class(option) for option in (field.options if field else ())}

    @cached_property
    def _words(self) -> Mapping[str, Mapping[str, str]]:
        written = people_rules().fields
        return {
            field.key: {
                **{
                    in_words(word): option
                    for option in field.options
                    for word in written.get(field.key, {}).get(option, ())
                },
                **{
                    in_words(text): option
                    for option, texts in field.options.items()
                    for text in (texts.id, texts.en, texts.id.partition(" (")[0])
                },
            }
            for field in self.instrument.respondent.fields
        }


def days(texts: pd.Series) -> pd.Series:
    """(n,) the day that a cell names, None where it names none.

    Day first as in Indonesia, unless one in the column can only have its month first.
    """
    month_first = bool(texts.str.match(MONTH_FIRST).any())
    return _each(texts, lambda text: _day(text.casefold().strip(), month_first))


def provenances(texts: pd.Series) -> pd.Series:
    """(n,) how a row was filled in; "" for a blank cell, None for what is not known."""
    known = {in_words(word): key for key, words in people_rules().channel.items() for word in words}
    return _each(texts, lambda text: "" if _blank(text) else known.get(in_words(text)))


def _each(texts: pd.Series, read: Callable[[str], object]) -> pd.Series:
    """What is read of each text, once for all that are the same."""
    codes, written = pd.factorize(texts)
    values = np.empty(len(written), dtype=object)
    values[:] = [read(text) for text in written]
    return pd.Series(values[codes], texts.index, dtype=object)


def _blank(text: str) -> bool:
    return not in_words(text)


def _years(text: str, on: date) -> frozenset[int] | None:
    """The ages that a text may mean: a number, a range, a day or year of birth."""
    known = people_rules().age
    if found := YEARS.match(text):
        age = int(found[1])
        return frozenset([age]) if known.lowest <= age <= known.highest else None
    if found := BETWEEN.match(text):
        return frozenset(range(int(found[1]), int(found[2]) + 1)) or None
    if found := BELOW.match(text):
        return frozenset(range(int(found[1]))) or None
    if found := FROM.match(text):
        return frozenset(range(int(found[1] or found[2]), OLDEST))
    if found := ABOVE.match(text):
        return frozenset(range(int(found[1]) + 1, OLDEST))
    if YEAR.match(text):  # the birthday may have been or not
        age = on.year - int(text)
        return frozenset([age - 1, age]) if known.lowest < age <= known.highest else None
    if born := _day(text):
        age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
        return frozenset([age]) if known.lowest <= age <= known.highest else None
    return None


def _of_class(option: str) -> frozenset[int]:
    first, _, last = option.partition("_")
    if first == "under":
        return frozenset(range(int(last)))
    return frozenset(range(int(first), OLDEST if last == "over" else int(last) + 1))


def _day(text: str, month_first: bool = False) -> date | None:
    if found := YEAR_FIRST.match(text):
        year, month, day = map(int, found.groups())
    elif found := DAY_FIRST.match(text):
        day, month, year = map(int, found.groups())
        day, month = (month, day) if month_first else (day, month)
    elif found := NAMED_MONTH.search(text):
        named = [at for at, names in enumerate(MONTHS, 1) if found[2][:3] in names.split()]
        day, month, year = int(found[1]), named[0] if named else 0, int(found[3])
    else:
        return None
    try:
        return datetime(year, month, day).date()  # noqa: DTZ001 - a day has no time zone
    except ValueError:
        return None

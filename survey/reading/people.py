"""What a file says of respondents and visits, put into the classes that are stored."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.rulebook.instrument import Instrument
from survey.reading.ages import ages, class_of
from survey.reading.days import MONTH_FIRST, day_of
from survey.reading.rules import in_words, people_rules

AGE = "age"


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
        years = ages(text, self.on)
        return next((key for key, of in self._classes.items() if years and years <= of), None)

    @cached_property
    def _classes(self) -> Mapping[str, frozenset[int]]:
        """The ages of each class, read from its key: under_18, 18_24, 65_over."""
        field = next((one for one in self.instrument.respondent.fields if one.key == AGE), None)
        return {option: class_of(option) for option in (field.options if field else ())}

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
    return _each(texts, lambda text: day_of(text, month_first))


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

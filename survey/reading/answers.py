"""Answers as people write them, as numbers: digits, letters, words, or a number with its word."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from string import ascii_lowercase

import numpy as np
import pandas as pd

from analysis.command.answers import whole_number
from analysis.rulebook.instrument import Instrument, Question
from survey.reading.rules import AnswerRules, answer_rules, in_words

# "4 - Sangat sesuai", "d. Sangat sesuai", "(4) Sangat sesuai", "4 Sangat sesuai".
NUMBER_FIRST = re.compile(r"^\(?(?:(\d{1,2})|([a-z])(?=\s*[).:=\-–/]))\)?\s*[).:=\-–/]*\s*(\D.*)$")
# "Sangat sesuai (4)", "Sangat sesuai = 4".
NUMBER_LAST = re.compile(r"^(.*[^\W\d].*?)\s*[(\[:=\-–]+\s*(\d{1,2})\s*[)\]]?$")
LETTER = re.compile(r"^\(?([a-z])[).]?$")

MISSING, UNREAD = 0, -1
# Characters: more than any answer's number and words; what reads both takes the square of it.
LONGEST_ANSWER = 500


@dataclass(frozen=True)
class AnswerReader:
    """Reads the answers to a questionnaire. ``zero_is_empty``: somebody said that 0 means so."""

    instrument: Instrument
    zero_is_empty: bool = False

    def column(self, texts: pd.Series, item: str) -> np.ndarray:
        """(n,) the answers in a column of text; ``MISSING`` or ``UNREAD`` where there is none."""
        codes, written = pd.factorize(texts)
        read = [self.read(text, item) for text in written]
        return np.array(read, dtype=np.int64)[codes]

    def read(self, text: str, item: str) -> int:
        """The answer that a cell holds; ``MISSING`` for none, ``UNREAD`` for what is not sure."""
        written = unicodedata.normalize("NFKC", text).casefold().strip()
        if len(written) > LONGEST_ANSWER:
            return UNREAD
        question = self._questions[item]
        if (number := whole_number(written)) is not None:
            return self._number(number, question)
        if letter := LETTER.match(written):
            return _by_letter(letter[1], question)
        words = in_words(written)
        if words in self._words[item]:
            return self._words[item][words]
        if words in self._missing:  # a dash and its like have no words
            return MISSING
        return self._twice(written, question)

    def _number(self, number: int, question: Question) -> int:
        if number == 0 and self.zero_is_empty:
            return MISSING
        return number if number in question.answers else UNREAD

    def _twice(self, written: str, question: Question) -> int:
        """The answer given as a number or letter and in words, where both say the same."""
        if first := NUMBER_FIRST.match(written):
            said = self._number(int(first[1]), question) if first[1] else None
            said = _by_letter(first[2], question) if said is None else said
            words = in_words(first[3])
        elif last := NUMBER_LAST.match(written):
            said, words = self._number(int(last[2]), question), in_words(last[1])
        else:
            return UNREAD
        return said if said > 0 and self._words[question.key].get(words) == said else UNREAD

    @cached_property
    def _questions(self) -> Mapping[str, Question]:
        return {question.key: question for question in self.instrument.questions}

    @cached_property
    def _missing(self) -> frozenset[str]:
        own = self.instrument.missing
        return frozenset(["", *map(in_words, [own.id, own.en, *answer_rules().missing])])

    @cached_property
    def _words(self) -> Mapping[str, Mapping[str, int]]:
        """Answers by their words, by item: the questionnaire's own, then the general ones."""
        rules = answer_rules()
        return {
            question.key: {**_general(question, rules), **_own(question)}
            for question in self.instrument.questions
        }


def _own(question: Question) -> dict[str, int]:
    return {
        in_words(text): value
        for value, words in question.answers.items()
        for text in (words.id, words.en)
    }


def _general(question: Question, rules: AnswerRules) -> dict[str, int]:
    """The degrees of praise, where the questionnaire itself ends with "sangat …"."""
    if sorted(question.answers) != sorted(rules.degrees):
        return {}
    return {
        degree.format(praise): value
        for value, languages in rules.degrees.items()
        for language, degrees in languages.items()
        for degree, praise in product(degrees, rules.praise[language])
    }


def _by_letter(letter: str, question: Question) -> int:
    """a is the lowest answer, as on the ministry's form."""
    values: Sequence[int] = sorted(question.answers)
    at = ascii_lowercase.index(letter)
    return values[at] if at < len(values) else UNREAD

"""Ages as people write them: years, ranges, a day or a year of birth."""

import re
from datetime import date

from survey.reading.days import day_of
from survey.reading.rules import people_rules

_YEARS = r"\s*(?:tahun|thn|th|years?)?\.?$"
AGE = re.compile(rf"^(\d{{1,3}})(?:[.,]0{{1,2}})?{_YEARS}")
BETWEEN = re.compile(rf"^(\d{{1,3}})\s*(?:-|–|s/?d\.?|sampai|hingga|to)\s*(\d{{1,3}}){_YEARS}")
BELOW = re.compile(rf"^(?:<|di ?bawah|kurang dari|under|below)\s*(\d{{1,3}}){_YEARS}")
ABOVE = re.compile(rf"^(?:>|di ?atas|lebih dari|over|above)\s*(\d{{1,3}}){_YEARS}")
FROM = re.compile(rf"^(?:>=|≥|mulai)\s*(\d{{1,3}}){_YEARS}")
AND_OVER = re.compile(r"^(\d{1,3})\s*(?:tahun|thn|th)?\s*(?:ke ?atas|and over|\+)$")
BIRTH_YEAR = re.compile(r"^(19|20)\d{2}$")
OLDEST = 150


def class_of(option: str) -> frozenset[int]:
    """The ages of a class, by its key in a questionnaire.

    >>> sorted(class_of("18_24"))
    [18, 19, 20, 21, 22, 23, 24]
    """
    first, _, last = option.partition("_")
    if first == "under":
        return frozenset(range(int(last)))
    return frozenset(range(int(first), OLDEST if last == "over" else int(last) + 1))


def ages(text: str, on: date) -> frozenset[int]:
    """The ages that a text in lower case may mean, on the day ``on``; none where it is no age.

    >>> sorted(ages("17-19 tahun", date(2026, 5, 1))), sorted(ages("1990", date(2026, 5, 1)))
    ([17, 18, 19], [35, 36])
    """
    if found := AGE.match(text):
        return _alive([int(found[1])])
    if found := BETWEEN.match(text):
        return frozenset(range(int(found[1]), int(found[2]) + 1))
    if found := BELOW.match(text):
        return frozenset(range(int(found[1])))
    if found := ABOVE.match(text):
        return frozenset(range(int(found[1]) + 1, OLDEST))
    if found := FROM.match(text) or AND_OVER.match(text):
        return frozenset(range(int(found[1]), OLDEST))
    if BIRTH_YEAR.match(text):  # the birthday may have been or not
        return _alive([on.year - int(text) - 1, on.year - int(text)])
    if born := day_of(text):
        return _alive([on.year - born.year - ((on.month, on.day) < (born.month, born.day))])
    return frozenset()


def _alive(years: list[int]) -> frozenset[int]:
    known = people_rules().age
    return frozenset(years if all(known.lowest <= age <= known.highest for age in years) else [])

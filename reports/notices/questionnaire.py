"""The questionnaire on paper: numbered sheets, to be filled in by hand and keyed in later."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from analysis.errors import Written, bad
from analysis.rulebook.instrument import Instrument
from locales import Language, say
from reports.pages import templates

PREFIX = re.compile("[A-Z0-9]{1,8}")
MOST_AT_ONCE = 500
LAST = 9999


@dataclass(frozen=True)
class Questionnaire:
    """The paper form of an instrument; ``services``: names of the unit's services, to tick."""

    unit: str
    institution: str
    period: str
    instrument: Instrument
    services: Sequence[str] = ()
    demonstration: bool = False


def serials(prefix: str, first: int, last: int) -> list[str]:
    """The numbers of a batch of sheets.

    Raises BadInput for a prefix that is not 1 to 8 capital letters or digits, for numbers
    out of order or outside 1-9999, and for more than 500 sheets.

    >>> serials("PKM1", 9, 10)
    ['PKM1-0009', 'PKM1-0010']
    """
    if not PREFIX.fullmatch(prefix):
        raise bad("prefix_unfit", found=Written(prefix))
    if not 1 <= first <= last <= LAST or last - first >= MOST_AT_ONCE:
        found, largest = [str(first), str(last)], str(LAST)
        raise bad("serials_outside", found=found, largest=largest, most=MOST_AT_ONCE)
    return [f"{prefix}-{number:04}" for number in range(first, last + 1)]


def questionnaire_html(
    questionnaire: Questionnaire, numbers: Sequence[str], language: Language
) -> str:
    """A4 pages in one HTML file that needs nothing else: a sheet for each of the ``numbers``.

    Each page bears the number of its sheet, and no place for a name.
    """
    return templates.get_template("questionnaire.html").render(
        about=questionnaire,
        numbers=numbers,
        language=language,
        letters=ascii_lowercase,
        say=lambda key, **values: say(language, key, **values),
    )

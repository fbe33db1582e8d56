"""Experienced maladministration: how many respondents ticked which form, and its score.

Score = 100 x share answering "none" among those who answered with a form or "none"; higher
is cleaner (assumed). Never shown alone: each form's share and the share asked for payment
stand beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd
from sqlalchemy import FromClause, Select, select

from analysis.index.expression import CountWhere
from analysis.rulebook.instrument import Instrument


@dataclass(frozen=True)
class Experienced:
    """What one group of responses experienced.

    ``answered``: responses with a form or "none"; ``none``: those with "none"; ``declined``:
    those who would not say; ``forms``: responses by form, of which one may tick several.
    """

    answered: int
    none: int
    declined: int
    forms: Mapping[str, int]

    def __add__(self, other: "Experienced") -> "Experienced":
        """Both groups together."""
        return Experienced(
            answered=self.answered + other.answered,
            none=self.none + other.none,
            declined=self.declined + other.declined,
            forms={form: count + other.forms[form] for form, count in self.forms.items()},
        )

    @property
    def score(self) -> Fraction | None:
        """0-100, unrounded; None where nobody answered."""
        return Fraction(100 * self.none, self.answered) if self.answered else None

    def share(self, form: str) -> Fraction | None:
        """The share of those who answered that ticked the form, 0-1."""
        return Fraction(self.forms[form], self.answered) if self.answered else None


def form_column(form: str) -> str:
    """The column of a form beside those of items: SPAK asks an item "discrimination" too."""
    return f"experienced_{form}"


def experience_tally(
    experiences: FromClause, instrument: Instrument, by: Sequence[str]
) -> Select[Any]:
    """The expression that counts experiences by the columns ``by``.

    ``experiences`` has ``answer`` ("some", "none", "declined", or NULL) and a boolean column
    a form.
    """
    answer = experiences.c.answer
    measures = {
        "answered": CountWhere(answer.in_(["some", "none"])),
        "none": CountWhere(answer == "none"),
        "declined": CountWhere(answer == "declined"),
        **{form: CountWhere(experiences.c[form]) for form in instrument.experience.forms},
    }
    keys = [experiences.c[name] for name in by]
    counted = (number.label(name) for name, number in measures.items())
    return select(*keys, *counted).select_from(experiences).group_by(*keys)


def read_experience(counted: pd.DataFrame, instrument: Instrument) -> list[Experienced]:
    """The rows that ``experience_tally`` gave, in their order."""
    return [
        Experienced(
            answered=int(row["answered"]),
            none=int(row["none"]),
            declined=int(row["declined"]),
            forms={form: int(row[form]) for form in instrument.experience.forms},
        )
        for row in counted.to_dict("records")
    ]

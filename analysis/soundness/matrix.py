"""Answers as a matrix: a row a respondent, a column an item."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.errors import Place, bad
from analysis.index.counting import count_frame
from analysis.index.tally import Tally
from analysis.rulebook.instrument import Instrument

Answers = npt.NDArray[np.float64]


def given(answers: Answers, instrument: Instrument) -> Answers:
    """The rows with at least one answer: those of the respondents that count.

    ``answers``: (n, items) in the order of ``instrument.items``, NaN where nothing was
    answered. Raises BadInput for another width or an answer that the item does not allow.
    """
    if answers.ndim != 2 or answers.shape[1] != len(instrument.items):
        width = len(instrument.items)
        raise bad("other_shape", found=str(answers.shape), width=width)
    for item, column in zip(instrument.items, answers.T, strict=True):
        strange = column[~np.isnan(column) & ~np.isin(column, instrument.allowed[item.key])]
        if strange.size:
            place, allowed = Place("answers", column=item.key), instrument.allowed[item.key]
            raise bad("answer_not_offered", place, found=float(strange[0]), allowed=allowed)
    return answers[~np.isnan(answers).all(axis=1)]


def tally_of(answers: Answers, instrument: Instrument) -> Tally:
    """The tally of the answers as one group; ``answers`` as in ``given``."""
    rows = given(answers, instrument)
    columns = [item.key for item in instrument.items]
    return count_frame(pd.DataFrame(rows, columns=columns), instrument)

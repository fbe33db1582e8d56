"""Rows of answers that may be shown to whoever holds some of them, or figures in their place."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

import numpy as np
import numpy.typing as npt

from analysis.disclosure import SMALLEST_GROUP, HeldSource, betrays, enough, few
from analysis.errors import Problem, bad
from analysis.index.disclosed import SOURCE, DisclosedIndex, disclose_sources
from analysis.index.satisfaction import satisfaction
from analysis.index.tally import Tally
from analysis.rulebook.instrument import Instrument
from analysis.rulebook.scheme import Scheme
from analysis.soundness.matrix import Answers, given, tally_of


@dataclass(frozen=True)
class HeldAnswers:
    """The answers of a unit, and what of them somebody may hold besides us.

    ``answers``: (n, items) in the order of ``instrument.items``, NaN where nothing was answered.
    ``of``: (n,) the source of each row. ``sources``: each with all of its responses, also those
    without an answer.
    """

    answers: Answers
    of: npt.NDArray[np.str_]
    sources: Mapping[str, HeldSource]


@dataclass(frozen=True)
class DisclosedRows:
    """(n, items) rows that may be shown, each with an answer. Made by ``disclose_rows`` alone."""

    answers: Answers


@dataclass(frozen=True)
class WithheldRows:
    """What may be shown in the place of rows, and why they may not."""

    index: DisclosedIndex
    why: Problem


def disclose_rows(
    held: HeldAnswers, instrument: Instrument, scheme: Scheme
) -> DisclosedRows | WithheldRows:
    """The rows, if nobody who takes away what he holds is left with one to four people.

    Neither of rows, nor of answers to an element. Raises BadInput for fewer than five respondents
    and as ``given``.
    """
    rows = given(held.answers, instrument)
    if not enough(len(rows)):
        raise bad("few_respondents_of_worksheet", least=SMALLEST_GROUP)
    tally = _by_source(held, instrument)
    silent = Counter(held.of[np.isnan(held.answers).all(axis=1)].tolist())
    if betrays(one.less(silent[source]) for source, one in held.sources.items()):
        why = Problem("rows_beside_few", least=SMALLEST_GROUP)
        return WithheldRows(disclose_sources(tally, scheme), why)
    for node in scheme.children:
        if any(few(one.answered.get(node.key, 0)) for one in satisfaction(tally, scheme)):
            why = Problem("element_of_few", element=node.called(), least=SMALLEST_GROUP)
            return WithheldRows(disclose_sources(tally, scheme), why)
    return DisclosedRows(rows)


def _by_source(held: HeldAnswers, instrument: Instrument) -> Tally:
    counted = [
        replace(one, counted=one.counted.assign(**{SOURCE: source}), by=(SOURCE,))
        for source in np.unique(held.of)
        for one in [tally_of(held.answers[held.of == source], instrument)]
    ]
    return reduce(add, counted)

"""What a unit should mend first, and whether its questionnaire is sound: after closing only.

Both move with every single answer, and would tell of it while the period is open.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from accounts.actors import Actor, require_unit
from analysis.disclosure import enough
from analysis.errors import Problem
from analysis.index.disclosed import SOURCE
from analysis.index.tally import used_items
from analysis.soundness.importance import (
    Importance,
    VarianceShares,
    element_values,
    importance,
    variance_shares,
)
from analysis.soundness.reliability import Reliability, reliability
from desk.unit.results import UnitResults
from desk.unit.steps import small_by_holder
from survey.rows import read_items


@dataclass(frozen=True)
class Drivers:
    """``rated``: whether the questionnaire asks an overall rating; without one there are only
    shares of the index's variance, which are no importance.
    """

    rated: bool
    parts: Importance | VarianceShares | Problem
    soundness: Reliability


def drivers_of(session: Session, actor: Actor, results: UnitResults) -> Drivers | None:
    """Of a closed period with at least five respondents, without sources of one to four.

    None else. Raises Forbidden.
    """
    require_unit(session, actor, results.unit.id)
    if results.period.closed_at is None or results.index is None:
        return None
    instrument = results.instrument
    rows = read_items(session, instrument, results.period.id, results.unit.id)
    small = small_by_holder(results.answers.undisclosed.whole)
    answers = rows[~rows[SOURCE].isin(small)]
    if not enough(len(answers)):
        return None
    items = [item.key for item in instrument.items]
    elements = element_values(answers[items], used_items(instrument))
    overall = instrument.overall
    return Drivers(
        rated=overall is not None,
        parts=importance(elements, answers[overall.key]) if overall else variance_shares(elements),
        soundness=reliability(answers[items]),
    )

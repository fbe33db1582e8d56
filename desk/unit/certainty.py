"""How sure the index of a paper is: a unit's, or the mean of several units'."""

from collections.abc import Collection
from fractions import Fraction

from sqlalchemy.orm import Session

from analysis.disclosure import enough
from analysis.index.disclosed import SOURCE, DisclosedIndex, large_cells
from analysis.rulebook.certainty import load_certainty
from analysis.rules import Text
from analysis.uncertainty.institution import mean_uncertainty
from analysis.uncertainty.uncertainty import Uncertainty
from desk.office.visits import visits_by_unit
from desk.unit.results import UnitResults, population
from desk.unit.steps import by_holder
from models import Period
from reports.contents import IndexCertainty
from survey.counts import Selection, count_answers
from survey.periods import asked_instrument
from survey.schemes import used_scheme

POOLED = "pooled"


def certainty_of(results: UnitResults) -> IndexCertainty | None:
    """Of the unit's pooled index; None where another figure is the headline, or none is shown."""
    if results.period.headline != POOLED:
        return None
    return in_paper(results.certainty, results.index)


def in_paper(found: Uncertainty | None, index: DisclosedIndex | None) -> IndexCertainty | None:
    """As papers tell it; None where there is no index, or nothing is known of it."""
    if found is None or index is None:
        return None
    rules, grade = load_certainty(), index.band.grade if index.band else None
    told = {language: found.sentence(grade, language) for language in ("id", "en")} if grade else {}
    return IndexCertainty(
        level=rules.level,
        assumption=rules.assumption,
        standing=rules.standing,
        source=rules.source,
        sentence=Text.model_validate(told) if all(told.values()) and told else None,
        standard_error=found.standard_error,
        interval=found.bounded,
        no_interval=found.no_interval,
    )


def certainty_of_mean(
    session: Session, period: Period, units: Collection[int], index: Fraction
) -> Uncertainty | None:
    """Of the simple mean ``index`` of those of the units that at least five responded to.

    None where the units' headline is another than their pooled index, and where one of them has
    nothing but sources of one to four: their spread would tell.
    """
    if period.headline != POOLED:
        return None
    selection, by = Selection([period.id], units), ["unit_id", SOURCE]
    counted = count_answers(session, asked_instrument(period), by, selection, pairs=True)
    tally = by_holder(counted)
    whole, apart = tally.regroup(["unit_id"]), large_cells(tally).regroup(["unit_id"])
    numbers = dict(zip(whole.counted["unit_id"], whole.respondents.tolist(), strict=True))
    keys: list[int] = apart.counted["unit_id"].tolist()
    if set(keys) != {key for key, number in numbers.items() if enough(number)} or not keys:
        return None
    visits = visits_by_unit(session, period.id)
    known = [population(visits.get(key), numbers[key]) for key in keys]
    return mean_uncertainty(apart, used_scheme(period), known, float(index))

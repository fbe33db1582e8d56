"""How sure the index of a paper is."""

from analysis.rulebook.certainty import load_certainty
from analysis.rules import Text
from desk.unit.results import UnitResults
from reports.contents import IndexCertainty


def certainty_of(results: UnitResults) -> IndexCertainty | None:
    """Of the unit's pooled index; None where another figure is the headline, or none is shown."""
    found, index = results.certainty, results.index
    if found is None or index is None or results.period.headline != "pooled":
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

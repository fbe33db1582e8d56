"""The command ``satisfaction``: the index of each unit, and how sure it is."""

import argparse
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from analysis.command.files import (
    MARGIN,
    STRATUM,
    UNIT,
    Counted,
    CountingOptions,
    asked_of,
    count_files,
)
from analysis.command.report import CommandReport, as_float, banded, tell
from analysis.index.sample import minimum_sample
from analysis.index.satisfaction import Satisfaction, satisfaction
from analysis.rulebook.certainty import load_certainty
from analysis.rulebook.scheme import Band, Scheme
from analysis.tables import open_table
from analysis.uncertainty.margins import UnitMargins, read_margins
from analysis.uncertainty.strata import Weighted, weighted
from analysis.uncertainty.uncertainty import Uncertainty, uncertainty
from locales.refusals import sentence


def _satisfaction(options: argparse.Namespace) -> CommandReport:
    margins = None
    if options.margins is not None:
        margins = read_margins(open_table(options.margins, tell), options.margins.name)
    asked = replace(
        asked_of(options),
        population=options.population,
        strata=options.strata,
        margins=margins.columns if margins else (),
    )
    if options.engine is None:
        return _told(count_files(options.files, asked, tell), asked, margins)
    from analysis.command.elsewhere import RowChoice, count_elsewhere  # most rows are in files
    from analysis.engines.engine import open_answers

    with closing(open_answers(options.engine, options.files, asked.instrument)) as engine:
        chosen = RowChoice(options.period, options.year)
        return _told(count_elsewhere(engine, asked, chosen, tell), asked, margins)


def _told(counted: Counted, asked: CountingOptions, margins: UnitMargins | None) -> CommandReport:
    scheme, total = asked.scheme, counted.units
    names = total.counted[UNIT].to_list()
    population = counted.population
    visits = [population.get(name) for name in names]
    figures = zip(
        names,
        satisfaction(total, scheme),
        uncertainty(total, scheme, visits, counted.rows),
        visits,
        [_figures_beside(name, counted, asked, margins) for name in names],
        strict=True,
    )
    return of_satisfaction([UnitIndex(*one) for one in figures], scheme)


def _figures_beside(
    unit: str, counted: Counted, asked: CountingOptions, margins: UnitMargins | None
) -> dict[str, Weighted]:
    """The figures that stand beside the headline, by what they are called."""
    stratum, figures = STRATUM if asked.strata else None, dict[str, Weighted]()
    if not (stratum or margins):
        return figures
    cells, known = counted.cells_of(unit), counted.strata_of(unit) or None
    if stratum:
        figures["stratified"] = weighted(cells, asked.scheme, stratum, known)
    if margins:
        own = {MARGIN + name: shares for name, shares in margins.of(unit).items()}
        figures["raked"] = weighted(cells, asked.scheme, stratum, known, own)
    return figures


@dataclass(frozen=True)
class UnitIndex:
    """The index of a unit, how sure it is, its visits where known, and weighted figures."""

    unit: str
    index: Satisfaction
    uncertainty: Uncertainty
    visits: int | None
    weighted: Mapping[str, Weighted]


def of_satisfaction(units: Sequence[UnitIndex], scheme: Scheme) -> CommandReport:
    """The satisfaction index of each unit, with its minimum sample where visits are known.

    The index is always the unweighted one; weighted ones stand beside it by name.
    """
    rules = load_certainty()
    return {
        "scheme": scheme.id,
        "certainty": {
            "rules": rules.id,
            "standing": rules.standing,
            "level": rules.level,
            "assumption": rules.assumption.en,
        },
        "units": [
            {
                "unit": one.unit,
                **_index(one.index),
                **_certainty(one.uncertainty, one.index.band),
                **{name: _weighted(figure) for name, figure in one.weighted.items()},
                **_sample(one.visits, scheme),
            }
            for one in units
        ],
    }


def _index(one: Satisfaction) -> CommandReport:
    return {
        "n": one.n,
        "answered": dict(one.answered),
        "means": {key: as_float(mean) for key, mean in one.means.items()},
        "index_exact": as_float(one.index),
        "index": one.shown,
        **banded(one.band, "grade", "label"),
        **({"reason": sentence("en", one.no_index)} if one.no_index else {}),
    }


def _certainty(sure: Uncertainty, band: Band | None) -> CommandReport:
    return {
        "standard_error": sure.standard_error,
        "interval": sure.interval,
        "bounded_interval": sure.bounded,
        "grade_probability": sure.grades,
        "certainty": sure.certainty(str(band.grade)) if band else None,
        **({"no_interval": sentence("en", sure.no_interval)} if sure.no_interval else {}),
    }


def _weighted(figure: Weighted) -> CommandReport:
    sure = figure.uncertainty
    return {
        "index": figure.index,
        "standard_error": sure and sure.standard_error,
        "interval": sure and sure.interval,
        "bounded_interval": sure and sure.bounded,
        "error_by": "jackknife" if figure.jackknifed else "linearisation",
        "design_effect": figure.design_effect,
        "kish_design_effect": figure.kish,
        "merged_strata": list(figure.merged),
        **({"no_interval": sentence("en", sure.no_interval)} if sure and sure.no_interval else {}),
        **({"reason": sentence("en", figure.not_raked)} if figure.not_raked else {}),
    }


def _sample(visits: int | None, scheme: Scheme) -> CommandReport:
    if visits is None or scheme.minimum_sample is None:
        return {}
    return {
        "population": visits,
        "minimum_sample": minimum_sample(visits, scheme.minimum_sample.value),
    }


COMMANDS = {"satisfaction": _satisfaction}

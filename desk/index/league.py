"""A year's league on the desk, the league's change since the year before, and its units."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from accounts.actors import Actor
from analysis.index.institutions import InstitutionScore
from analysis.index.league import league, scored_row
from analysis.rulebook.scheme import Scheme
from analysis.uncertainty.change import Change, MeanEstimate, together, welch
from analysis.uncertainty.score_error import (
    SURVEYED,
    Surveys,
    index_surveys,
    instead,
    institution_figures,
    share_surveys,
)
from desk.assessment.interviews import INTERVIEWS
from desk.index.perception import ScoredRound, Scoring, assessed_years, year_shown
from models import Institution


@dataclass(frozen=True)
class YearOnYear:
    """What changed from the year before ``after``, by the code of each institution in both.

    ``before``: under its own scheme; p adjusted by Holm over all institutions.
    """

    before: ScoredRound
    after: ScoredRound
    changes: Mapping[str, Change]


def league_of(scored: ScoredRound) -> pd.DataFrame:
    """The league of a year's scores, see ``analysis.index.league``."""
    places = {unit.institution.code: unit.institution for unit in scored.units}
    scheme, found = scored.result.scheme, scored.result.institutions
    return league(scheme, (_row(one, places[one.institution], scheme) for one in found))


def units_of(scored: ScoredRound) -> pd.DataFrame:
    """A line a unit, best first: code, name, institution, its score, rank and what is missing."""
    scheme = scored.result.scheme
    rows = [
        {
            "code": unit.code,
            "name": unit.name,
            "institution": unit.institution.code,
            **scored_row(scheme, one.score, one.band),
            "rank": one.rank,
            "missing": one.missing,
        }
        for one, unit in zip(scored.result.units, scored.units, strict=True)
    ]
    frame = pd.DataFrame(rows).astype({"score": "float64", "rank": "Int64"})
    return frame.sort_values(["rank", "name"], na_position="last", ignore_index=True)


def figures_of(scored: ScoredRound) -> dict[str, MeanEstimate]:
    """Each institution's score with its sampling error, by code; of a round with squares."""
    result = scored.result
    codes = [unit.institution.code for unit in scored.units]
    asked = {node.key: node.evidence for node in result.scheme.indicators()}
    surveys = {
        key: _surveys(scored, evidence)
        for key, evidence in asked.items()
        if evidence is not None and evidence in SURVEYED
    }
    return institution_figures(result.scores, codes, surveys)


def year_on_year(
    session: Session, actor: Actor, after: ScoredRound, scheme: Scheme, stand_in: bool = False
) -> YearOnYear | None:
    """What changed since the year before, which is scored under ``scheme``.

    ``after``: a round with squares. None where the year before was not assessed. Raises
    Forbidden, and ValueError for schemes of which no file says that they may be compared.
    """
    if not scheme.comparable(after.result.scheme):
        raise ValueError(f"{scheme.id} and {after.result.scheme.id} are not comparable")
    year = after.year - 1
    if year not in assessed_years(session, actor):
        return None
    before = year_shown(
        session, actor, Scoring(scheme, year, stand_in, after.without, squares=True)
    )
    old, new = figures_of(before), figures_of(after)
    both = [code for code in new if code in old]
    changes = together([welch(old[code], new[code]) for code in both])
    return YearOnYear(before, after, dict(zip(both, changes, strict=True)))


def _surveys(scored: ScoredRound, evidence: str) -> Surveys:
    if evidence == "satisfaction_index":
        respondents = [one.respondents for one in scored.surveyed]
        return index_surveys(respondents, [one.squares for one in scored.surveyed])
    area, told = INTERVIEWS[evidence], [one.experienced for one in scored.surveyed]
    held = [scored.interviews.get((unit.id, area)) for unit in scored.units]
    return instead(
        [one is not None for one in held],
        index_surveys(
            [one.respondents if one else 0 for one in held],
            [float(one.squares) if one else None for one in held],
        ),
        share_surveys(
            [one.answered if one else 0 for one in told], [one.none if one else 0 for one in told]
        ),
    )


def _row(one: InstitutionScore, place: Institution, scheme: Scheme) -> dict[str, Any]:
    return {
        "code": one.institution,
        "name": place.name,
        "kind": place.kind,
        "province": one.province,
        **scored_row(scheme, one.score, one.band),
        "rank": one.rank,
        "rank_in_province": one.rank_in_province,
        "units": one.units,
        "scored": one.scored,
    }

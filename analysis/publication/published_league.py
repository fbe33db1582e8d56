"""The league of a publication, its numbers and ranks as they were published."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.index.league import league
from analysis.publication.published_scores import PublishedInstitution, PublishedUnit, Scored
from analysis.rulebook.scheme import Scheme


def published_league(institutions: Sequence[PublishedInstitution], scheme: Scheme) -> pd.DataFrame:
    """The league of these institutions, see ``analysis.index.league``.

    Who has no rank in the nation, as in a part of a document, has none in the class either.
    """
    found = league(scheme, (_institution(one) for one in institutions))
    return found.assign(rank_in_class=found["rank_in_class"].where(found["rank"].notna()))


def published_units(units: Sequence[PublishedUnit]) -> pd.DataFrame:
    """A line a unit, best first: code, name, its institution, score and rank."""
    rows = [
        {
            "code": one.code,
            "name": one.name,
            "institution": one.institution,
            "rank": one.rank,
            **_score(one),
        }
        for one in units
    ]
    frame = pd.DataFrame(rows).astype({"score": "float64", "rank": "Int64"})
    return frame.sort_values(["rank", "name"], na_position="last", ignore_index=True)


def _institution(one: PublishedInstitution) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "kind": one.kind,
        "province": one.province,
        "rank": one.rank,
        "rank_in_province": one.rank_in_province,
        **_score(one),
        "units": one.units,
        "scored": one.units,
    }


def _score(one: Scored) -> dict[str, Any]:
    exact = one.score_exact
    return {
        "exact": exact,
        "score": None if exact is None else float(exact),
        "shown": None if one.score is None else str(one.score),
        "grade": one.grade,
        "zone": one.zone,
        "label": one.label and one.label.model_dump(),
    }

"""The league of a publication, its numbers and ranks as they were published."""

from collections.abc import Sequence
from typing import Any, Protocol

import pandas as pd

from analysis.index.league import league
from analysis.publication.certainty import Certified, own_share
from analysis.publication.published_scores import PublishedInstitution, PublishedUnit, Scored
from analysis.rulebook.scheme import Scheme


class ScoredEntries(Protocol):
    """A document, or the part of it about one institution."""

    @property
    def institutions(self) -> Sequence[PublishedInstitution]: ...

    @property
    def units(self) -> Sequence[PublishedUnit]: ...


def published_league(document: ScoredEntries, scheme: Scheme) -> pd.DataFrame:
    """The league of its institutions, see ``analysis.index.league``.

    Beside it ``rank_set`` with its ends ``rank_set_low`` and ``rank_set_high``, and the
    ``probability`` of the own zone or band. Who has no rank in the nation, as in a part of a
    document, has none in the class either.
    """
    institutions = document.institutions
    found = league(scheme, (_institution(one) for one in institutions))
    found = found.assign(rank_in_class=found["rank_in_class"].where(found["rank"].notna()))
    return _with_certainty(found, institutions, scheme)


def published_units(document: ScoredEntries, scheme: Scheme) -> pd.DataFrame:
    """A line a unit, best first: code, name, its institution, score, rank, how sure it is."""
    rows = [
        {
            "code": one.code,
            "name": one.name,
            "institution": one.institution,
            "rank": one.rank,
            **_score(one),
        }
        for one in document.units
    ]
    frame = pd.DataFrame(rows).astype({"score": "float64", "rank": "Int64"})
    ordered = frame.sort_values(["rank", "name"], na_position="last", ignore_index=True)
    return _with_certainty(ordered, document.units, scheme)


def _with_certainty(
    frame: pd.DataFrame, entries: Sequence[Certified], scheme: Scheme
) -> pd.DataFrame:
    sure = {one.code: one.how_sure for one in entries if one.how_sure}
    sets = frame["code"].map({code: one.rank_set for code, one in sure.items()})
    shares = {one.code: own_share(scheme, one) for one in entries if one.code in sure}
    return frame.assign(
        rank_set=sets.astype(object),
        rank_set_low=sets.map(min, na_action="ignore").astype("Int64"),
        rank_set_high=sets.map(max, na_action="ignore").astype("Int64"),
        probability=frame["code"].map(shares).astype("float64"),
    )


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

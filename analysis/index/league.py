"""The league: institutions with their ranks, and the scores of provinces and of the nation.

A league is a data frame of one line an institution, whether the scores are a year's on the desk
or a publication's: ``code``, ``name``, ``kind``, ``province`` (the code of its provincial
government), ``exact`` (a fraction or None), ``score`` (a float or NaN), ``shown`` ("85.81"),
``grade``, ``zone``, ``label`` (by language), ``rank`` in the nation, ``rank_in_class`` and
``rank_in_province``, ``scored`` of its ``units``.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import pandas as pd

from analysis.exact import mean_of
from analysis.ranking import ranks
from analysis.rulebook.scheme import Band, Scheme

LeagueRow = Mapping[str, Any]
SCORED = ("exact", "score", "shown", "grade", "zone", "label")
COLUMNS = (
    *("code", "name", "kind", "province", *SCORED),
    *("rank", "rank_in_class", "rank_in_province", "units", "scored"),
)
RANKS = ("rank", "rank_in_class", "rank_in_province")
NATION = "nation"


def scored_row(scheme: Scheme, score: Fraction | None, band: Band | None) -> dict[str, Any]:
    """The columns of a score: unrounded, as a float, as it is shown, and its band."""
    return {
        "exact": score,
        "score": None if score is None else float(score),
        "shown": None if score is None else str(scheme.round(score)),
        "grade": band and band.grade,
        "zone": band and band.zone,
        "label": band and band.label.model_dump(),
    }


def league(scheme: Scheme, rows: Iterable[LeagueRow]) -> pd.DataFrame:
    """The league of rows that have all columns but the rank in the class, best first.

    Those without a score come last, by name. The class is the ``kind``: districts are ranked
    among districts, cities among cities.
    """
    frame = pd.DataFrame(list(rows), columns=list(COLUMNS)).astype({"exact": object})
    exact = [one if isinstance(one, Fraction) else None for one in frame["exact"]]
    frame["exact"] = pd.Series(exact, dtype=object)
    frame["rank_in_class"] = ranks(exact, frame["kind"].tolist(), scheme.inverted)
    frame["score"] = frame["score"].astype("float64")
    for column in RANKS:
        frame[column] = frame[column].astype("Int64")
    return frame.sort_values(["rank", "name"], na_position="last", ignore_index=True)


def areas(scheme: Scheme, frame: pd.DataFrame) -> pd.DataFrame:
    """A line for each province and, last, one for the ``NATION``: code, score and zone counts.

    The score is the simple mean of the unrounded scores of the area's institutions that have
    one (assumed): ``scored`` of ``institutions``. Provinces are ranked by it. Ministries and
    agencies are in the nation only.
    """
    parts = [(str(code), part) for code, part in frame.groupby("province", sort=True)]
    rows = [{"code": code, **_area(scheme, part)} for code, part in [*parts, (NATION, frame)]]
    known = [row["exact"] for row in rows[:-1]]
    found = [*ranks(known, inverted=scheme.inverted), None]
    table = pd.DataFrame(rows)
    table["score"] = table["score"].astype("float64")
    return table.assign(rank=pd.Series(found, dtype="Int64"))


def _area(scheme: Scheme, part: pd.DataFrame) -> dict[str, Any]:
    known = [one for one in part["exact"] if one is not None]
    mean = mean_of(known)
    return {
        **scored_row(scheme, mean, None if mean is None else scheme.band(mean)),
        "institutions": len(part),
        "scored": len(known),
    }


def zone_counts(frame: pd.DataFrame, zones: Sequence[str]) -> pd.DataFrame:
    """How many institutions of each class are in each zone: a line a class that occurs."""
    counts = pd.crosstab(frame["kind"], frame["zone"].fillna("none"))
    return counts.reindex(columns=[*zones, "none"], fill_value=0)


def side_by_side(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Two leagues of the same institutions: the columns of scores as ``shown_1``, ``shown_2``.

    ``differs``: whether the zone is another, or, where a scheme has no zones, the label; in
    the order of the first.
    """
    kept = ["code", *SCORED, "rank"]
    both = first.merge(second[kept], on="code", suffixes=("_1", "_2"), how="left")
    zoned = both[["zone_1", "zone_2"]].notna().any().all()
    one, other = (both[f"{'zone' if zoned else 'label'}_{at}"].map(str) for at in (1, 2))
    return both.assign(differs=one != other)

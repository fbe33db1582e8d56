"""The league: ranks in the nation, class and province; areas; two leagues side by side."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from analysis.exact import mean_of
from analysis.index.league import NATION, areas, league, scored_row, side_by_side, zone_counts
from analysis.ranking import ranks
from analysis.rulebook.scheme import Scheme, load_scheme

NEW, OLD = load_scheme("ombudsman-2022"), load_scheme("compliance-2021")
KINDS = ("province", "district", "city", "ministry", "agency")


def row(
    code: str, kind: str, score: str | None, province: str | None = "p", scheme: Scheme = NEW
) -> dict[str, Any]:
    exact = None if score is None else Fraction(score)
    band = None if exact is None else scheme.band(exact)
    return {
        "code": code,
        "name": code.upper(),
        "kind": kind,
        "province": province,
        **scored_row(scheme, exact, band),
        "rank": None,
        "rank_in_province": None,
        "units": 7,
        "scored": 5 if exact is None else 7,
    }


def a_league(*rows: dict[str, Any], scheme: Scheme = NEW) -> pd.DataFrame:
    nation = ranks([one["exact"] for one in rows], inverted=scheme.inverted)
    return league(scheme, [{**one, "rank": rank} for one, rank in zip(rows, nation, strict=True)])


def column(frame: pd.DataFrame, name: str) -> dict[str, Any]:
    found = zip(frame["code"], frame[name], strict=True)
    return {code: None if pd.isna(value) else value for code, value in found}


def test_districts_are_ranked_among_districts() -> None:
    frame = a_league(
        row("a", "district", "60"),
        row("b", "city", "90"),
        row("c", "district", "70"),
        row("d", "district", "70"),
        row("e", "district", None),
        row("f", "ministry", "80", province=None),
    )
    assert column(frame, "rank_in_class") == {"a": 3, "b": 1, "c": 1, "d": 1, "e": None, "f": 1}
    assert frame["code"].tolist() == ["b", "f", "c", "d", "a", "e"]
    assert column(frame, "shown") == {
        "a": "60.00",
        "b": "90.00",
        "c": "70.00",
        "d": "70.00",
        "f": "80.00",
        "e": None,
    }


def test_an_area_is_the_mean_of_its_institutions_with_a_score() -> None:
    frame = a_league(
        row("p", "province", "90", "p"),
        row("a", "district", "71", "p"),
        row("b", "district", None, "p"),
        row("q", "province", "54", "q"),
        row("m", "ministry", "30", province=None),
    )
    table = areas(NEW, frame)
    exact = {"p": Fraction("80.5"), "q": Fraction(54), NATION: Fraction("61.25")}
    assert column(table, "exact") == exact
    assert column(table, "shown") == {"p": "80.50", "q": "54.00", NATION: "61.25"}
    assert column(table, "zone") == {"p": "green", "q": "yellow", NATION: "yellow"}
    assert column(table, "scored") == {"p": 2, "q": 1, NATION: 4}
    assert column(table, "institutions") == {"p": 3, "q": 1, NATION: 5}
    assert column(table, "rank") == {"p": 1, "q": 2, NATION: None}


def test_an_area_without_any_score_has_none() -> None:
    frame = a_league(row("p", "province", None), row("a", "district", None))
    table = areas(NEW, frame).set_index("code")
    assert table["shown"].isna().all()
    assert table["scored"].tolist() == [0, 0]


def test_zones_are_counted_by_class_with_those_without_a_score() -> None:
    frame = a_league(row("a", "district", "90"), row("b", "district", None), row("c", "city", "40"))
    counts = zone_counts(frame, ["green", "yellow", "red"])
    assert counts.loc["district"].to_dict() == {"green": 1, "yellow": 0, "red": 0, "none": 1}
    assert counts.loc["city", "red"] == 1


def test_one_number_in_two_zones() -> None:
    """OKI in 2022: 78.45 is green under the bands of 2022, yellow under those of 2021."""
    new = a_league(row("oki", "district", "78.45"), row("same", "city", "90"))
    old = a_league(
        row("oki", "district", "78.45", scheme=OLD),
        row("same", "city", "90", scheme=OLD),
        scheme=OLD,
    )
    both = side_by_side(new, old)
    assert column(both, "zone_1") == {"oki": "green", "same": "green"}
    assert column(both, "zone_2") == {"oki": "yellow", "same": "green"}
    assert column(both, "differs") == {"oki": True, "same": False}


def test_schemes_without_zones_differ_by_their_labels() -> None:
    opinion = load_scheme("opini-2025")
    new = a_league(row("a", "city", "60"), row("b", "city", "20"))
    other = a_league(row("a", "city", "60", scheme=opinion), row("b", "city", "20", scheme=opinion))
    assert column(side_by_side(new, other), "differs") == {"a": False, "b": True}


@given(
    st.lists(
        st.tuples(st.sampled_from(KINDS), st.integers(0, 10_000) | st.none()),
        min_size=1,
        max_size=30,
    )
)
def test_the_best_of_each_class_is_first_and_the_nation_the_mean(
    found: Sequence[tuple[str, int | None]],
) -> None:
    rows = [
        row(f"i{at}", kind, None if cents is None else f"{cents}/100", None)
        for at, (kind, cents) in enumerate(found)
    ]
    frame = a_league(*rows)
    for kind in KINDS:
        own = frame[(frame["kind"] == kind) & frame["score"].notna()]
        assert own["rank_in_class"].tolist() == ranks(own["exact"].tolist())
    (nation,) = areas(NEW, frame)["exact"]
    assert nation == mean_of([Fraction(cents, 100) for _, cents in found if cents is not None])

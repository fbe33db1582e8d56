"""The nation's table from bundles is the one from all rows in one database, to the last digit."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analysis.publication.publication import derive
from analysis.rulebook.scheme import load_scheme
from desk.federation.loading import load_bundle, plan_loading
from desk.index.league import figures_of, league_of, units_of
from desk.index.perception import ScoredRound, Scoring, score_year
from desk.index.surveyed import Surveyed
from desk.publication.stated import PublicationTerms, evidence_of
from models import reading, writing
from tests.desk.federation.instances import (
    DISTRICTS,
    YEAR,
    Instance,
    an_instance,
    copied,
    fill,
    judge,
)

SENDERS = DISTRICTS[:3]
OWN = DISTRICTS[3]
SCHEME = load_scheme("ombudsman-2022")


@pytest.fixture(scope="module")
def whole(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """One database with the rows of all."""
    folder = tmp_path_factory.mktemp("whole")
    instance = an_instance(copied(migrated_file, folder, "whole"), "whole")
    fill(instance, DISTRICTS)
    judge(instance, SCHEME)
    return instance


@pytest.fixture(scope="module")
def bundles(
    migrated_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[Instance, bytes]]:
    """What three districts' own instances sign."""
    folder, found = tmp_path_factory.mktemp("districts"), {}
    for code in SENDERS:
        district = an_instance(copied(migrated_file, folder, code), code)
        fill(district, [code])
        found[code] = district, district.bundle(code)
    return found


def a_nation(url: str, bundles: dict[str, tuple[Instance, bytes]]) -> Instance:
    """The nation's instance: the rows of one district, and the others' bundles."""
    nation = an_instance(url, "nation")
    fill(nation, [OWN])
    for code, (district, content) in bundles.items():
        nation.trust(code, district)
        with writing(nation.engine) as session:
            ani = nation.person("ani")
            plan = plan_loading(session, ani, content, "kiriman.json")
            assert not load_bundle(session, ani, plan).same
    judge(nation, SCHEME)
    return nation


@pytest.fixture(scope="module")
def nation(
    migrated_file: Path,
    tmp_path_factory: pytest.TempPathFactory,
    bundles: dict[str, tuple[Instance, bytes]],
) -> Instance:
    folder = tmp_path_factory.mktemp("nation")
    return a_nation(copied(migrated_file, folder, "nation"), bundles)


def scored(instance: Instance, scoring: Scoring) -> ScoredRound:
    with reading(instance.engine) as session:
        return score_year(session, instance.person("ani"), scoring)


def by_unit(result: ScoredRound) -> dict[str, Surveyed]:
    """What the surveys say, without the numbers that two databases give."""
    return {
        unit.code: replace(
            one,
            responses=dict(enumerate(one.responses.values())),
            latest=None,
            few_in_source=None,
        )
        for unit, one in zip(result.units, result.surveyed, strict=True)
    }


def assert_same(one: Instance, other: Instance, scoring: Scoring) -> None:
    rows, sent = scored(one, scoring), scored(other, scoring)
    assert [unit.code for unit in rows.units] == [unit.code for unit in sent.units]
    assert by_unit(sent) == by_unit(rows)
    assert sent.columns == rows.columns
    assert sent.result.institutions == rows.result.institutions
    assert sent.result.units == rows.result.units
    pd.testing.assert_frame_equal(league_of(sent), league_of(rows), check_exact=True)
    pd.testing.assert_frame_equal(units_of(sent), units_of(rows), check_exact=True)
    if scoring.squares:
        assert figures_of(sent) == figures_of(rows)


@pytest.mark.parametrize("without", [(), ("open_link",), ("import",), ("open_link", "import")])
@pytest.mark.parametrize("scheme", ["perception-2022", "ombudsman-2022"])
def test_the_table_is_the_same(
    whole: Instance, nation: Instance, scheme: str, without: tuple[str, ...]
) -> None:
    assert_same(whole, nation, Scoring(load_scheme(scheme), YEAR, True, without, squares=True))


def test_and_has_figures(whole: Instance) -> None:
    """Else the same would be said of two empty ones."""
    result = scored(whole, Scoring(SCHEME, YEAR, True, squares=True))
    assert len(result.units) == 12
    assert all(one.index and one.clean and one.squares for one in result.surveyed)
    assert {one.rank for one in result.result.institutions} == {1, 2, 3, 4}
    assert all(one.variance > 0 for one in figures_of(result).values())


def test_on_postgresql_too(
    whole: Instance, postgresql_url: str, bundles: dict[str, tuple[Instance, bytes]]
) -> None:
    nation = a_nation(postgresql_url, bundles)
    assert_same(whole, nation, Scoring(SCHEME, YEAR, True, squares=True))


def test_what_would_be_published_is_the_same_word_for_word(
    whole: Instance, nation: Instance
) -> None:
    """Counts that are withheld from the public, and why, with all else."""
    documents = []
    for instance in (whole, nation):
        scoring = Scoring(SCHEME, YEAR, True, squares=True)
        with reading(instance.engine) as session:
            result = score_year(session, instance.person("ani"), scoring)
            terms = PublicationTerms(stand_in=True)
            documents.append(derive(evidence_of(session, result, [], terms)).content())
    assert documents[0] == documents[1]
    assert len(documents[0]["units"]) == 12
    assert any(one["survey"]["answers"] for one in documents[0]["units"])

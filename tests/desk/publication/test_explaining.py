"""A score explained: the same document as a publication, and nobody's answer to be read."""

import pytest

from accounts.actors import Forbidden
from analysis.publication.evidence import Content
from analysis.publication.explained import figures, items, scheme_of, steps
from analysis.publication.published_scores import (
    PublishedInstitution,
    PublishedScores,
    PublishedUnit,
)
from analysis.rulebook.scheme import load_scheme
from desk.index.perception import Scoring
from desk.integrity.exclusions import exclude
from desk.publication.explaining import explain, judgements_below
from desk.publication.publishing import read_document
from models import Unit, writing
from tests.desk.conftest import House, another_district
from tests.desk.index.test_league import rate_a_year
from tests.desk.index.test_perception import FIRST, close, open_half
from tests.desk.publication.test_publishing import publish_year

PERCEPTION = load_scheme("perception-2022")
RANKS = {"rank", "rank_in_province", "how_sure"}


def explained(
    house: House, role: str = "analyst", scheme: str = "perception-2022"
) -> PublishedScores:
    with writing(house.engine) as session:
        actor = house.actors[role]
        return explain(session, actor, Scoring(load_scheme(scheme), 2025), house.district)


def unranked(one: PublishedInstitution | PublishedUnit) -> Content:
    return one.model_dump(exclude=RANKS)


def test_what_is_explained_is_what_is_published(house: House) -> None:
    rate_a_year(house, FIRST, good=12, poor=7)
    house.judge(3)
    before = explained(house)
    publication = read_document(publish_year(house))
    published = publication.of_institution("malra")
    assert [unranked(one) for one in before.units] == [unranked(one) for one in published.units]
    assert unranked(before.institutions[0]) == unranked(published.institutions[0])
    assert figures(before, PERCEPTION) == figures(published, PERCEPTION)


def test_every_step_follows_from_the_one_below(house: House) -> None:
    rate_a_year(house, FIRST, good=12, poor=7)
    house.judge(3)
    document = explained(house)
    (unit,) = document.units
    for step in steps(scheme_of(document), unit):
        weights = sum(part.weight for part in step.parts)
        known = [part.weight * part.value for part in step.parts if part.value is not None]
        assert step.value == sum(known) / weights
    assert {item.key: sum(item.counts.values()) for item in items(document, unit)}["time"] == 19


def test_an_incomplete_institution_is_explained_too(house: House) -> None:
    house.judge(3)
    document = explained(house)
    assert document.institutions[0].score is None
    assert document.units[0].nodes["standards"] == 75
    assert document.units[0].nodes["satisfaction"] is None


def test_the_answers_of_four_people_are_not_told(house: House) -> None:
    period = open_half(house)
    house.rate(4, 4, period=period)
    close(house, period)
    house.judge(3)
    document = explained(house)
    (unit,) = document.units
    assert unit.survey
    assert unit.survey.answers is None
    assert items(document, unit) == []


def test_a_subtraction_from_what_is_public_tells_nothing(house: House) -> None:
    """19 counted and published, then one excluded: the 18 are not counted out again."""
    period = open_half(house)
    (key,) = house.rate(4, 1, period=period)
    house.rate(3, 18, period=period)
    close(house, period)
    house.judge(3)
    publish_year(house)
    with writing(house.engine) as session:
        exclude(session, house.analyst, [key], "terkirim dua kali")
    survey = explained(house, "official").units[0].survey
    assert survey
    assert survey.answers is None


def test_an_official_is_told_of_the_own_units_only(house: House) -> None:
    house.judge(3)
    house.judge(1, house.registry)
    assert [one.code for one in explained(house, "official").units] == ["puskesmas-langgur"]
    assert len(explained(house, "coordinator").units) == 2
    with writing(house.engine) as session:
        other = another_district(session, "lain")
        place = session.get_one(Unit, other.id).institution_id
        for role in ("official", "coordinator"):
            with pytest.raises(Forbidden):
                explain(session, house.actors[role], Scoring(PERCEPTION, 2025), place)
            with pytest.raises(Forbidden):
                judgements_below(session, house.actors[role], other.id, 2025)


def test_assessors_are_named_to_analysts_only(house: House) -> None:
    house.judge(3)
    house.judge(1, actor="second_analyst")
    with writing(house.engine) as session:
        told = judgements_below(session, house.analyst, house.clinic, 2025)["fee"]
        own = judgements_below(session, house.official, house.clinic, 2025)["fee"]
    names = [[(each.assessor, each.rung) for each in one.judged] for one in (*told, *own)]
    both_products = [("analyst", 3), ("second_analyst", 1)], [(None, 3), (None, 1)]
    assert names == [one for one in both_products for _ in range(2)]

"""Judgements: whose count, what is refused, what a file may hold."""

import io
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from random import Random

import openpyxl
import pytest
from sqlalchemy import func, select

from analysis.errors import BadInput
from analysis.rulebook.scheme import load_scheme, scheme_ids
from desk.assessment.assessments import (
    Judgement,
    assess,
    changed,
    judged_items,
    judgements_of,
)
from desk.assessment.counted import count_judgements
from desk.assessment.field_sheets import read_judgements
from desk.assessment.fieldwork import Judging
from desk.evidence import check_evidence, keep_evidence, read_evidence
from locales.refusals import parts
from models import Assessment, reading, writing
from models.assessments import AREAS
from tests.desk.conftest import House
from tests.kept import kept_for_all
from tests.refusing import in_english, refusing
from tests.reports.survey import a_photo

SCHEME = load_scheme("perception-2022")
Write = Callable[[Sequence[Sequence[object]]], tuple[bytes, str]]
PRODUCT = "layanan-1"


@kept_for_all
def assigned(house: House) -> None:
    """Two analysts assess the clinic, one of them also the registry."""
    for year in (2024, 2025):
        for actor in ("analyst", "second_analyst"):
            house.assign(actor=actor, year=year)
    house.assign(house.registry)


def judge(house: House, actor: str = "analyst", year: int = 2025, **rungs: int) -> None:
    with writing(house.engine) as session:
        judgements = [
            Judgement(house.clinic, item, rung, item, PRODUCT) for item, rung in rungs.items()
        ]
        assess(session, house.actors[actor], Judging(SCHEME, year), judgements)


def means(house: House, year: int = 2025) -> dict[str, Fraction]:
    with reading(house.engine) as session:
        return {item: mean for (_, item), mean in count_judgements(session, year).means.items()}


def test_the_latest_judgement_of_an_assessor_counts(house: House) -> None:
    judge(house, fee=0, product=2)
    judge(house, fee=4)
    assert means(house) == {"fee": 4, "product": 2}
    with reading(house.engine) as session:
        assert session.scalar(select(func.count()).select_from(Assessment)) == 3
        own = judgements_of(session, house.analyst, house.clinic, 2025)
        given = {item: (one.rung, one.note) for (item, _), one in own.items()}
        assert given == {"fee": (4, "fee"), "product": (2, "product")}
        assert judgements_of(session, house.second_analyst, house.clinic, 2025) == {}
    assert house.last_act().details == {"year": 2025, "units": [house.clinic], "judgements": 1}


def test_assessors_are_averaged_exactly(house: House) -> None:
    judge(house, fee=0)
    judge(house, fee=3)
    judge(house, "second_analyst", fee=4)
    judge(house, year=2024, fee=1)
    assert means(house) == {"fee": Fraction(7, 2)}
    assert means(house, 2024) == {"fee": 1}


def judge_about(house: House, subjects: dict[str, int], item: str, actor: str = "analyst") -> None:
    with writing(house.engine) as session:
        judgements = [
            Judgement(house.clinic, item, rung, subject=subject)
            for subject, rung in subjects.items()
        ]
        assess(session, house.actors[actor], Judging(SCHEME, 2025), judgements)


def test_subjects_count_alike_however_many_judged_them(house: House) -> None:
    """Service 1 by two: (1 + 2) / 2; service 2 by one: 4. Their mean, not that of 1, 2 and 4."""
    judge_about(house, {"layanan-1": 1, "layanan-2": 4}, "fee")
    judge_about(house, {"layanan-1": 2}, "fee", "second_analyst")
    assert means(house) == {"fee": Fraction(11, 4)}
    judge_about(house, {"layanan-2": 0}, "fee")
    assert means(house) == {"fee": Fraction(3, 4)}


def test_means_are_what_the_rule_says_of_any_judgements(house: House) -> None:
    """Against the rule in plain Python, on 60 judgements, corrections among them."""
    random = Random(5)
    latest: dict[tuple[str, str, str], int] = {}
    for _ in range(60):
        actor, item = (
            random.choice(["analyst", "second_analyst"]),
            random.choice(["fee", "product"]),
        )
        subject, rung = random.choice(["layanan-1", "layanan-2"]), random.randrange(5)
        judge_about(house, {subject: rung}, item, actor)
        latest[item, subject, actor] = rung
    expected = {}
    for item in {item for item, _, _ in latest}:
        subjects: dict[str, list[int]] = {}
        for (key, subject, _), rung in latest.items():
            if key == item:
                subjects.setdefault(subject, []).append(rung)
        means_of = [Fraction(sum(rungs), len(rungs)) for rungs in subjects.values()]
        expected[item] = sum(means_of, Fraction(0)) / len(means_of)
    assert means(house) == expected


def test_a_part_counts_in_its_indicator(house: House) -> None:
    judge_about(house, {"1": 4, "2": 3}, "knows_ombudsman")
    judge_about(house, {"1": 1}, "knows_recommendations")
    assert means(house) == {"knows_ombudsman": Fraction(9, 4)}


def test_another_subject_or_no_address_is_refused(house: House) -> None:
    wrong = [
        Judgement(house.clinic, "fee", 3, subject="layanan-9"),
        Judgement(house.clinic, "knows_duties", 3, subject="5"),
        Judgement(house.clinic, "service_area", 3, subject="1"),
        Judgement(house.clinic, "product", 3, subject=PRODUCT, link="javascript:alert(1)"),
        Judgement(house.clinic, "procedure", 3, subject=PRODUCT, link="https://" + "a" * 500),
        Judgement(house.clinic, "time_limit", 3, subject=PRODUCT, link="https://x.go.id/a b"),
    ]
    with pytest.raises(BadInput) as refused, writing(house.engine) as session:
        assess(session, house.analyst, Judging(load_scheme("ombudsman-2022"), 2025), wrong)
    assert [parts("en", problem)[0] for problem in refused.value.problems] == [
        "fee: subject",
        "knows_duties: subject",
        "service_area: subject",
        "product: link",
        "procedure: link",
        "time_limit: link",
    ]
    assert means(house) == {}


def test_evidence_stays_with_what_is_judged_anew(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA", str(tmp_path))
    with writing(house.engine) as session:
        photo = keep_evidence(session, house.analyst, check_evidence("papan.png", a_photo()))
        shown = Judgement(house.clinic, "fee", 3, "Papan", PRODUCT, "https://x.go.id", photo)
        assess(session, house.analyst, Judging(SCHEME, 2025), [shown])
    again = [
        Judgement(house.clinic, "fee", 3, "Papan", PRODUCT, "https://x.go.id"),
        Judgement(house.clinic, "product", 2, subject=PRODUCT),
    ]
    with reading(house.engine) as session:
        assert changed(session, house.analyst, 2025, again) == again[1:]
        anew = [Judgement(house.clinic, "fee", 1, subject=PRODUCT)]
        (lower,) = changed(session, house.analyst, 2025, anew)
    assert (lower.rung, lower.evidence, lower.link) == (1, photo, "")
    assert read_evidence(photo) is not None


def test_all_that_is_wrong_is_named_and_nothing_is_stored(house: House) -> None:
    before = house.acts()
    wrong = [
        Judgement(house.clinic, "fee", 3, subject=PRODUCT),
        Judgement(house.clinic, "satisfaction", 3, subject=PRODUCT),
        Judgement(house.clinic, "taste", 3, subject=PRODUCT),
        Judgement(house.clinic, "product", 5, subject=PRODUCT),
        Judgement(house.clinic, "procedure", -1, subject=PRODUCT),
        Judgement(house.clinic, "time_limit", True, subject=PRODUCT),
        Judgement(house.clinic, "requirements", 2, "a" * 2001, PRODUCT),
    ]
    with pytest.raises(BadInput) as refused, writing(house.engine) as session:
        assess(session, house.analyst, Judging(SCHEME, 2025), wrong)
    assert in_english(refused.value).splitlines() == [
        'item: found "satisfaction", expected an item of the scheme',
        'item: found "taste", expected an item of the scheme',
        "product: judgement: found 5, expected 0, 1, 2, 3 or 4",
        "procedure: judgement: found -1, expected 0, 1, 2, 3 or 4",
        "time_limit: judgement: found True, expected 0, 1, 2, 3 or 4",
        "requirements: note: found 2,001 characters, expected 2,000 at most",
    ]
    assert means(house) == {}
    assert house.acts() == before


def test_nothing_judged_is_no_act(house: House) -> None:
    before = house.acts()
    judge(house)
    assert house.acts() == before


def as_csv(rows: Sequence[Sequence[object]]) -> tuple[bytes, str]:
    return "\n".join(";".join(map(str, row)) for row in rows).encode(), "judgements.csv"


def as_xlsx(rows: Sequence[Sequence[object]]) -> tuple[bytes, str]:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(list(row))
    book.save(file)
    return file.getvalue(), "judgements.xlsx"


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_a_file_of_judgements(house: House, write: Write) -> None:
    content, name = write(
        [
            ["Unit", "Item", "Judgement", "Note", "Subject"],
            ["puskesmas-langgur", "fee", 3, "Papan tarif", PRODUCT],
            ["dukcapil-malra", "fee", 0, "", PRODUCT],
        ]
    )
    with writing(house.engine) as session:
        judgements = read_judgements(session, house.analyst, content, name, Judging(SCHEME, 2025))
        assert judgements == [
            Judgement(house.clinic, "fee", 3, "Papan tarif", PRODUCT),
            Judgement(house.registry, "fee", 0, "", PRODUCT),
        ]
        assess(session, house.analyst, Judging(SCHEME, 2025), judgements)
    with reading(house.engine) as session:
        found = count_judgements(session, 2025).means
    assert found == {(house.clinic, "fee"): 3, (house.registry, "fee"): 0}


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_every_bad_row_of_a_file_is_named(house: House, write: Write) -> None:
    content, name = write(
        [
            ["unit", "item", "judgement", "subject"],
            ["puskesmas-langgur", "fee", 3, PRODUCT],
            ["elsewhere", "fee", 3, PRODUCT],
            ["puskesmas-langgur", "taste", 3, PRODUCT],
            ["puskesmas-langgur", "product", "2.5", PRODUCT],
            ["puskesmas-langgur", "procedure", "", PRODUCT],
            ["puskesmas-langgur", "time_limit", "empat", PRODUCT],
            ["puskesmas-langgur", "fee", 1, PRODUCT],
        ]
    )
    with reading(house.engine) as session, pytest.raises(BadInput) as refused:
        read_judgements(session, house.analyst, content, name, Judging(SCHEME, 2025))
    assert [parts("en", problem)[:2] for problem in refused.value.problems] == [
        (f"{name}: row 3, column unit", '"elsewhere"'),
        (f"{name}: row 4, column item", '"taste"'),
        (f"{name}: row 5, column judgement", '"2.5"'),
        (f"{name}: row 7, column judgement", '"empat"'),
        (f"{name}: row 8", "fee of puskesmas-langgur again"),
    ]


def test_a_file_without_a_column_is_refused(house: House) -> None:
    with reading(house.engine) as session, refusing("no column item"):
        read_judgements(
            session, house.analyst, b"unit;judgement\na;3\n", "a.csv", Judging(SCHEME, 2025)
        )


# The ministry's indices are of surveys alone.
@pytest.mark.parametrize(
    "name", [name for name in scheme_ids() if load_scheme(name).owner != "kemenpanrb"]
)
def test_each_indicator_that_is_not_surveyed_is_judged_once(name: str) -> None:
    scheme = load_scheme(name)
    areas = judged_items(scheme)
    judged = Counter(node.key for nodes in areas.values() for node in nodes)
    surveyed = {node.key for node in scheme.indicators() if node.evidence}
    assert judged == Counter(node.key for node in scheme.indicators() if node.key not in surveyed)
    assert set(areas) <= set(AREAS)


def test_the_fullest_scheme_asks_what_the_others_ask() -> None:
    def keys(name: str) -> dict[str, set[str]]:
        areas = judged_items(load_scheme(name))
        return {area: {node.key for node in nodes} for area, nodes in areas.items()}

    fullest = keys("ombudsman-2022")
    assert set(fullest) == set(AREAS) - {"governance"}
    for name in ("perception-2022", "compliance-2021"):
        assert all(items <= fullest[area] for area, items in keys(name).items())

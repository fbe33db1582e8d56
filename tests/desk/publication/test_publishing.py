"""Publications: word for word, recomputable by anyone, unchangeable."""

import json
from datetime import date
from fractions import Fraction
from hashlib import sha256
from typing import Any

import pytest
import rfc8785
from sqlalchemy import delete, select, update
from sqlalchemy.event import listen, remove
from sqlalchemy.exc import DBAPIError

from accounts.actors import Forbidden
from analysis.errors import BadInput
from analysis.index.composite import institution_score, score
from analysis.publication.published_scores import PublishedScores
from analysis.publication.sealed import FIRST, check_numbers, examine, sealed_bytes
from analysis.ranking import ranks
from analysis.rulebook.scheme import load_scheme
from desk.index.perception import Scoring
from desk.integrity.exclusions import exclude
from desk.office.visits import VisitCount, record_visits
from desk.publication.objections import provisional
from desk.publication.published import entries
from desk.publication.publishing import (
    approve,
    bundle,
    prepare,
    prepared_in,
    read_document,
    waiting,
)
from models import (
    Period,
    Publication,
    PublishedCount,
    SchemeUsed,
    Seal,
    TraceHead,
    now,
    reading,
    trace_head,
    writing,
)
from models.trace import follow
from survey.checks import Submission
from survey.finishing import finish
from survey.receipts import find_receipt, mint_key
from survey.signing import public_pem, sign
from survey.submission import submit
from tests.desk.conftest import ELEMENTS, ROLES, House, another_district
from tests.desk.index.test_perception import close, open_half
from tests.desk.unit.test_results import GOOD
from tests.kept import kept
from tests.lasting import lasting
from tests.refusing import refusing

SECRET = bytes(range(32))


def publish_year(
    house: House, scheme: str = "perception-2022", stand_in: bool = False, year: int = 2025
) -> Publication:
    with writing(house.engine) as session:
        prepared = prepare(session, house.analyst, Scoring(lasting(scheme), year, stand_in))
        return approve(session, house.second_analyst, prepared.id, SECRET)


@kept
def period(house: House) -> int:
    """A closed period of 2025: both units of the district are complete, another is not."""
    period = open_half(house)
    house.rate(GOOD, 10, period=period, experience=("none",))
    house.rate(4, 7, period=period, unit=house.registry, experience=("undue_delay",))
    close(house, period)
    house.judge(3)
    house.judge(1, house.registry)
    with writing(house.engine) as session:
        other = another_district(session, "lain")
    house.judge(4, other.id)
    return period


def floats(content: Any) -> list[float]:
    """All floats in a document."""
    if isinstance(content, dict):
        content = list(content.values())
    if isinstance(content, list):
        return [number for part in content for number in floats(part)]
    return [content] if isinstance(content, float) else []


def recompute(
    document: PublishedScores,
) -> tuple[list[Fraction | None], dict[str, Fraction | None]]:
    """Scores of units and institutions from nothing but the document."""
    scheme = document.scheme.as_scheme()
    assert scheme.hash == document.scheme.sha256
    columns = {
        node.key: [unit.inputs[node.key] for unit in document.units] for node in scheme.indicators()
    }
    totals = score(scheme, columns).total
    return totals, {
        place.code: institution_score(
            [
                total
                for total, unit in zip(totals, document.units, strict=True)
                if unit.institution == place.code
            ]
        )
        for place in document.institutions
    }


@pytest.mark.parametrize(
    ("scheme", "stand_in"),
    [("perception-2022", False), ("ombudsman-2022", True), ("compliance-2021", False)],
)
@pytest.mark.usefixtures("period")
def test_a_document_can_be_recomputed(house: House, scheme: str, stand_in: bool) -> None:
    publication = publish_year(house, scheme, stand_in)
    text = publication.document
    document = read_document(publication)
    assert rfc8785.dumps(json.loads(text)).decode() == text
    assert sha256(text.encode()).hexdigest() == publication.document_hash
    assert floats(json.loads(text)) == []
    assert document.not_independent is stand_in
    totals, of_institutions = recompute(document)
    assert totals == [one.score_exact for one in document.units]
    rules = lasting(scheme)
    for one in document.institutions:
        total = of_institutions[one.code]
        assert total is not None
        assert one.score_exact == total
        assert str(one.score) == str(rules.round(total))
        assert (one.zone, one.grade) == _band(scheme, total)
    assert [one.rank for one in document.units] == ranks(totals)
    with reading(house.engine) as session:
        used = session.get_one(SchemeUsed, publication.scheme_hash)
        assert used.text == document.scheme.text


def _band(scheme: str, total: Fraction) -> tuple[str | None, str | None]:
    band = load_scheme(scheme).band(total)
    assert band is not None
    return band.zone, band.grade


def test_what_is_published(house: House, period: int) -> None:
    publication = publish_year(house)
    document = read_document(publication)
    assert document.provisional_institutions == 1
    (place,) = document.institutions
    assert (place.code, place.kind, place.units) == ("malra", "district", 2)
    assert (place.rank, place.rank_in_province, place.province) == (1, 1, "maluku")
    codes = [unit.code for unit in document.units]
    assert codes == ["dukcapil-malra", "puskesmas-langgur"]
    clinic = document.units[1]
    assert clinic.inputs["satisfaction"] == 75 + Fraction(25, 9)
    assert clinic.survey
    assert clinic.survey.respondents == 10
    numbers = {"received": 10, "counted": 10, "withdrawn": 0, "excluded": 0, "left_out": 0}
    assert [one.model_dump() for one in clinic.responses] == [{"period": "2025-01-01", **numbers}]
    with reading(house.engine) as session:
        rows = session.scalars(select(PublishedCount)).all()
        found = {(row.unit_id, row.period_id): (row.received, row.counted) for row in rows}
    assert found == {(house.clinic, period): (10, 10), (house.registry, period): (7, 7)}
    event = house.last_act()
    assert event.act == "approve_publication"
    assert event.details["publication"] == str(publication.id)
    assert publication.seal is not None
    assert event.details["sha256"] == publication.seal.hash


@pytest.mark.usefixtures("period")
def test_ranks_of_units_leave_out_those_that_are_not_published(house: House) -> None:
    with writing(house.engine) as session:
        other = another_district(session, "setengah")
        session.add(type(other)(institution=other.institution, code="lain-lagi", name="Lain lagi"))
        session.flush()
        units = {unit.code: unit.id for unit in other.institution.units}
    house.judge(4, units["unit-setengah"], areas=("standards",))
    house.judge(4, units["lain-lagi"], areas=("competence",))
    document = read_document(publish_year(house, "compliance-2021"))
    found = {unit.code: unit.rank for unit in document.units}
    assert found == {"unit-lain": 1, "puskesmas-langgur": 2, "dukcapil-malra": 3}
    assert document.provisional_institutions == 1


@pytest.mark.usefixtures("period")
def test_what_is_sealed_is_counted_from_the_responses(house: House) -> None:
    """What is kept of closed periods may be wrong, and is not even read."""
    finish(house.engine)
    asked: list[str] = []

    def note(*given: Any) -> None:
        asked.append(given[2])

    listen(house.engine, "before_cursor_execute", note)
    publish_year(house)
    remove(house.engine, "before_cursor_execute", note)
    assert any("counted_responses" in statement for statement in asked)
    assert not any("final_tallies" in statement for statement in asked)


def test_nothing_complete_is_refused(house: House) -> None:
    for _ in range(2):
        with refusing("no institution whose units all have a score"):
            publish_year(house)
        house.judge(3)
    with reading(house.engine) as session:
        assert not entries(session)


@pytest.mark.usefixtures("period")
def test_the_output_is_published_only_as_not_independent(house: House) -> None:
    with pytest.raises(BadInput):
        publish_year(house, "ombudsman-2022")
    document = read_document(publish_year(house, "ombudsman-2022", stand_in=True))
    assert document.not_independent is True


@pytest.mark.usefixtures("period")
@pytest.mark.parametrize("scheme", ["perception-2022", "ombudsman-2022", "compliance-2021"])
def test_a_bundle_is_verified_without_the_database(house: House, scheme: str) -> None:
    publication = publish_year(house, scheme, stand_in=scheme == "ombudsman-2022")
    assert publication.seal is not None
    content = bundle(publication, publication.seal)
    verdict = examine(content, public_pem(SECRET).encode())
    assert verdict.holds
    assert verdict.withheld == []
    assert verdict.sha256 == publication.seal.hash
    assert examine(content, public_pem(bytes(32)).encode()).broken


@pytest.mark.usefixtures("period")
def test_each_publication_names_the_one_before(house: House) -> None:
    found = [publish_year(house, scheme) for scheme in ("compliance-2021", "perception-2022")]
    files = [bundle(one, one.seal) for one in found if one.seal]
    assert json.loads(files[0])["previous"] == FIRST
    assert examine(files[1], previous=files[0]).chained is True


@pytest.mark.usefixtures("period")
def test_it_names_the_last_event_of_the_trace(house: House) -> None:
    with reading(house.engine) as session:
        before = trace_head(session)
    publication = publish_year(house)
    assert publication.seal is not None
    content = bundle(publication, publication.seal)
    named = TraceHead(**json.loads(content)["trace"])
    assert named.event == before.event + 1  # that it was prepared
    assert examine(content).holds
    with reading(house.engine) as session:
        assert follow(session, named).broken is None
        assert follow(session, named._replace(hash=FIRST)).broken is not None


@pytest.mark.usefixtures("period")
def test_one_sealed_before_the_trace_was_named_verifies_byte_for_byte(house: House) -> None:
    publication = publish_year(house)
    document = json.loads(publication.document)
    sealed = sealed_bytes(document, FIRST)
    assert sealed == rfc8785.dumps({"document": document, "previous": FIRST})
    seal = Seal(previous_hash=FIRST, public_key=public_pem(SECRET), signature=sign(SECRET, sealed))
    content = bundle(publication, seal)
    assert set(json.loads(content)) == {"document", "previous", "key", "signature"}
    assert examine(content).holds


@pytest.mark.usefixtures("period")
def test_a_late_correction_of_visits_leaves_what_was_published(house: House, period: int) -> None:
    publication = publish_year(house)
    assert publication.seal is not None
    before = bundle(publication, publication.seal)
    late = VisitCount(900, reason="kunjungan baru terhitung sekarang")
    with writing(house.engine) as session:
        record_visits(session, house.official, house.clinic, period, late)
    with reading(house.engine) as session:
        kept = session.get_one(Publication, publication.id)
        assert kept.seal is not None
        assert bundle(kept, kept.seal) == before


@pytest.mark.usefixtures("period")
def test_only_a_second_analyst_approves_and_only_then_it_is_public(house: House) -> None:
    with writing(house.engine) as session:
        key = prepare(session, house.analyst, Scoring(load_scheme("perception-2022"), 2025)).id
    with reading(house.engine) as session:
        assert not entries(session)
        assert [one.id for one in waiting(session, house.second_analyst)] == [key]
    with writing(house.engine) as session:
        with refusing("prepared by yourself"):
            approve(session, house.analyst, key, SECRET)
        for role in set(ROLES) - {"analyst", "second_analyst"}:
            with pytest.raises(Forbidden):
                approve(session, house.actors[role], key, SECRET)
            with pytest.raises(Forbidden):
                waiting(session, house.actors[role])
        approve(session, house.second_analyst, key, SECRET)
        with refusing("approved already"):
            approve(session, house.second_analyst, key, SECRET)
    with reading(house.engine) as session:
        assert [*entries(session)] == [key]
        assert waiting(session, house.analyst) == []


@pytest.mark.usefixtures("period")
def test_what_was_prepared_in_an_older_format_no_longer_waits(house: House) -> None:
    with writing(house.engine) as session:
        new = prepare(session, house.analyst, Scoring(load_scheme("perception-2022"), 2025))
        old = Publication(
            scheme_hash=new.scheme_hash,
            year=2025,
            document='{"format":1,"note":"\\"format\\":2,"}',
            document_hash="0" * 64,
            user_id=house.analyst.user_id,
            created_at=now(),
        )
        session.add(old)
    with writing(house.engine) as session:
        assert [one.id for one in waiting(session, house.second_analyst)] == [new.id]
        assert [one.id for one, _ in provisional(session, house.coordinator, house.district)] == [
            new.id
        ]
        assert [one.id for one in prepared_in(session, 2025)] == [new.id]
        with refusing("format"):
            read_document(session.get_one(Publication, old.id))
        with refusing("format"):
            approve(session, house.second_analyst, old.id, SECRET)


@pytest.mark.usefixtures("period")
def test_a_correction_points_to_what_it_corrects(house: House) -> None:
    old = publish_year(house)
    assert old.seal is not None
    rules = load_scheme("perception-2022")
    with writing(house.engine) as session:
        new = prepare(session, house.analyst, Scoring(rules, 2025), corrects=old.id)
        assert read_document(new).corrects == old.seal.hash
        for scheme, wrong in ((lasting("compliance-2021"), old.id), (rules, new.id)):
            with refusing("correction"):
                prepare(session, house.analyst, Scoring(scheme, 2025), corrects=wrong)


def test_counts_of_small_groups_are_withheld(house: House) -> None:
    """Of a unit where four answered an item, and of one where the earlier less four can be had."""
    period = open_half(house)
    house.rate(GOOD, 10, period=period)
    house.rate({**GOOD, "cost": None}, 6, period=period, unit=house.registry)
    house.rate(GOOD, 4, period=period, unit=house.registry)
    excluded = house.rate(GOOD, 4, period=period)
    close(house, period)
    house.judge(3)
    house.judge(3, house.registry)
    first = read_document(publish_year(house))
    with writing(house.engine) as session:
        exclude(session, house.analyst, excluded, "terkirim dua kali")
    second = read_document(publish_year(house))
    surveys = [
        {unit.code: unit.survey for unit in one.units if unit.survey} for one in (first, second)
    ]
    assert [one["dukcapil-malra"].answers for one in surveys] == [None, None]
    clinics = [one["puskesmas-langgur"] for one in surveys]
    assert clinics[0].answers
    assert clinics[0].answers["cost"] == [0, 0, 14, 0]
    assert clinics[1].answers is None
    assert clinics[1].squares is None
    assert clinics[1].respondents == 10
    assert check_numbers(second.content()) == ([], ["dukcapil-malra", "puskesmas-langgur"])


@pytest.mark.parametrize(("by_link", "told"), [(2, False), (5, True)])
def test_counts_from_which_a_unit_could_subtract_its_file_are_withheld(
    house: House, by_link: int, told: bool
) -> None:
    period = open_half(house)
    house.rate(GOOD, by_link, period=period)
    house.rate(GOOD, 9, period=period, unit=house.registry)
    house.rate(2, 60, period=period, batch=house.a_batch(60, period))
    close(house, period)
    house.judge(3)
    house.judge(3, house.registry)
    document = read_document(publish_year(house))
    surveys = {unit.code: unit.survey for unit in document.units if unit.survey}
    assert surveys["puskesmas-langgur"].respondents == 60 + by_link
    assert (surveys["puskesmas-langgur"].answers is not None) == told
    assert surveys["dukcapil-malra"].answers


def test_fewer_than_five_publish_their_number_only(house: House) -> None:
    period = open_half(house)
    empty = dict.fromkeys(ELEMENTS, None)
    house.rate(GOOD, 4, period=period, experience=("none",))
    house.rate(empty, 3, period=period, experience=("none",))
    house.judge(3)
    close(house, period)
    (unit,) = read_document(publish_year(house, "ombudsman-2022", stand_in=True)).units
    assert unit.survey
    assert unit.survey.model_dump() == {
        "rules": 0,
        "respondents": 4,
        "answers": None,
        "squares": None,
        "standard_error": None,
        "experienced": {"answered": 7, "none": 7},
    }


@pytest.mark.usefixtures("period")
def test_the_standard_error_is_that_of_the_survey(house: House) -> None:
    """On answers that differ: 7 respondents with 4 everywhere and 3 with 1."""
    house.judge(2, year=2024)
    days = (date(2024, 1, 1), date(2024, 6, 30))
    other = open_half(house, days)
    house.rate(4, 7, period=other)
    house.rate(1, 3, period=other)
    close(house, other)
    (unit,) = read_document(publish_year(house, year=2024)).units
    # z = 25 (y - 3.1) / 10: Var = 10/9 x (7 x 2.25^2 + 3 x 5.25^2)
    squares = 7 * Fraction("2.25") ** 2 + 3 * Fraction("5.25") ** 2
    assert unit.survey
    assert unit.survey.squares == squares
    assert unit.survey.standard_error
    error = Fraction(unit.survey.standard_error)
    assert abs(error**2 - squares * Fraction(10, 9)) < Fraction(1, 10**9)


@pytest.mark.usefixtures("period")
def test_a_publication_cannot_be_changed(house: House) -> None:
    publish_year(house)
    for change in (
        update(Publication).values(document="{}"),
        delete(PublishedCount),
        delete(Publication),
        update(PublishedCount).values(counted=0),
        update(Seal).values(signature=""),
        delete(Seal),
    ):
        with pytest.raises(DBAPIError), writing(house.engine) as session:
            session.execute(change)


@pytest.mark.usefixtures("period")
def test_publishing_again_adds_another(house: House) -> None:
    first = publish_year(house)
    second = publish_year(house)
    assert first.document == second.document
    with reading(house.engine) as session:
        assert [*entries(session)] == [second.id, first.id]


def test_a_receipt_tells_which_publications_count_it(house: House) -> None:
    with writing(house.engine) as session:
        filled = Submission(
            key=mint_key(),
            unit="puskesmas-langgur",
            period="semester-ini",
            answers=dict.fromkeys(ELEMENTS, 3),
        )
        code = submit(session, SECRET, filled, now())
    house.rate(3, 7)
    close(house, house.period)
    with reading(house.engine) as session:
        found = find_receipt(session, SECRET, code)
        assert found is not None
        assert found.publications == []
        ended = session.get_one(Period, house.period).ends.year
    house.judge(3, year=ended)
    unrelated = publish_year(house, "compliance-2021", year=ended)
    publication = publish_year(house, year=ended)
    with writing(house.engine) as session:  # one that nobody approved does not count it
        prepare(session, house.analyst, Scoring(load_scheme("perception-2022"), ended))
    with reading(house.engine) as session:
        found = find_receipt(session, SECRET, code)
        assert found is not None
        (counted,) = found.publications
    assert (counted.publication, counted.year) == (publication.id, ended)
    assert (counted.counted, counted.received) == (8, 8)
    assert unrelated.counts == []

"""Approval derives everything anew: what changed since the preparation is named, and refused."""

from collections.abc import Callable, Sequence
from uuid import UUID

import pytest

from accounts.actors import Actor
from analysis.publication.changes import document_changes
from analysis.rulebook.scheme import Scheme, load_scheme, parse_scheme
from desk.assessment.assessments import Judgement, assess
from desk.assessment.disagreements import Settlement, settle
from desk.assessment.fieldwork import Judging
from desk.assessment.interviews import FORMS, InterviewRecord, record
from desk.assessment.rounds import withdraw_unit
from desk.index.declarations import NewDeclaration, declare
from desk.index.perception import Scoring
from desk.integrity.exclusions import exclude
from desk.office.withdrawals import decide_withdrawal, propose_withdrawal
from desk.publication.publishing import approve, prepare, read_document
from models import Role, Unit, writing
from tests.desk.conftest import House, _person, another_district
from tests.desk.index.test_declarations import SUFFIX
from tests.desk.index.test_perception import close, open_half
from tests.desk.unit.test_results import GOOD
from tests.fieldwork import assign
from tests.kept import kept
from tests.lasting import lasting
from tests.refusing import refusing

SECRET = bytes(range(32))
WHY = "isian yang keliru dari loket"
PRODUCTS = ("layanan-1", "layanan-2")


def everything() -> Scheme:
    """A scheme that asks for judgements and interviews, and whose label may have a suffix."""
    text = lasting("ombudsman-2022").yaml.replace("id: ombudsman-2022-on", "id: everything")
    return parse_scheme(text + SUFFIX, "everything")


@kept
def district(house: House) -> House:
    """Two complete units of a round, judged and interviewed; beside it another district."""
    with writing(house.engine) as session:
        other = another_district(session, "lain").id
    for unit in (house.clinic, house.registry, other):
        house.judge(3, unit)
        house.interview(unit)
    return house


def prepared(house: House, scheme: Scheme | None = None) -> UUID:
    with writing(house.engine) as session:
        return prepare(session, house.analyst, Scoring(scheme or everything(), 2025)).id


def sealed(house: House, publication: UUID) -> None:
    with writing(house.engine) as session:
        approve(session, house.second_analyst, publication, SECRET)


def judged(house: House, rung: int = 0, actor: Actor | None = None) -> None:
    given = [Judgement(house.clinic, "fee", rung, subject=product) for product in PRODUCTS]
    with writing(house.engine) as session:
        assess(session, actor or house.analyst, Judging(everything(), 2025), given)


def interviewed(house: House) -> None:
    one = InterviewRecord(house.clinic, 2025, "experience", 1, {FORMS: ["partiality"]})
    with writing(house.engine) as session:
        record(session, house.analyst, one)


def declared(house: House) -> None:
    new = NewDeclaration(2025, house.district, True, "LAHP 12/2025 dilaksanakan")
    with writing(house.engine) as session:
        declare(session, house.analyst, everything(), new)


def renamed(house: House) -> None:
    with writing(house.engine) as session:
        session.get_one(Unit, house.clinic).name = "Puskesmas Langgur Timur"


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (
            judged,
            (
                r"Puskesmas Langgur: Fee was 3, is 0",
                r"Puskesmas Langgur: the score was [\d.]+, is [\d.]+",
                r"Kabupaten Maluku Tenggara: the score was [\d.]+, is [\d.]+",
            ),
        ),
        (
            interviewed,
            (
                r"Puskesmas Langgur: [^\n]* was 100, is 96\.666667",
                r"interviews\.perceived_maladministration\.points was 30, is 29",
            ),
        ),
        (declared, ("Kabupaten Maluku Tenggara: declared was False, is True",)),
        (renamed, ("name was Puskesmas Langgur, is Puskesmas Langgur Timur",)),
    ],
)
def test_what_changed_is_named(
    district: House, act: Callable[[House], None], told: Sequence[str]
) -> None:
    publication = prepared(district)
    act(district)
    each = "".join(rf"(?=[\s\S]*{one})" for one in told)  # in any order
    with refusing(f"Prepare it anew{each}"):
        sealed(district, publication)
    district.sign_off()
    sealed(district, prepared(district))  # the way back


def test_what_assessors_differ_on_and_its_settlement(district: House) -> None:
    first = prepared(district)
    with writing(district.engine) as session:
        third = _person(session, "third", [Role(role="analyst")])
        assign(session, district.analyst, district.clinic, [third.user_id], 2025)
    judged(district, 1, third)
    with refusing("Puskesmas Langgur: Fee was 3, is 2"):
        sealed(district, first)
    district.sign_off()
    second = prepared(district)
    with writing(district.engine) as session:
        for product in PRODUCTS:
            settlement = Settlement(district.clinic, 2025, ("fee", product), 4, WHY)
            settle(session, district.second_analyst, settlement)
    with refusing("Puskesmas Langgur: Fee was 2, is 4"):
        sealed(district, second)


def test_what_citizens_said_and_no_longer_counts(district: House) -> None:
    scheme, period = load_scheme("perception-2022"), open_half(district)
    batch = district.a_batch(6, period)
    some = district.rate(GOOD, 12, period=period)
    district.rate(2, 6, period=period, batch=batch)
    district.rate(4, 7, period=period, unit=district.registry)
    close(district, period)
    first = prepared(district, scheme)
    with writing(district.engine) as session:
        exclude(session, district.analyst, some[:5], WHY)
    with refusing(r"responses\.0\.counted was 18, is 13(.|\n)*responses\.0\.excluded was 0, is 5"):
        sealed(district, first)
    second = prepared(district, scheme)
    with writing(district.engine) as session:
        proposal = propose_withdrawal(session, district.coordinator, batch, WHY).id
        decide_withdrawal(session, district.analyst, proposal, True)
    with refusing(r"responses\.0\.withdrawn was 0, is 6"):
        sealed(district, second)


def test_another_sample_is_named(district: House) -> None:
    publication = prepared(district)
    with writing(district.engine) as session:
        withdraw_unit(session, district.analyst, 1, district.registry, "unit ditutup sementara")
    with refusing("another sample, by dukcapil-malra"):
        sealed(district, publication)


def test_who_else_is_in_the_sample_by_now_makes_no_difference(district: House) -> None:
    publication = prepared(district)
    with writing(district.engine) as session:
        later = another_district(session, "baru").id
        assign(session, district.analyst, later, [district.analyst.user_id], 2025)
    sealed(district, publication)


def test_only_the_last_of_a_year_and_scheme_is_corrected(district: House) -> None:
    def correcting(one: UUID) -> UUID:
        with writing(district.engine) as session:
            return prepare(session, district.analyst, Scoring(everything(), 2025), one).id

    first = prepared(district)
    sealed(district, first)
    second, late = correcting(first), correcting(first)
    sealed(district, second)
    with refusing("a publication that was replaced since"):
        correcting(first)
    with refusing("a publication that was replaced since"):
        sealed(district, late)
    sealed(district, correcting(second))


def test_a_scheme_that_reads_otherwise_now(
    district: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a new version of the program, whose file of the scheme has another weight."""
    scheme = everything()
    publication = prepared(district, scheme)
    text = scheme.yaml.replace("weight: 12.54", "weight: 12.53", 1)
    other = parse_scheme(text.replace("total: 62.38", "total: 62.37", 1), scheme.id)
    monkeypatch.setattr("desk.publication.deriving.scheme_ids", lambda: [scheme.id])
    monkeypatch.setattr("desk.publication.deriving.load_scheme", lambda _name: other)
    with refusing("scheme"):
        sealed(district, publication)


def test_what_changed_and_came_back_is_sealed(district: House) -> None:
    """Also beside a later preparation that leaves sources out."""
    publication = prepared(district)
    with writing(district.engine) as session:
        prepare(session, district.analyst, Scoring(everything(), 2025, without=("import",)))
    judged(district)
    judged(district, 3)
    with refusing("Not signed off"):
        sealed(district, publication)
    district.sign_off()
    sealed(district, publication)


def test_the_program_itself_may_be_newer(district: House) -> None:
    with writing(district.engine) as session:
        document = read_document(prepare(session, district.analyst, Scoring(everything(), 2025)))
    newer = document.model_copy(update={"software": "suara-layanan 99"})
    assert document_changes(document, newer) == []
    assert document_changes(document, document.model_copy(update={"without": ["import"]}))

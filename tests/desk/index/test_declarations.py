"""The fact of a scheme's suffix: stated by analysts with a reason, in labels and publications."""

from copy import deepcopy
from uuid import UUID

import pytest

from accounts.actors import Forbidden
from analysis.publication.evidence import Content
from analysis.publication.sealed import Fault, check_numbers
from analysis.rulebook.scheme import Scheme, load_scheme, parse_scheme
from desk.index.declarations import NewDeclaration, declarations_of, declare, declared
from desk.index.perception import Scoring, score_visible, score_year
from desk.publication.grounds import StatedPlace
from desk.publication.objections import NewObjection, ObjectionDecision, decide_objection, object_to
from desk.publication.publishing import prepare, read_document
from models import reading, writing
from tests.desk.assessment.test_products import a_product, became
from tests.desk.conftest import ROLES, House, another_district
from tests.kept import kept
from tests.lasting import lasting
from tests.refusing import refusing

FACT = "corrective_products_followed_up"
REASON = "LAHP 12/2025 dilaksanakan 3 Maret"
SUFFIX = f"""
suffix: {{fact: {FACT}, means: Ditindaklanjuti, label: Tanpa Maladministrasi}}
"""


def suffixed() -> Scheme:
    """A scheme of judgements alone, whose label may have a suffix."""
    return parse_scheme(lasting("compliance-2021").yaml + SUFFIX, "suffixed")


@kept
def judged(house: House) -> House:
    """Two complete districts."""
    house.judge(4)
    with writing(house.engine) as session:
        other = another_district(session, "lain")
    house.judge(4, other.id)
    return house


def state(house: House, holds: bool = True, actor: str = "analyst", year: int = 2025) -> None:
    with writing(house.engine) as session:
        who = house.actors[actor]
        declare(session, who, suffixed(), NewDeclaration(year, house.district, holds, REASON))


def prepared(house: House, scheme: Scheme) -> tuple[UUID, Content]:
    with writing(house.engine) as session:
        publication = prepare(session, house.analyst, Scoring(scheme, 2025))
        return publication.id, read_document(publication).content()


def labels(document: Content) -> dict[str, str]:
    return {one["code"]: one["label"]["id"] for one in document["institutions"]}


def test_the_latest_statement_of_the_year_holds(judged: House) -> None:
    def said() -> set[str]:
        with reading(judged.engine) as session:
            return declared(session, suffixed(), 2025)

    assert said() == set()
    state(judged)
    state(judged, holds=False, year=2024)
    assert said() == {"malra"}
    assert judged.last_act().details["fact"] == FACT
    state(judged, holds=False)
    assert said() == set()
    with reading(judged.engine) as session:
        ((latest, place),) = declarations_of(session, suffixed(), 2025)
    assert (latest.holds, latest.reason, place.code) == (False, REASON, "malra")
    assert judged.acts().count("declare") == 3


def test_who_states_and_how(judged: House) -> None:
    for role in set(ROLES) - {"analyst", "second_analyst"}:
        with pytest.raises(Forbidden):
            state(judged, actor=role)
    bare = load_scheme("compliance-2021")
    with writing(judged.engine) as session:
        with refusing("10 to 2,000 characters"):
            declare(
                session,
                judged.analyst,
                suffixed(),
                NewDeclaration(2025, judged.district, True, " ya "),
            )
        with refusing("compliance-2021: found no suffix"):
            declare(
                session, judged.analyst, bare, NewDeclaration(2025, judged.district, True, REASON)
            )
    assert "declare" not in judged.acts()


def test_the_label_says_it_on_the_desk(judged: House) -> None:
    state(judged)
    with reading(judged.engine) as session:
        scored = score_year(session, judged.analyst, Scoring(suffixed(), 2025))
        bands = {one.institution: one.band for one in scored.result.institutions}
        found = {code: band.label.id for code, band in bands.items() if band}
        assert found["malra"] == f"{found['lain']} Tanpa Maladministrasi"
        own = score_visible(session, judged.coordinator, Scoring(suffixed(), 2025), judged.district)
    (band,) = [one.band for one in own.result.institutions]
    assert band is not None
    assert band.label.id == found["malra"]


def test_it_enters_the_publication_and_is_recomputed(judged: House) -> None:
    state(judged)
    _, document = prepared(judged, suffixed())
    plain = labels(document)["lain"]
    assert labels(document) == {"malra": f"{plain} Tanpa Maladministrasi", "lain": plain}
    assert {one["code"]: one["declared"] for one in document["institutions"]} == {
        "malra": True,
        "lain": False,
    }
    assert check_numbers(document) == ([], [])
    for place in document["institutions"]:
        changed = deepcopy(document)
        (one,) = [one for one in changed["institutions"] if one["code"] == place["code"]]
        one["declared"] = not one["declared"]
        faults, _ = check_numbers(changed)
        path = f"institutions[{place['code']}].label"
        paths = [fault.path for fault in faults if isinstance(fault, Fault)]
        assert (paths, len(faults)) == ([f"{path}.en", f"{path}.id"], 2)


def test_a_scheme_without_suffix_declares_nothing(judged: House) -> None:
    state(judged)
    _, document = prepared(judged, lasting("compliance-2021"))
    assert {one["declared"] for one in document["institutions"]} == {None}
    # As documents were before there were declarations.
    for one in document["institutions"]:
        del one["declared"]
    assert check_numbers(document) == ([], [])


def test_the_institution_may_object_and_somebody_else_decides(judged: House) -> None:
    state(judged, holds=False)
    publication, _ = prepared(judged, suffixed())
    stated = StatedPlace(FACT, "", judged.analyst.user_id)
    accepted = ObjectionDecision(True, "Benar sudah selesai", [stated])
    with writing(judged.engine) as session:
        new = NewObjection(judged.clinic, FACT, "Produk itu sudah kami laksanakan")
        objection = object_to(session, judged.coordinator, publication, new).id
        with refusing("an item that you assessed"):
            decide_objection(session, judged.analyst, objection, accepted)
        decide_objection(session, judged.second_analyst, objection, accepted)


def test_the_register_decides_where_it_has_products(judged: House) -> None:
    def said() -> set[str]:
        with reading(judged.engine) as session:
            return declared(session, suffixed(), 2025)

    state(judged)
    assert said() == {"malra"}
    product = a_product(judged)
    assert said() == set()
    for holds in (True, False):
        with refusing("0 of 1 followed up"):
            state(judged, holds=holds)
    became(judged, product, "followed_up")
    assert said() == {"malra"}


def test_products_stand_in_the_publication(judged: House) -> None:
    became(judged, a_product(judged, "a"), "followed_up")
    a_product(judged, "b")
    _, document = prepared(judged, suffixed())
    malra = next(one for one in document["institutions"] if one["code"] == "malra")
    other = next(one for one in document["institutions"] if one["code"] == "lain")
    assert (malra["declared"], malra["products"]) == (False, {"issued": 2, "followed_up": 1})
    assert "products" not in other
    assert labels(document)["malra"] == labels(document)["lain"]
    assert check_numbers(document) == ([], [])
    malra["products"] = {"issued": 2, "followed_up": 2}
    faults, _ = check_numbers(document)
    assert faults

"""A round: units proposed and chosen, what is looked at in them and by whom, and the scores."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden
from analysis.rulebook.sampling import load_sampling
from analysis.rulebook.scheme import load_scheme
from desk.assessment.assessments import Judgement, assess
from desk.assessment.fieldwork import Judging, asked_of
from desk.assessment.lacks import Lack
from desk.assessment.rounds import (
    AssessorChoice,
    SubjectChoice,
    UnitProposal,
    UnproposedUnit,
    choose_assessors,
    choose_beyond,
    choose_proposed,
    choose_subjects,
    open_round,
    possible_assessors,
    proposals_of,
    propose_units,
    rounds,
    sample_of,
    simulated_under,
    withdraw_proposal,
    withdraw_unit,
)
from desk.assessment.sampled import rules_of
from desk.index.perception import Scoring, score_visible, score_year
from desk.index.planning import plannable, plannable_years
from desk.index.progress import assessor_progress, institution_progress, unit_progress
from desk.publication.publishing import approve, prepare, read_document
from models import Assessment, SampledUnit, Unit, now, reading, writing
from tests.desk.conftest import ROLES, House, another_district
from tests.desk.index.test_perception import institutions, scored, units
from tests.kept import kept
from tests.lasting import lasting
from tests.refusing import refusing

COMPLIANCE = lasting("compliance-2021")
ITEMS = len(COMPLIANCE.indicators())
WHY = "pelaksana SPM di kabupaten"
ANALYSTS = {"analyst", "second_analyst"}


def opened(house: House, year: int = 2025) -> int:
    with writing(house.engine) as session:
        return open_round(session, house.analyst, year, COMPLIANCE).id


def propose(house: House, round_id: int, *places: int, kind: str = "office") -> None:
    with writing(house.engine) as session:
        propose_units(
            session, house.coordinator, round_id, UnitProposal(places, kind, ["spm"], WHY)
        )


def choose(house: House, round_id: int, *places: int) -> None:
    with writing(house.engine) as session:
        for unit in places:
            choose_beyond(session, house.analyst, round_id, UnproposedUnit(unit, "office", WHY))


def refused(house: House, work: Callable[[Session], object], told: str) -> None:
    with writing(house.engine) as session, refusing(told):
        work(session)


def test_a_round_keeps_the_rules_it_was_opened_under(house: House) -> None:
    opened(house)
    with reading(house.engine) as session:
        (one,) = rounds(session, house.analyst)
        assert rules_of(one) == load_sampling()
    assert house.last_act().details == {"year": 2025, "scheme": "compliance-2021-on"}
    refused(
        house,
        lambda session: open_round(session, house.second_analyst, 2025, COMPLIANCE),
        "2025 with an assessment round",
    )
    refused(
        house, lambda session: open_round(session, house.analyst, 2015, COMPLIANCE), "2016 or later"
    )


@pytest.mark.parametrize(
    "year", [9999, 10**9, 0, -2025, 1999, now().year + 2, 2025.5, "2025", "dua ribu", None, True]
)
def test_what_is_no_year_is_refused(house: House, year: Any) -> None:
    told = f"a year from 2000 to {now().year + 1}"
    for simulation in (False, True):
        refused(
            house,
            lambda session: open_round(session, house.analyst, year, COMPLIANCE, simulation),  # noqa: B023
            told,
        )
    refused(house, lambda s: prepare(s, house.analyst, Scoring(COMPLIANCE, year)), told)


def test_two_rounds_opened_at_once_keep_one_text_of_the_scheme(house: House) -> None:
    with ThreadPoolExecutor(1) as another, writing(house.engine) as session:
        open_round(session, house.analyst, 2024, COMPLIANCE)
        waits = another.submit(opened, house, 2025)
        with suppress(TimeoutError):
            waits.result(0.5)
        session.commit()
        assert waits.result()


def test_who_works_for_an_institution_chooses_nothing_of_it(house: House) -> None:
    one = opened(house)
    propose(house, one, house.registry)
    choose(house, one, house.clinic)
    insiders = (
        replace(house.second_analyst, units=frozenset({house.registry})),
        replace(house.second_analyst, institutions=frozenset({house.district})),
    )
    for insider in insiders:
        for act in (
            lambda s, a: choose_proposed(s, a, one, [house.registry]),
            lambda s, a: choose_beyond(s, a, one, UnproposedUnit(house.registry, "office", WHY)),
            lambda s, a: withdraw_unit(s, a, one, house.clinic, WHY),
            lambda s, a: choose_subjects(s, a, one, house.clinic, SubjectChoice([], {}, WHY)),
            lambda s, a: choose_assessors(s, a, one, house.clinic, AssessorChoice([], WHY)),
        ):
            refused(house, partial(act, a=insider), 'a role in "Kabupaten Maluku Tenggara"')


def test_a_scheme_holds_in_its_years_only(house: House) -> None:
    """Elsewhere a round is a simulation, of which nothing is published."""
    ended = load_scheme("compliance-2021")
    told = r"1 January 2021 to 31 December 2021\); elsewhere it is a simulation"
    for year in (2020, 2022, 2025):
        refused(house, lambda s: open_round(s, house.analyst, year, ended), told)  # noqa: B023
    with writing(house.engine) as session:
        assert open_round(session, house.analyst, 2021, ended).id
        one = open_round(session, house.analyst, 2025, ended, simulation=True).id
        assert simulated_under(session, 2021) is None
        assert simulated_under(session, 2024) is None
        assert simulated_under(session, 2025) == ended
    assert house.acts()[-2:] == ["open_round", "open_simulation"]
    choose(house, one, house.clinic)
    house.judge(3, scheme="compliance-2021")
    refused(house, lambda s: prepare(s, house.analyst, Scoring(ended, 2025)), told)
    others = Scoring(lasting("compliance-2021"), 2025)
    refused(house, lambda s: prepare(s, house.analyst, others), "a round that is a simulation")


def test_the_ombudsman_chooses_among_proposals_and_beyond(house: House) -> None:
    one = opened(house)
    propose(house, one, house.clinic, kind="puskesmas")
    with writing(house.engine) as session:
        (proposal,) = proposals_of(session, house.coordinator, one, house.district)
        assert (proposal.kind, proposal.marks, proposal.reason) == ("puskesmas", ["spm"], WHY)
        choose_proposed(session, house.analyst, one, [house.clinic])
        choose_beyond(
            session,
            house.analyst,
            one,
            UnproposedUnit(house.registry, "office", "banyak keluhan warga"),
        )
    assert house.last_act().details["reason"] == "banyak keluhan warga"
    with reading(house.engine) as session:
        chosen, _, _ = sample_of(session, house.analyst, one, house.district)
        assert {(row.unit_id, row.kind, row.proposal_id is None) for row in chosen} == {
            (house.clinic, "puskesmas", False),
            (house.registry, "office", True),
        }


def test_what_cannot_be_proposed_or_chosen_is_told(house: House) -> None:
    one = opened(house)
    by, clinic = house.analyst, house.clinic
    propose(house, one, clinic)
    choose(house, one, house.registry)
    asks: list[tuple[Callable[[Session], object], str]] = [
        (
            lambda s: propose_units(s, house.coordinator, one, UnitProposal([], "office", [], WHY)),
            "no units",
        ),
        (
            lambda s: propose_units(
                s, house.coordinator, one, UnitProposal([clinic], "office", [], WHY)
            ),
            "propos",
        ),
        (
            lambda s: propose_units(
                s, house.coordinator, one, UnitProposal([clinic], "toko", [], WHY)
            ),
            "toko",
        ),
        (
            lambda s: propose_units(
                s, house.coordinator, one, UnitProposal([clinic], "office", ["a"], WHY)
            ),
            "trait",
        ),
        (
            lambda s: propose_units(
                s, house.coordinator, one, UnitProposal([clinic], "office", [], " x ")
            ),
            "10 to",
        ),
        (lambda s: withdraw_proposal(s, house.coordinator, one, house.registry, WHY), "not propo"),
        (lambda s: choose_proposed(s, by, one, [house.registry]), "chosen already"),
        (
            lambda s: choose_beyond(s, by, one, UnproposedUnit(house.registry, "office", WHY)),
            "chosen already",
        ),
        (
            lambda s: choose_beyond(s, by, one, UnproposedUnit(clinic, "office", "iya")),
            "10 to 2,000",
        ),
        (lambda s: choose_beyond(s, by, one, UnproposedUnit(clinic, "toko", WHY)), "toko"),
        (lambda s: withdraw_unit(s, by, one, clinic, WHY), "not chosen"),
        (lambda s: withdraw_unit(s, by, one, house.registry, ""), "10 to 2,000"),
        (lambda s: choose_subjects(s, by, one, clinic, SubjectChoice([], {})), "not chosen"),
        (
            lambda s: choose_subjects(s, by, one, house.registry, SubjectChoice(["x"], {})),
            "a service of dukcapil",
        ),
        (
            lambda s: choose_subjects(s, by, one, house.registry, SubjectChoice([], {"Ani": 1})),
            "role",
        ),
        (
            lambda s: choose_subjects(
                s, by, one, house.registry, SubjectChoice([], {"product": 1})
            ),
            "role",
        ),
        (
            lambda s: choose_subjects(
                s, by, one, house.registry, SubjectChoice([], {"petugas": 100})
            ),
            "0 to 99",
        ),
        (
            lambda s: choose_assessors(
                s, by, one, house.registry, AssessorChoice([house.official.user_id])
            ),
            "an active analyst",
        ),
    ]
    for ask, told in asks:
        refused(house, ask, told)
    with writing(house.engine) as session:
        withdraw_proposal(session, house.coordinator, one, clinic, WHY)
    refused(house, lambda s: choose_proposed(s, by, one, [clinic]), "not proposed")


@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.sets(st.sampled_from(["layanan-1", "layanan-2"])), min_size=1, max_size=4))
def test_the_last_choice_of_subjects_stands(house: House, wishes: list[set[str]]) -> None:
    """Whatever was chosen before and in whichever order, and nothing is ever lost."""
    one = _round_of(house)
    with writing(house.engine) as session:
        for products in wishes:
            people = {"petugas": len(products)}
            choose_subjects(
                session, house.analyst, one, house.clinic, SubjectChoice(products, people, WHY)
            )
            _, subjects, _ = sample_of(session, house.analyst, one, house.district)
            assert {row.subject for row in subjects if row.kind == "product"} == products
            assert {row.subject for row in subjects if row.kind == "petugas"} == {
                f"petugas-{at}" for at in range(1, len(products) + 1)
            }
            assert {row.turn % 2 for row in subjects} <= {1}


def _round_of(house: House) -> int:
    """The one round, opened by the first example."""
    with reading(house.engine) as session:
        known = rounds(session, house.analyst)
    if known:
        return known[0].id
    one = opened(house)
    choose(house, one, house.clinic)
    return one


def test_withdrawing_needs_a_reason_and_is_kept(house: House) -> None:
    one = opened(house)
    choose(house, one, house.clinic)
    with writing(house.engine) as session:
        chosen = [house.analyst.user_id, house.second_analyst.user_id]
        choose_assessors(session, house.analyst, one, house.clinic, AssessorChoice(chosen))
    refused(
        house,
        lambda s: choose_assessors(s, house.analyst, one, house.clinic, AssessorChoice(chosen[:1])),
        "reason",
    )
    with writing(house.engine) as session:
        choose_assessors(
            session,
            house.analyst,
            one,
            house.clinic,
            AssessorChoice(chosen[:1], "sedang cuti lama"),
        )
        _, _, assessors = sample_of(session, house.analyst, one, house.district)
        assert [row.assessor_id for row in assessors] == chosen[:1]
        withdraw_unit(session, house.analyst, one, house.clinic, "unit ditutup sementara")
        choose_beyond(
            session,
            house.analyst,
            one,
            UnproposedUnit(house.clinic, "puskesmas", "sudah buka kembali"),
        )
        number = session.scalar(select(func.count()).select_from(SampledUnit))
        assert number == 3
        ((row,), _, _) = sample_of(session, house.analyst, one, house.district)
        assert (row.turn, row.kind) == (3, "puskesmas")


def test_the_database_lets_no_choice_stand_twice(house: House) -> None:
    one = opened(house)
    choose(house, one, house.clinic)
    act = {"user_id": house.analyst.user_id, "created_at": now(), "reason": WHY}
    place = {"round_id": one, "unit_id": house.clinic, "kind": "office"}
    with reading(house.engine) as session:
        for wrong in (
            {"turn": 1},
            {"turn": 0},
            {"turn": 2, "reason": ""},
            {"turn": 3, "reason": ""},
        ):
            row = insert(SampledUnit).values({**place, **act, **wrong})
            with pytest.raises(IntegrityError), session.begin_nested():
                session.execute(row)


@kept
def round_2025(house: House) -> int:
    """Both units of the district are in the sample; only the clinic is assessed."""
    one = opened(house)
    choose(house, one, house.clinic, house.registry)
    house.judge(3, scheme="compliance-2021")
    return one


def test_a_sampled_unit_without_a_score_makes_its_institution_provisional(
    house: House, round_2025: int
) -> None:
    with writing(house.engine) as session:
        other = another_district(session, "lain")
        choose_beyond(session, house.analyst, round_2025, UnproposedUnit(other.id, "office", WHY))
    house.judge(4, other.id, scheme="compliance-2021")
    found = institutions(scored(house, "compliance-2021"))
    malra = found["malra"]
    assert (malra.scored, malra.units, malra.provisional) == (1, 2, True)
    assert (malra.score, malra.rank, malra.rank_in_province) == (None, None, None)
    complete = [code for code, one in found.items() if one.rank == 1]
    assert len(found) == 2
    assert len(complete) == 1
    with writing(house.engine) as session:
        document = read_document(prepare(session, house.analyst, Scoring(COMPLIANCE, 2025)))
        assert [one.code for one in document.institutions] == complete
        assert document.provisional_institutions == 1


def test_a_provisional_institution_is_not_published(house: House, round_2025: int) -> None:
    refused(
        house,
        lambda session: prepare(session, house.analyst, Scoring(COMPLIANCE, 2025)),
        r"no institution whose units all have a score \(malra 1/2\)",
    )
    house.judge(2, house.registry, scheme="compliance-2021")
    with writing(house.engine) as session:
        assert prepare(session, house.analyst, Scoring(COMPLIANCE, 2025))


def test_a_unit_that_is_not_sampled_does_not_count(house: House, round_2025: int) -> None:
    house.judge(0, house.registry, scheme="compliance-2021")
    with writing(house.engine) as session:
        withdraw_unit(session, house.analyst, round_2025, house.registry, "unit ditutup sementara")
    with refusing('"dukcapil-malra" not chosen'), writing(house.engine) as session:
        late = [Judgement(house.registry, "fee", 4, subject="layanan-1")]
        assess(session, house.analyst, Judging(COMPLIANCE, 2025), late)
    result = scored(house, "compliance-2021")
    assert list(units(result)) == ["puskesmas-langgur"]
    assert institutions(result)["malra"].score == 75


def test_of_a_year_without_a_round_nothing_counts(house: House, round_2025: int) -> None:
    """Judgements from before there were rounds are kept, and their unit has no score."""
    with writing(house.engine) as session:
        old = {"area": "standards", "assessor_id": house.analyst.user_id, "judgement": 4}
        place = {"unit_id": house.registry, "year": 2024, "created_at": now(), "note": ""}
        session.add_all(
            Assessment(**place, **old, item=node.key) for node in COMPLIANCE.indicators()
        )
    with writing(house.engine) as session:
        assert plannable_years(session, house.analyst) == [2025]
        one = score_year(session, house.analyst, Scoring(COMPLIANCE, 2024))
        assert [unit.id for unit in one.units] == [house.registry]
        assert one.result.units[0].score is None
        assert [lack.kind for lack in one.lacks[house.registry]] == ["round"]
        with refusing("no institution whose units all have a score"):
            prepare(session, house.analyst, Scoring(COMPLIANCE, 2024))


def test_what_was_prepared_for_another_sample_is_not_approved(
    house: House, round_2025: int
) -> None:
    house.judge(2, house.registry, scheme="compliance-2021")
    with writing(house.engine) as session:
        key = prepare(session, house.analyst, Scoring(COMPLIANCE, 2025)).id
        district = session.get_one(Unit, house.clinic).institution
        third = Unit(institution=district, code="dinsos-malra", name="Dinas Sosial")
        session.add(third)
        session.flush()
        choose_beyond(session, house.analyst, round_2025, UnproposedUnit(third.id, "office", WHY))
    secret = bytes(32)
    refused(
        house,
        lambda session: approve(session, house.second_analyst, key, secret),
        "another sample, by dinsos-malra",
    )
    with writing(house.engine) as session:
        withdraw_unit(session, house.analyst, round_2025, third.id, "unit ditutup sementara")
        assert approve(session, house.second_analyst, key, secret).seal


def test_an_institution_is_not_told_whom_the_assessors_will_visit(
    house: House, round_2025: int
) -> None:
    with writing(house.engine) as session:
        seen = {
            name: {
                unit.id
                for unit in score_visible(
                    session, actor, Scoring(COMPLIANCE, 2025), house.district
                ).units
            }
            for name, actor in house.actors.items()
            if name in ("analyst", "coordinator", "other_official")
        }
        assert seen == {
            "analyst": {house.clinic, house.registry},
            "coordinator": {house.clinic},
            "other_official": set(),
        }


def test_nothing_can_be_planned_of_units_that_do_not_count(house: House, round_2025: int) -> None:
    with writing(house.engine) as session:
        withdraw_unit(session, house.analyst, round_2025, house.clinic, "unit ditutup sementara")
        assert plannable(session, house.coordinator, 2025) == []
        assert plannable_years(session, house.coordinator) == []


def test_progress_says_what_is_missing(house: House, round_2025: int) -> None:
    with writing(house.engine) as session:
        both = [house.analyst.user_id, house.second_analyst.user_id]
        choose_assessors(session, house.analyst, round_2025, house.clinic, AssessorChoice(both))
        one = SubjectChoice(["layanan-1"], {"petugas": 1})
        choose_subjects(session, house.analyst, round_2025, house.registry, one)
        done, todo = sorted(
            unit_progress(session, house.analyst, round_2025, house.district),
            key=lambda one: one.unit.id != house.clinic,
        )
        assert (done.judged, done.items, done.missing) == (2 * ITEMS, 2 * ITEMS, [])
        assert (done.lacks, done.not_counted) == ((), [])
        assert done.by_assessor == {both[0]: 2 * ITEMS, both[1]: 0}
        looked = {(one.subject.subject, one.judged) for one in done.subjects if one.items}
        assert looked == {("layanan-1", ITEMS), ("layanan-2", ITEMS)}
        assert (todo.judged, todo.items, len(todo.missing)) == (0, ITEMS, ITEMS)
        assert todo.by_assessor == {}
        assert todo.lacks[0] == Lack("chosen", "standards", found=1, needed=2)
        assert {(one.subject, one.item) for one in todo.lacks[1:]} == {
            ("layanan-1", node.key) for node in COMPLIANCE.indicators()
        }
        (place,) = institution_progress(session, house.analyst, round_2025)
        assert (place.proposed, place.units, place.judged) == (0, 2, 1)
        assert place.chosen == {"office": 2}
        assert [
            (one.units, one.judged, one.items)
            for one in assessor_progress(session, house.analyst, round_2025)
        ] == [(1, 2 * ITEMS, 2 * ITEMS), (1, 0, 2 * ITEMS)]


def test_what_was_chosen_is_what_is_judged(house: House, round_2025: int) -> None:
    scheme, products, people = load_scheme("ombudsman-2022"), ["layanan-1"], {"petugas": 2}
    with writing(house.engine) as session:
        unit = session.get_one(Unit, house.clinic)
        every = {one.subject for one in asked_of(session, [unit], 2025)}
        choose_subjects(
            session, house.analyst, round_2025, house.clinic, SubjectChoice(products, people, WHY)
        )
        asked = {(one.instrument.area, one.subject) for one in asked_of(session, [unit], 2025)}
        assert {"layanan-1", "2"} < every
        assert asked >= {("standards", "layanan-1"), ("competence", "1"), ("competence", "2")}
        assert ("competence", "3") not in asked
        # The sample is not told to who judges oneself.
        assert {one.subject for one in asked_of(session, [unit], 2025, "self")} == every
        third = Judgement(house.clinic, "knows_ombudsman", 3, subject="3")
        with refusing("subject"):
            assess(session, house.analyst, Judging(scheme, 2025), [third])
        fee = Judgement(house.clinic, "fee", 3, subject="layanan-1")
        assess(session, house.analyst, Judging(scheme, 2025), [fee])
        progress = unit_progress(session, house.analyst, round_2025, house.district)
        (one,) = [one for one in progress if one.unit.id == house.clinic]
        told = {looked.subject.subject: (looked.judged, looked.items) for looked in one.subjects}
        assert told["layanan-1"] == (14, 14)
        assert told["petugas-1"][0] == 0


def test_surveys_are_missing_too(house: House) -> None:
    with writing(house.engine) as session:
        one = open_round(session, house.analyst, 2025, load_scheme("perception-2022")).id
    choose(house, one, house.clinic)
    house.judge(3, scheme="perception-2022")
    with writing(house.engine) as session:
        (unit,) = unit_progress(session, house.analyst, one, house.district)
        assert unit.judged == unit.items
        assert [node.key for node in unit.missing] == ["satisfaction"]


Act = Callable[[Session, House, Actor, int], object]
ACTS: dict[str, tuple[Act, set[str]]] = {
    "open_round": (lambda s, h, a, r: open_round(s, a, 2024, COMPLIANCE), ANALYSTS),
    "rounds": (lambda s, h, a, r: rounds(s, a), set(ROLES) - {"administrator", "nobody"}),
    "propose_units": (
        lambda s, h, a, r: propose_units(s, a, r, UnitProposal([h.registry], "office", [], WHY)),
        {"coordinator"},
    ),
    "withdraw_proposal": (
        lambda s, h, a, r: withdraw_proposal(s, a, r, h.clinic, WHY),
        {"coordinator"},
    ),
    "proposals_of": (
        lambda s, h, a, r: proposals_of(s, a, r, h.district),
        {"coordinator"} | ANALYSTS,
    ),
    "choose_proposed": (lambda s, h, a, r: choose_proposed(s, a, r, [h.clinic]), ANALYSTS),
    "choose_beyond": (
        lambda s, h, a, r: choose_beyond(s, a, r, UnproposedUnit(h.clinic, "office", WHY)),
        ANALYSTS,
    ),
    "withdraw_unit": (lambda s, h, a, r: withdraw_unit(s, a, r, h.registry, WHY), ANALYSTS),
    "choose_subjects": (
        lambda s, h, a, r: choose_subjects(s, a, r, h.registry, SubjectChoice([], {})),
        ANALYSTS,
    ),
    "choose_assessors": (
        lambda s, h, a, r: choose_assessors(s, a, r, h.registry, AssessorChoice([])),
        ANALYSTS,
    ),
    "possible_assessors": (lambda s, h, a, r: possible_assessors(s, a), ANALYSTS),
    "sample_of": (lambda s, h, a, r: sample_of(s, a, r, h.district), ANALYSTS),
    "unit_progress": (lambda s, h, a, r: unit_progress(s, a, r, h.district), ANALYSTS),
    "institution_progress": (lambda s, h, a, r: institution_progress(s, a, r), ANALYSTS),
    "assessor_progress": (lambda s, h, a, r: assessor_progress(s, a, r), ANALYSTS),
}


def test_each_act_is_for_its_roles_only(house: House, subtests: pytest.Subtests) -> None:
    one = opened(house)
    propose(house, one, house.clinic)
    choose(house, one, house.registry)
    for name, (act, allowed) in ACTS.items():
        with subtests.test(name):
            granted = set()
            for role in ROLES:
                with writing(house.engine) as session:
                    try:
                        act(session, house, house.actors[role], one)
                        granted.add(role)
                    except Forbidden:
                        pass
                    finally:
                        session.rollback()
            assert granted == allowed

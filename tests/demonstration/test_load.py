"""The demonstration: loaded once, marked everywhere, something to see in every role."""

import json

import pytest
from sqlalchemy import Engine, func, select

from accounts.log_in import find_actor
from analysis.rulebook.scheme import load_scheme
from demonstration import CITIZEN_PATH, Demonstration
from demonstration.load import load
from desk.admin.events import list_events
from desk.assessment.findings import findings_of
from desk.assessment.rounds import judged_under, rounds
from desk.index.perception import Scoring, score_year
from desk.index.progress import assessor_progress, institution_progress
from desk.office.keying import keyings_of
from desk.office.withdrawals import withdrawals_of
from desk.papers.announcing import announcements_of, public_announcements, read_announcement
from desk.places import periods_of
from desk.publication.published import entries
from desk.publication.publishing import read_document
from desk.unit.follow_up import consultations_of, follow_ups_of
from desk.unit.results import unit_results
from desk.unit.steps import keep_steps
from models import Institution, Response, Unit, User, now, reading, writing
from survey.periods import open_period
from tests.door import enter


@pytest.fixture
def demonstration(engine: Engine) -> Demonstration:
    loaded = load(engine, bytes(32))
    assert loaded is not None
    return loaded


def test_the_demonstration(engine: Engine, demonstration: Demonstration) -> None:
    with reading(engine) as session:
        number = session.scalar(select(func.count()).select_from(Response))
        places = session.scalars(select(Institution)).all()
        assert all(place.demonstration and "(data contoh)" in place.name for place in places)
        assert all("(data contoh)" in user.name for user in session.scalars(select(User)))
        assert all("ontoh" in unit.name for unit in session.scalars(select(Unit)))
        unit = session.scalars(select(Unit).where(Unit.code == "contoh")).one()
        assert f"/s/{unit.code}" == CITIZEN_PATH
        assert open_period(session, unit, now()) is not None
    assert load(engine, bytes(32)) is None
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(Response)) == number

    actors = {}
    for role, username, password in demonstration.log_ins:
        cookie = enter(engine, username, password)
        with reading(engine) as session:
            actor = find_actor(session, cookie, now())
        assert actor is not None
        actors[role] = actor
    assert set(actors) == {"official", "coordinator", "analyst", "administrator"}

    for role in ("official", "coordinator", "analyst"):
        assert keep_steps(engine, actors[role], unit.id)
    with writing(engine) as session:
        for role in ("official", "coordinator", "analyst"):
            periods = periods_of(session, actors[role], unit.id)
            assert len(periods) == 4
            assert [period.closed_at is None for period in periods] == [True, False, False, False]
            for period in periods:
                results = unit_results(session, actors[role], unit.id, period.id)
                assert results.index is not None
                assert results.index.shown is not None
                assert results.minimum is not None
                assert any(group.index for group in results.services)
                assert (results.experienced is None) == (period.closed_at is None)

        last_year = now().year - 1
        for scheme in ("perception-2022", "ombudsman-2022"):
            rules = load_scheme(scheme)
            result = score_year(
                session, actors["analyst"], Scoring(rules, last_year, stand_in=True)
            ).result
            assert len(result.institutions) == 2
            assert not any(one.provisional for one in result.institutions)
        assert list_events(session, actors["administrator"], None, 0, 9)

        (announcement,) = public_announcements(session)
        assert read_announcement(announcement)["institution"]["demonstration"]
        closed = periods[1].id
        official = actors["official"]
        assert follow_ups_of(session, official, unit.id, closed)
        assert consultations_of(session, official, unit.id, closed)
        assert keyings_of(session, official, unit.id, periods[0].id)
        assert withdrawals_of(session, actors["analyst"])
        own = announcements_of(session, actors["coordinator"])
        assert [one.approved_at is None for one in own] == [True, False]

        a_round, _ = rounds(session, official)
        analyst = actors["analyst"]
        progress = institution_progress(session, analyst, a_round.id)
        assert [(one.units, one.judged) for one in progress] == [(7, 7), (2, 1)]
        assert assessor_progress(session, analyst, a_round.id)
        states = {one.status for one in findings_of(session, official, a_round.id)}
        assert states == {"told", "answered", "accepted"}
        rules = judged_under(session, a_round)
        this_year = score_year(session, analyst, Scoring(rules, a_round.year, stand_in=True)).result
        assert [one.provisional for one in this_year.institutions] == [False, True]

        (entry,) = entries(session).values()
        publication = entry.publication
        document = read_document(publication)
        assert publication.year == last_year
        assert all(one.demonstration for one in document.institutions)
        assert json.loads(publication.document)["provisional_institutions"] == 0

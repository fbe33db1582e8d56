"""What has not come: told institution by institution, with what to ask for."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from accounts.actors import Forbidden
from analysis.federation.limits import load_federation
from analysis.rulebook.scheme import load_scheme
from desk.federation.figures import figures_of_bundle
from desk.federation.gaps import InstitutionGaps, gaps, years_received
from desk.federation.loading import received_bundles
from desk.places import kept_elsewhere
from models import Institution, Period, reading, time_moved
from tests.desk.federation.conftest import SENDER
from tests.desk.federation.instances import YEAR, Instance, closed, judge, opened
from tests.desk.federation.test_loading import Document, forged, load, numbered

SCHEME = load_scheme("ombudsman-2022")


def told(nation: Instance) -> dict[str, InstitutionGaps]:
    with reading(nation.engine) as session:
        found = gaps(session, nation.person("ani"), YEAR)
        return {one.institution.code: one for one in found}


def test_without_a_sample_it_is_those_that_may_send(nation: Instance, sent: bytes) -> None:
    assert [(code, one.how) for code, one in told(nation).items()] == [(SENDER, "nothing")]
    load(nation, sent)
    one = told(nation)[SENDER]
    assert (one.how, one.number, one.whole) == ("bundle", 1, True)
    assert str(one.until) == f"{YEAR}-12-31"
    with reading(nation.engine) as session:
        assert years_received(session, nation.person("ani")) == [YEAR]


def test_of_a_sample_each_institution_is_told(nation: Instance, sent: bytes) -> None:
    load(nation, sent)
    judge(nation, SCHEME)
    closed(nation, "buru", opened(nation, "buru", "1"))
    found = told(nation)
    assert {code: one.how for code, one in found.items()} == {
        SENDER: "bundle",
        "buru": "rows",
        "seram": "nothing",
        "tual": "nothing",
    }
    assert len(found["buru"].missing) == 3
    assert not found["buru"].whole
    assert found["seram"].late  # the year is long over


def test_late_is_after_the_stated_days(nation: Instance) -> None:
    with reading(nation.engine) as session:  # by its own clock it is another day earlier
        today = session.get_one(Institution, nation.place(SENDER)).today
    days = (today - date(YEAR, 12, 31)).days
    last = load_federation().late_days - days
    with time_moved(timedelta(days=last)):
        assert not told(nation)[SENDER].late
    with time_moved(timedelta(days=last + 1)):
        assert told(nation)[SENDER].late


def test_what_a_bundle_lacks_is_named(nation: Instance, sender: Instance, sent: bytes) -> None:
    def thin(document: Document) -> None:
        numbered(4)(document)
        first, second, third = document["surveys"][0]["units"]
        first.update(respondents=4, ways=[])
        second.update(respondents=0, ways=[])
        third["ways"] = third["ways"][:1]
        document["units"][0]["services"].append("layanan-baru")
        del document["units"][1]["services"][0]

    load(nation, sent)
    load(nation, forged(sent, thin, sender))
    one = told(nation)[SENDER]
    assert one.few == ["Dukcapil Aru"]
    assert one.missing == ["Puskesmas Aru"]
    assert one.not_apart == ["Sosial Aru"]
    assert one.skipped == [2, 3]
    assert one.unknown == [f"dukcapil-{SENDER}:layanan-baru"]
    assert one.unsent == [f"puskesmas-{SENDER}:layanan-1"]
    assert not one.whole


def test_another_questionnaire_than_most_is_told(nation: Instance, sent: bytes) -> None:
    load(nation, sent)
    judge(nation, SCHEME)
    for code in ("buru", "seram"):
        closed(nation, code, opened(nation, code, "1", "skm-2017-plain"))
    assert {code for code, one in told(nation).items() if one.unlike} == {SENDER}


def test_the_figures_of_a_bundle_hide_the_few(
    nation: Instance, sender: Instance, sent: bytes
) -> None:
    def thin(document: Document) -> None:
        document["surveys"][0]["units"][0].update(respondents=4, ways=[])

    load(nation, forged(sent, thin, sender))
    with reading(nation.engine) as session:
        ani = nation.person("ani")
        ((bundle, _),) = received_bundles(session, ani, YEAR)
        ((instrument, (few, *others)),) = figures_of_bundle(session, ani, bundle.id)
    assert instrument == "skm-2017"
    assert (few.respondents, few.index, few.certainty) == (4, None, None)
    for one in others:
        assert one.index
        assert one.certainty
        assert one.certainty.bounded
        assert one.visits


def test_the_period_is_marked_as_kept_elsewhere(nation: Instance, sent: bytes) -> None:
    load(nation, sent)
    own = opened(nation, "buru", "1")
    with reading(nation.engine) as session:
        periods = session.scalars(select(Period.id)).all()
        assert {one for one in periods if not kept_elsewhere(session, one)} == {own}


def test_all_of_it_is_the_analysts(nation: Instance, sent: bytes) -> None:
    load(nation, sent)
    for username in (f"koor-{SENDER}", "siti"):
        person = nation.person(username)
        with reading(nation.engine) as session:
            for asked in (gaps, received_bundles, figures_of_bundle):
                with pytest.raises(Forbidden):
                    asked(session, person, YEAR)
            with pytest.raises(Forbidden):
                years_received(session, person)

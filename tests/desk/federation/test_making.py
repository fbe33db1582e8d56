"""What a district signs: of closed surveys, counts alone, and nothing of one to four people."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import func, select

from accounts.actors import Forbidden
from analysis.federation.counted_ways import tally_of
from analysis.federation.district_bundle import CountedWays
from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme
from analysis.uncertainty.uncertainty import uncertainty
from desk.federation.loading import load_bundle, plan_loading
from desk.federation.making import NewBundle, made_bundle, made_bundles, make_bundle, years_to_send
from desk.integrity.exclusions import exclude
from desk.office.visits import VisitCount, record_visits
from models import AuditEvent, Period, Response, SentBundle, reading, writing
from survey.counts import Selection, count_answers
from survey.storage import CheckedResponse
from tests.desk.federation.conftest import SENDER
from tests.desk.federation.instances import UNITS, YEAR, Instance, closed, opened, rate
from tests.refusing import refusing

ITEMS = list(load_instrument("skm-2017").allowed)


def row(answer: int, channel: str = "token", without: Sequence[str] = (), **more: Any) -> Any:
    """A rating that answers everything alike, but for some items."""
    answers = {item: None if item in without else answer for item in ITEMS}
    return CheckedResponse(
        answers=answers, channel=channel, provenance="self", quarter_hour=40, **more
    )


def unit_of(content: bytes, code: str) -> dict[str, Any]:
    (survey,) = json.loads(content)["bundle"]["surveys"]
    (found,) = [one for one in survey["units"] if one["code"] == code]
    return dict(found)


def ways_of(content: bytes, code: str) -> dict[str, int]:
    """How many respondents stand there, by the ways together."""
    return {"+".join(one["of"]): one["respondents"] for one in unit_of(content, code)["ways"]}


@pytest.fixture
def empty(believing: Instance, nation: Instance) -> Instance:
    """An instance without a single period."""
    return nation


def test_two_small_halves_are_one_year_of_enough(empty: Instance) -> None:
    """A year is pooled before small groups are left out, as a score pools it."""
    code = f"sosial-{SENDER}"
    content = rated(empty, [row(2)] * 3)
    assert ways_of(content, code) == {}
    period = opened(empty, SENDER, "2")
    rate(empty, code, period, [row(4, local_date=_first(empty, period))] * 4)
    closed(empty, SENDER, period)
    both = empty.bundle(SENDER, "semester kedua ditutup")
    assert ways_of(both, code) == {"visit": 7}
    (survey,) = json.loads(both)["bundle"]["surveys"]
    assert [one["code"] for one in survey["periods"]] == ["2", "1"]


def rated(instance: Instance, rows: Sequence[Any], unit: str = f"sosial-{SENDER}") -> bytes:
    """What is signed of a period in which a unit was rated so."""
    period = opened(instance, SENDER, "1")
    dated = [one.__class__(**{**vars(one), "local_date": _first(instance, period)}) for one in rows]
    rate(instance, unit, period, dated)
    closed(instance, SENDER, period)
    return instance.bundle(SENDER)


def _first(instance: Instance, period: int) -> Any:
    with reading(instance.engine) as session:
        return session.get_one(Period, period).starts


def test_it_holds_no_row_and_nothing_by_which_one_is_found(district: Instance, sent: bytes) -> None:
    with reading(district.engine) as session:
        ids = [str(one) for one in session.scalars(select(Response.id))]
    text = sent.decode()
    assert len(ids) > 100
    assert not any(one in text or one.replace("-", "") in text for one in ids)
    (survey,) = json.loads(sent)["bundle"]["surveys"]
    assert set(survey["units"][0]) == {"code", "respondents", "responses", "ways"}
    keys = {"of", "respondents", "answered", "items", "squares", "experienced", "few_in_source"}
    assert set(survey["units"][0]["ways"][0]) == keys


def test_the_same_is_given_again_and_a_change_needs_its_reason(district: Instance) -> None:
    first = district.bundle(SENDER)
    assert district.bundle(SENDER, "tidak ada yang berubah") == first
    ani, unit = district.person("ani"), district.unit(f"sosial-{SENDER}")
    with writing(district.engine) as session:
        one = session.scalars(select(Response.id).where(Response.unit_id == unit).limit(1)).one()
        exclude(session, ani, [one], "dikirim dua kali oleh yang sama")
    with refusing("reason"):
        district.bundle(SENDER)
    second = json.loads(district.bundle(SENDER, "satu isian dikeluarkan"))["bundle"]
    with reading(district.engine) as session:
        known = session.scalars(select(SentBundle).order_by(SentBundle.id)).all()
        assert [one.number for one in known] == [1, 2]
        assert known[0].document.encode() == first
        assert (second["number"], second["previous"]) == (2, known[0].hash)
        assert second["reason"] == "satu isian dikeluarkan"
        last = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert last is not None
        assert (last.act, last.details["number"]) == ("make_bundle", 2)
        mine = made_bundles(session, district.person(f"koor-{SENDER}"), district.place(SENDER))
        assert [one.number for one in mine] == [2, 1]


def test_a_correction_of_visits_is_a_change(district: Instance) -> None:
    first, coordinator = district.bundle(SENDER), district.person(f"koor-{SENDER}")
    code = f"sosial-{SENDER}"
    with writing(district.engine) as session:
        mine = made_bundles(session, coordinator, district.place(SENDER))
        assert len(mine) == 1
        (period,) = session.scalars(
            select(Response.period_id).where(Response.unit_id == district.unit(code)).limit(1)
        )
        visits = VisitCount(777, reason="salah ketik nol satu")
        record_visits(session, coordinator, district.unit(code), period, visits)
    second = district.bundle(SENDER, "kunjungan diperbaiki")
    assert 777 in {one["visits"] for one in unit_of(second, code)["responses"]}
    assert 777 not in {one["visits"] for one in unit_of(first, code)["responses"]}


def test_only_its_coordinator_makes_and_takes_it(district: Instance) -> None:
    district.bundle(SENDER)
    new = NewBundle(district.place(SENDER), YEAR)
    for username in ("ani", "siti", "koor-buru"):
        stranger = district.person(username)
        with writing(district.engine) as session:
            with pytest.raises(Forbidden):
                make_bundle(session, stranger, new, bytes(32))
            with pytest.raises(Forbidden):
                made_bundles(session, stranger, new.institution_id)
            with pytest.raises(Forbidden):
                made_bundle(session, stranger, 1)
            with pytest.raises(Forbidden):
                years_to_send(session, stranger, new.institution_id)
    with reading(district.engine) as session:
        coordinator = district.person(f"koor-{SENDER}")
        assert years_to_send(session, coordinator, new.institution_id) == [YEAR]
        assert session.scalar(select(func.count()).select_from(SentBundle)) == 1


def test_an_open_period_is_not_sent(empty: Instance) -> None:
    period = opened(empty, SENDER, "1")
    with refusing(f"No period of {YEAR} has closed yet"):
        empty.bundle(SENDER)
    closed(empty, SENDER, period)
    assert unit_of(empty.bundle(SENDER), f"sosial-{SENDER}")["ways"] == []


def test_of_four_people_their_number_alone_is_sent(empty: Instance) -> None:
    content = rated(empty, [row(1), row(2), row(3), row(4)])
    told = unit_of(content, f"sosial-{SENDER}")
    assert (told["respondents"], told["ways"]) == (4, [])
    assert "time" not in json.dumps(told)


@pytest.mark.parametrize(
    ("visits", "links", "told"),
    [
        (6, 6, {"open_link+visit": 12, "visit": 6}),
        (6, 4, {"open_link+visit": 10}),  # whoever has both would have those four
        (4, 6, {"open_link+visit": 10}),  # as small without the link
        (12, 0, {"visit": 12}),
    ],
)
def test_a_way_of_few_is_not_told_apart(
    empty: Instance, visits: int, links: int, told: dict[str, int]
) -> None:
    content = rated(empty, [row(3)] * visits + [row(2, "open_link")] * links)
    assert ways_of(content, f"sosial-{SENDER}") == told


def test_nor_is_one_in_which_few_answered_an_item(empty: Instance) -> None:
    answered_by_two = [row(2, "open_link")] * 2 + [row(2, "open_link", ["time"])] * 6
    content = rated(empty, [row(3)] * 8 + answered_by_two)
    assert ways_of(content, f"sosial-{SENDER}") == {"open_link+visit": 16}


def test_what_one_to_four_experienced_is_left_out(empty: Instance) -> None:
    told = [row(3, experience=("request_for_payment",))] * 2 + [row(3, experience=("none",))] * 2
    content = rated(empty, [row(3)] * 8 + told)
    (ways,) = unit_of(content, f"sosial-{SENDER}")["ways"]
    assert ways["respondents"] == 12
    assert ways["experienced"] is None


def test_who_alone_left_an_item_out_stays_unknown(empty: Instance) -> None:
    """Sums over those who answered both of two items would give all answers of that one."""
    rows = [row(4)] * 7 + [row(1, without=["time"])]
    ways = unit_of(rated(empty, rows), f"sosial-{SENDER}")["ways"][0]
    assert ways["items"]["time"] == [0, 0, 0, 7]
    assert ways["items"]["cost"] == [1, 0, 0, 7]
    numbers = [one for one in ways.values() if isinstance(one, int | float)]
    assert len(numbers) == 3  # respondents, squares, a truth: nothing of two items together


def test_standard_errors_are_those_of_the_rows_with_visits_too(
    district: Instance, sent: bytes
) -> None:
    """One of a period is of a random sample of so many visits."""
    instrument, scheme = load_instrument("skm-2017"), load_scheme("skm-2017")
    (survey,) = json.loads(sent)["bundle"]["surveys"]
    ids = [district.unit(f"{unit}-{SENDER}") for unit in UNITS]
    with reading(district.engine) as session:
        periods = set(session.scalars(select(Response.period_id)))
        tally = count_answers(session, instrument, ["unit_id"], Selection(periods, ids), pairs=True)
    by_id = {district.unit(one["code"]): one for one in survey["units"]}
    told = [by_id[unit] for unit in tally.counted["unit_id"].tolist()]
    looks = [CountedWays.model_validate(one["ways"][0]) for one in told]
    visits = [sum(period["visits"] for period in one["responses"]) for one in told]
    counted = tally_of(looks, tally.counted["unit_id"].tolist(), instrument)
    squares = [one.squares for one in looks]
    for known in (visits, [None] * len(visits)):
        from_rows = uncertainty(tally, scheme, known)
        assert uncertainty(counted, scheme, known, squares=squares) == from_rows
        assert all(one.standard_error for one in from_rows)


def test_its_own_nation_takes_it(nation: Instance, sent: bytes) -> None:
    with writing(nation.engine) as session:
        ani = nation.person("ani")
        plan = plan_loading(session, ani, sent, "a.json")
        assert not load_bundle(session, ani, plan).same

"""What a submission stores, and what is refused."""

import random
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models import Institution, Period, Service, now, writing
from models.responses import LONGEST_COMMENT
from survey.checks import SubmissionRefused, completion_time
from survey.receipts import code_hash, mint_key
from survey.submission import submit
from tests.survey.conftest import ANSWERS, OTHER_UNIT, PERIOD, SECRET, UNIT, Place, a_submission

KEY = mint_key()
STORED_WITH_ONE = {"responses": 1, "answers_skm_2017": 1, "receipts": 1}


def test_a_response_is_stored_with_all_its_parts(place: Place) -> None:
    before = place.stored()
    place.send(
        answers=ANSWERS | {"time": "1", "cost": None},
        service="layanan-2",
        experience=("undue_delay", "request_for_payment"),
        respondent={"sex": "female", "age": "25_34"},
        comment="  Antre lama.\r\nPetugas ramah. ",
        language="en",
        channel="kiosk",
        provenance="companion",
        seconds=45,
    )
    added = {name: number - before[name] for name, number in place.stored().items()}
    assert {name: number for name, number in added.items() if number} == {
        **STORED_WITH_ONE,
        "experiences": 1,
        "comments": 1,
    }
    response = place.rows("responses")[0]
    expected = {
        "unit_id": place.unit,
        "period_id": place.period,
        "service_id": place.services[1],
        "batch_id": None,
        "channel": "kiosk",
        "provenance": "companion",
        "language": "en",
        "completion_time": "30_to_60_s",
        "client_group": None,
        "sex": "female",
        "age": "25_34",
        "education": None,
    }
    assert {key: response[key] for key in expected} == expected
    answers = place.rows("answers_skm_2017")[0]
    assert answers == {"response_id": response["id"], **ANSWERS, "time": 1, "cost": None}
    experience = place.rows("experiences")[0]
    assert experience["answer"] == "some"
    ticked = {form for form, value in experience.items() if value is True}
    assert ticked == {"undue_delay", "request_for_payment"}
    comment = place.rows("comments")[0]
    assert (comment["text"], comment["readers"]) == ("Antre lama.\nPetugas ramah.", "ombudsman")


def test_a_comment_is_stored_without_personal_data_and_with_its_readers(place: Place) -> None:
    place.send(comment="Pak Budi di loket 3, WA 0812-3456-7890, minta 50rb", readers="unit")
    comment = place.rows("comments")[0]
    assert comment["text"] == "Pak [NAMA] di loket 3, WA [TELEPON], minta 50rb"
    assert comment["readers"] == "unit"


def test_the_longest_comment_fits_though_marks_are_longer(place: Place) -> None:
    place.send(comment="bu Al, " * (LONGEST_COMMENT // 7))
    assert len(place.rows("comments")[0]["text"]) > LONGEST_COMMENT


REFUSED: list[tuple[dict[str, Any], dict[str, str]]] = [
    *(
        ({"answers": ANSWERS | {"time": wrong}}, {"time": "answer_not_allowed"})
        for wrong in (999, 5, 0, -1, 2.5, 4.0, "4; DROP TABLE responses", "4.0", " 4", "４", "")
    ),
    *(
        ({"answers": ANSWERS | {"time": wrong}}, {"time": "answer_not_allowed"})
        for wrong in (True, [4], {"a": 1}, "4" * 5000, "\ud800", b"4")
    ),
    ({"answers": {}}, {"answers": "nothing_answered"}),
    ({"answers": dict.fromkeys(ANSWERS), "comment": " \n"}, {"answers": "nothing_answered"}),
    ({"comment": "Baik.", "readers": "everybody"}, {"readers": "unknown_option"}),
    ({"answers": ANSWERS | {"weather": 4}}, {"answers": "unknown_item"}),
    ({"answers": ANSWERS | {"weather": None}}, {"answers": "unknown_item"}),
    ({"answers": ANSWERS | {"response_id": "1"}}, {"answers": "unknown_item"}),
    ({"answers": ANSWERS | {"a" * 5000: 1}}, {"answers": "unknown_item"}),
    ({"unit": "nowhere"}, {"unit": "unknown_unit"}),
    ({"unit": ""}, {"unit": "unknown_unit"}),
    ({"unit": f"{UNIT}\0"}, {"unit": "unknown_unit"}),
    ({"unit": "\ud800"}, {"unit": "unknown_unit"}),
    ({"unit": "' OR 1=1 --"}, {"unit": "unknown_unit"}),
    ({"unit": "u" * 100_000}, {"unit": "unknown_unit"}),
    ({"period": "2030"}, {"period": "unknown_period"}),
    ({"period": f"{PERIOD}\0"}, {"period": "unknown_period"}),
    ({"service": "layanan-3"}, {"service": "unknown_service"}),
    ({"service": ""}, {"service": "unknown_service"}),
    ({"service": "layanan-1\0"}, {"service": "unknown_service"}),
    ({"experience": ("none", "undue_delay")}, {"experience": "contradiction"}),
    ({"experience": ("declined", "undue_delay")}, {"experience": "contradiction"}),
    ({"experience": ("none", "declined")}, {"experience": "contradiction"}),
    ({"experience": ("boredom",)}, {"experience": "unknown_form"}),
    ({"experience": ("x" * 5000,)}, {"experience": "unknown_form"}),
    ({"respondent": {"sex": "x" * 5000}}, {"sex": "unknown_option"}),
    ({"respondent": {"nik": "9109"}}, {"nik": "unknown_option"}),
    ({"respondent": {"sex": ""}}, {"sex": "unknown_option"}),
    ({"comment": "a" * 10_000}, {"comment": "comment_too_long"}),
    ({"comment": "a" * 2001}, {"comment": "comment_too_long"}),
    ({"channel": "import"}, {"channel": "unknown_option"}),
    ({"channel": "paper"}, {"channel": "unknown_option"}),
    ({"provenance": "import"}, {"provenance": "unknown_option"}),
    ({"provenance": "x" * 5000}, {"provenance": "unknown_option"}),
    ({"language": "fr"}, {"language": "unknown_option"}),
    *(
        ({"key": key}, {"key": "bad_key"})
        for key in ("", "short", "x" * 65, "x" * 100_000, "a" * 20 + "\n", "kunci rahasia 123456")
    ),
    (
        {"answers": {"time": 9, "cost": 9}, "service": "x", "comment": "a" * 3000},
        {
            "time": "answer_not_allowed",
            "cost": "answer_not_allowed",
            "service": "unknown_service",
            "comment": "comment_too_long",
        },
    ),
]


def test_what_is_wrong_is_named_and_nothing_is_stored(
    place: Place, subtests: pytest.Subtests
) -> None:
    for changes, expected in REFUSED:
        with subtests.test(changes=str(changes)[:80]):
            assert place.refusals(**changes) == expected


def test_a_service_of_another_unit_is_refused(place: Place) -> None:
    with writing(place.engine) as session:
        session.add(Service(unit_id=place.other_unit, code="only-there", name="Lain"))
    assert place.send(unit=OTHER_UNIT, service="only-there")
    assert place.refusals(service="only-there") == {"service": "unknown_service"}


def test_what_was_found_can_be_shown(place: Place) -> None:
    """The refusal names it cut short, in characters that every screen can print."""
    for changes in ({"unit": "\ud800" * 5000}, {"answers": {"time": "\ud800\0" * 5000}}):
        with pytest.raises(SubmissionRefused) as refused:
            place.send(**changes)
        for problem in refused.value.problems:
            found = str(problem.values["found"])
            assert len(found.encode()) <= 180
            assert "\0" not in found


@pytest.mark.parametrize("comment", ["a" * 2000, "a\r\n" * 1000, "🙏" * 2000])
def test_the_longest_comment_is_counted_as_a_browser_counts_it(place: Place, comment: str) -> None:
    """maxlength counts a line's end once; browsers send it as two characters."""
    place.send(comment=comment)
    assert place.rows("comments")[0]["text"] == comment.replace("\r\n", "\n").strip()


@pytest.mark.parametrize(
    ("days", "closes"), [(-40, False), (40, False), (0, True)], ids=["before", "after", "closed"]
)
def test_a_period_takes_answers_on_its_days_until_it_is_closed(
    place: Place, days: int, closes: bool
) -> None:
    if closes:
        place.close()
    assert place.refusals(now() + timedelta(days=days)) == {"period": "closed_period"}


def test_a_period_of_another_institution_is_unknown(place: Place) -> None:
    with writing(place.engine) as session:
        province = session.scalars(select(Institution).where(Institution.kind == "province")).one()
        own = session.get_one(Period, place.period)
        copied = ("name", "starts", "ends", "instrument_hash", "scheme_hash", "opened_at")
        values = {name: getattr(own, name) for name in copied}
        session.add(Period(institution_id=province.id, code="theirs", **values))
    assert place.refusals(period="theirs") == {"period": "unknown_period"}


def test_the_same_key_gives_the_same_code_and_the_first_answers_stand(place: Place) -> None:
    first = place.send(key=KEY, answers={"time": 1})
    stored = place.stored()
    assert place.send(key=KEY, answers={"time": 4}) == first
    assert place.send(key=KEY, unit="nowhere", answers={}) == first
    place.close()
    assert place.send(key=KEY, answers={"time": 4}) == first
    assert place.stored() == stored
    assert place.rows("answers_skm_2017")[0]["time"] == 1


def test_the_same_key_twice_in_one_transaction(place: Place) -> None:
    with writing(place.engine) as session:
        codes = {submit(session, SECRET, a_submission(key=KEY), now()) for _ in range(2)}
        other = submit(session, SECRET, a_submission(), now())
    assert len(codes | {other}) == 2
    assert place.stored()["responses"] == 2


def test_a_refused_submission_fails_none_of_its_neighbours(place: Place) -> None:
    with writing(place.engine) as session:
        submit(session, SECRET, a_submission(), now())
        with pytest.raises(SubmissionRefused):
            submit(session, SECRET, a_submission(answers={"time": 9}), now())
        submit(session, SECRET, a_submission(), now())
    assert place.stored()["responses"] == place.stored()["receipts"] == 2


def test_threads_with_the_same_key_store_once(place: Place) -> None:
    together = threading.Barrier(6)

    def send(answer: int) -> str:
        together.wait(10)
        return place.send(key=KEY, answers={"time": answer})

    with ThreadPoolExecutor(6) as pool:
        codes = set(pool.map(send, [1, 2, 3, 4, 1, 2]))
    assert len(codes) == 1
    assert {name: place.stored()[name] for name in STORED_WITH_ONE} == STORED_WITH_ONE


def test_processes_with_the_same_keys_store_each_once(place: Place) -> None:
    keys = [mint_key() for _ in range(40)]
    senders = [_sender(place.url, keys) for _ in range(2)]
    codes = [sender.communicate(timeout=60)[0].split() for sender in senders]
    assert codes[0] == codes[1]
    assert len(set(codes[0])) == 40
    assert place.stored()["responses"] == place.stored()["receipts"] == 40


def test_killing_the_process_loses_nothing_that_was_acknowledged(place: Place) -> None:
    acknowledged: list[str] = []
    for _ in range(4):
        sender = _sender(place.url, [])
        assert sender.stdout is not None
        acknowledged.append(sender.stdout.readline().strip())
        with pytest.raises(subprocess.TimeoutExpired):
            sender.wait(random.uniform(0.02, 0.4))
        sender.kill()
        acknowledged += sender.stdout.read().split()
        sender.stdout.close()
        sender.wait()
    kept = [row["code_hash"] for row in place.rows("receipts")]
    assert len(set(acknowledged)) == len(acknowledged) > 4
    assert {code_hash(SECRET, code) for code in acknowledged} <= set(kept)
    stored = place.stored()
    assert {stored[name] for name in (*STORED_WITH_ONE, "experiences", "comments")} == {len(kept)}
    assert len(kept) - len(acknowledged) <= 4  # each kill may fall between commit and print


def _sender(url: str, keys: Sequence[str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.survey.sender", url, *keys]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize(
    ("moment", "day", "quarter"),
    [
        ("14:59", 0, 95),  # 23:59 in Jayapura
        ("15:00", 1, 0),
        ("15:14", 1, 0),
        ("15:15", 1, 1),
    ],
)
def test_the_day_is_the_institutions_day(place: Place, moment: str, day: int, quarter: int) -> None:
    today = datetime.now(UTC).date()
    place.send(datetime.fromisoformat(f"{today} {moment}+00:00"))
    response = place.rows("responses")[0]
    assert response["local_date"] == today + timedelta(days=day)
    assert response["quarter_hour"] == quarter


def test_the_periods_last_minute_is_local_too(place: Place) -> None:
    ends: date = place.rows("periods")[0]["ends"]
    last = datetime(ends.year, ends.month, ends.day, 14, 59, 59, tzinfo=UTC)
    assert place.send(last)
    assert place.refusals(last + timedelta(seconds=1)) == {"period": "closed_period"}


@pytest.mark.parametrize(
    ("seconds", "kind"),
    [
        (0, "under_15_s"),
        (14.9, "under_15_s"),
        (15, "15_to_30_s"),
        (30, "30_to_60_s"),
        (60, "1_to_3_min"),
        (180, "over_3_min"),
        (1e300, "over_3_min"),
        (float("inf"), "over_3_min"),
        (float("nan"), None),
        (-5, None),
        (None, None),
    ],
)
def test_completion_time(seconds: float | None, kind: str | None) -> None:
    assert completion_time(seconds) == kind


def test_nobody_adds_while_a_period_is_being_closed(place: Place) -> None:
    """Either the response is there before the closing, or it is refused: it never slips in."""
    with ThreadPoolExecutor(1) as pool:
        with writing(place.engine) as session:
            session.get_one(Period, place.period).closed_at = now()
            session.flush()
            sent = pool.submit(place.send)
            with pytest.raises(TimeoutError):
                sent.result(0.3)
        with pytest.raises(SubmissionRefused, match="closed_period"):
            sent.result(10)
    assert place.stored()["responses"] == 0


def test_a_period_is_not_closed_while_a_response_is_being_stored(place: Place) -> None:
    with ThreadPoolExecutor(1) as pool:
        with writing(place.engine) as session:
            submit(session, SECRET, a_submission(), now())
            closed = pool.submit(place.close)
            with pytest.raises(TimeoutError):
                closed.result(0.3)
        closed.result(10)
    assert place.stored()["responses"] == 1

"""The writer: many at once, each answered after its commit, none spoiled by a neighbour."""

import asyncio
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from models import Period, writing
from survey.checks import SubmissionRefused
from survey.receipts import mint_key
from survey.submission import Taken, submit_all
from survey.writer import Overloaded, Writer
from tests.survey.conftest import SECRET, Place, a_submission


@pytest.fixture
def writer(place: Place) -> Iterator[Writer]:
    made = Writer(place.engine, SECRET)
    yield made
    made.close()


@contextmanager
def counted_commits(engine: Engine) -> Iterator[Counter[str]]:
    commits: Counter[str] = Counter()

    def count(_connection: object) -> None:
        commits.update(["commit"])

    event.listen(engine, "commit", count)
    try:
        yield commits
    finally:
        event.remove(engine, "commit", count)


def test_what_has_queued_is_committed_together(place: Place, writer: Writer) -> None:
    with counted_commits(place.engine) as commits:
        with writing(place.engine):  # on SQLite the writer waits for its lock until here
            futures = [writer.submit(a_submission()) for _ in range(300)]
        codes = {future.result(60).code for future in futures}
    assert len(codes) == place.stored()["responses"] == place.stored()["receipts"] == 300
    assert commits["commit"] < 100


def test_who_waits_in_an_event_loop_is_told_each_their_own(place: Place, writer: Writer) -> None:
    """Also beside one that is refused, and one who gave up."""

    async def sent() -> list[Taken | BaseException]:
        impatient = asyncio.create_task(writer.taken(a_submission()))
        await asyncio.sleep(0)
        impatient.cancel()
        forms = [a_submission(), a_submission(key="short"), *(a_submission() for _ in range(40))]
        return await asyncio.gather(*map(writer.taken, forms), return_exceptions=True)

    first, refused, *others = asyncio.run(sent())
    assert isinstance(refused, SubmissionRefused)
    codes = {one.code for one in (first, *others) if isinstance(one, Taken)}
    assert len(codes) == 41
    assert place.stored()["responses"] == 42


def test_one_that_is_refused_leaves_its_neighbours(place: Place, writer: Writer) -> None:
    bad: dict[str, dict[str, Any]] = {
        "unknown_unit": {"unit": "nowhere"},
        "unknown_period": {"period": "never"},
        "answer_not_allowed": {"answers": {"time": 999}},
        "unknown_service": {"service": "of-another"},
        "bad_key": {"key": "short"},
    }
    asked: list[dict[str, Any]] = [{}, *bad.values(), {}, {}]
    futures = [writer.submit(a_submission(**changes)) for changes in asked]
    wait(futures, 60)
    refused = [future.exception() for future in futures]
    whys = [one.problems[0].code for one in refused if isinstance(one, SubmissionRefused)]
    assert whys == list(bad)
    assert place.stored()["responses"] == 3


def test_the_same_form_many_times_at_once_is_stored_once(place: Place, writer: Writer) -> None:
    form = a_submission(key=mint_key())
    with ThreadPoolExecutor(8) as tabs:
        codes = set(tabs.map(lambda _: writer.submit(form).result(60).code, range(40)))
    assert len(codes) == 1
    assert place.stored()["responses"] == place.stored()["receipts"] == 1


def test_two_writers_race_for_one_form(place: Place) -> None:
    writers = [Writer(place.engine, SECRET) for _ in range(2)]
    forms = [a_submission(key=mint_key()) for _ in range(30)]
    futures = [writer.submit(form) for form in forms for writer in writers]
    codes = Counter(future.result(60).code for future in futures)
    for writer in writers:
        writer.close()
    assert set(codes.values()) == {2}
    assert place.stored()["responses"] == place.stored()["receipts"] == 30


def test_only_the_culprit_fails(
    place: Place, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    culprit = a_submission(comment="culprit")

    def failing(session: Any, secret: bytes, submissions: Any, moment: Any) -> Any:
        outcomes = submit_all(session, secret, submissions, moment)
        if culprit in submissions:
            raise RuntimeError("what nobody has foreseen")
        return outcomes

    monkeypatch.setattr("survey.writer.submit_all", failing)
    futures = [writer.submit(form) for form in (a_submission(), culprit, a_submission())]
    wait(futures, 60)
    assert [type(future.exception()) for future in futures] == [
        type(None),
        RuntimeError,
        type(None),
    ]
    assert place.stored()["responses"] == 2


def test_who_gives_up_waiting_spoils_nothing(place: Place, writer: Writer) -> None:
    with writing(place.engine):  # on SQLite the writer waits for its lock until here
        impatient = writer.submit(a_submission())
        impatient.cancel()
    assert writer.submit(a_submission()).result(60)
    assert place.stored()["responses"] == 2


def test_a_full_queue_says_so_and_stores_nothing_of_it(place: Place) -> None:
    small = Writer(place.engine, SECRET, longest_queue=1)
    with writing(place.engine) as session:
        session.get_one(Period, place.period, with_for_update=True)  # nothing is stored meanwhile
        small.submit(a_submission())
        with pytest.raises(Overloaded):
            deque((small.submit(a_submission()) for _ in range(1000)), maxlen=0)
    small.close()
    assert place.stored()["responses"] <= 3


def test_closing_stores_what_still_waits(place: Place) -> None:
    writer = Writer(place.engine, SECRET)
    futures = [writer.submit(a_submission()) for _ in range(50)]
    writer.close()
    assert all(future.done() for future in futures)
    assert place.stored()["responses"] == 50


def test_a_closed_period_refuses_what_was_waiting(place: Place, writer: Writer) -> None:
    place.close()
    with pytest.raises(SubmissionRefused, match="closed_period"):
        writer.submit(a_submission()).result(60)
    assert place.stored()["responses"] == 0

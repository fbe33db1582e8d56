"""Comments read by the triage: who reviews which, whose labels teach, versions that come back."""

import json
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest

from accounts.actors import Forbidden
from desk.comments.labels import current_version
from desk.comments.to_review import comments_to_review
from desk.comments.triage import (
    WORKS,
    Waiting,
    choose_version,
    corpus_hash,
    read_new,
    retrain,
    review,
    versions,
    waiting,
)
from desk.jobs import begin_job, run
from models import CommentLabel, Job, reading, writing
from tests.desk.conftest import House
from tests.desk.office.test_withdrawals import decide, propose
from tests.few_frames import teach_few
from tests.refusing import refusing

SLOW = "Berkas saya tiga bulan belum selesai, ditunda terus"
BRIBE = "Petugas minta uang 50 ribu tanpa kuitansi"
KIND = "Petugasnya ramah, cepat, terima kasih"
DOUBTFUL = "xx"
STRANGE = "Zzz qqq"


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """One comment a frame is enough to see who may do what."""
    teach_few(monkeypatch)


def tell(done: int, total: int) -> None:
    assert done <= total


def rated(house: House, comments: Sequence[str], readers: str = "unit") -> list[UUID]:
    return [house.rate(comment=comment, readers=readers)[0] for comment in comments]


def enough(house: House) -> None:
    """Comments enough for the unit to read some."""
    rated(house, [KIND] * 4)


def waiting_for(house: House, role: str) -> dict[UUID, Waiting]:
    """What waits for a role; the number that its home page tells is always the same."""
    with reading(house.engine) as session:
        found = waiting(session, house.actors[role], 50)
        assert comments_to_review(session, house.actors[role]) == len(found)
        return {one.response_id: one for one in found}


def texts(house: House, role: str) -> set[str]:
    return {one.text for one in waiting_for(house, role).values()}


def give(house: House, role: str, response: UUID, label: str, second: str | None = None) -> None:
    with writing(house.engine) as session:
        review(session, house.actors[role], response, label, second)


def test_who_may_review_which(house: House) -> None:
    enough(house)
    rated(house, [SLOW, BRIBE, KIND, DOUBTFUL])
    rated(house, ["Antre lama, baru dipanggil sore"], "ombudsman")
    assert texts(house, "analyst") == set()
    read_new(house.engine, house.analyst, {}, tell)
    assert len(texts(house, "analyst")) == 5
    assert texts(house, "official") == {SLOW, KIND}
    assert texts(house, "coordinator") == {SLOW, KIND}
    for role in ("other_official", "other_coordinator", "administrator", "nobody"):
        assert texts(house, role) == set()


def test_of_fewer_than_five_a_unit_reviews_none(house: House) -> None:
    rated(house, [SLOW, KIND])
    read_new(house.engine, house.analyst, {}, tell)
    assert texts(house, "official") == set()


def test_nor_of_a_source_with_fewer_nor_of_a_file_that_was_withdrawn(house: House) -> None:
    file = house.a_batch(3)
    house.rate(3, 3, comment=KIND, readers="unit", batch=file)
    rated(house, [KIND] * 3)
    read_new(house.engine, house.analyst, {}, tell)
    assert texts(house, "official") == set()
    other = house.a_batch(5)
    house.rate(3, 5, comment=SLOW, readers="unit", batch=other)
    read_new(house.engine, house.analyst, {}, tell)
    assert texts(house, "official") == {SLOW}
    decide(house, house.analyst, propose(house, house.coordinator, str(other)))
    assert texts(house, "official") == set()


def test_the_least_certain_come_first(house: House) -> None:
    rated(house, [SLOW, KIND, DOUBTFUL])
    read_new(house.engine, house.analyst, {}, tell)
    with reading(house.engine) as session:
        found = waiting(session, house.analyst, 2)
    assert found[0].text == DOUBTFUL
    assert found[0].confidence <= found[1].confidence
    assert found[0].abstained


def test_a_proposal_of_the_unit_waits_for_an_analyst(house: House) -> None:
    enough(house)
    (response,) = rated(house, [SLOW])
    read_new(house.engine, house.analyst, {}, tell)
    give(house, "official", response, "praise")
    assert response not in waiting_for(house, "official")
    assert waiting_for(house, "analyst")[response].proposed == "praise"
    retrain(house.engine, house.analyst, {}, tell)
    with reading(house.engine) as session:
        assert versions(session, house.analyst)[0].reviews == 0
    give(house, "analyst", response, "undue_delay")
    assert response not in waiting_for(house, "analyst")
    retrain(house.engine, house.analyst, {}, tell)
    with reading(house.engine) as session:
        assert versions(session, house.analyst)[0].reviews == 1


def test_a_second_form_that_an_analyst_gave_closes_a_comment_to_the_unit(house: House) -> None:
    enough(house)
    (slow,) = rated(house, [SLOW])
    read_new(house.engine, house.analyst, {}, tell)
    assert slow in waiting_for(house, "official")
    give(house, "analyst", slow, "undue_delay", "request_for_payment")
    assert waiting_for(house, "official") == {}
    give(house, "analyst", slow, "undue_delay")
    assert slow in waiting_for(house, "official")


def test_two_may_let_the_same_be_read_at_once(house: House) -> None:
    (first,) = rated(house, [KIND])
    read_new(house.engine, house.analyst, {}, tell)
    (second,) = rated(house, [SLOW])
    found: list[tuple[str, bytes]] = []

    def another_begins(done: int, total: int) -> None:
        if not found:
            found.append(read_new(house.engine, house.analyst, {}, tell))

    read_new(house.engine, house.analyst, {}, another_begins)
    assert b'"comments_read": 1' in found[0][1]
    assert {first, second} <= set(waiting_for(house, "analyst"))


def test_a_review_out_of_reach_or_of_no_form_is_refused(house: House) -> None:
    enough(house)
    slow, bribe = rated(house, [SLOW, BRIBE])
    with pytest.raises(Forbidden):
        give(house, "analyst", slow, "praise")  # nothing was read yet
    read_new(house.engine, house.analyst, {}, tell)
    for role, response in (("official", bribe), ("other_official", slow), ("nobody", slow)):
        with pytest.raises(Forbidden):
            give(house, role, response, "praise")
    with refusing("label"):
        give(house, "official", slow, "slow")
    for second in ("undue_delay", "praise"):
        with refusing("second label"):
            give(house, "official", slow, "undue_delay", second)
    assert "review_comment" not in house.acts()
    give(house, "official", slow, "undue_delay", "service_not_given")
    assert house.last_act().act == "review_comment"


def test_a_version_learns_is_compared_and_an_earlier_one_comes_back(house: House) -> None:
    (response,) = rated(house, [STRANGE])
    read_new(house.engine, house.analyst, {}, tell)
    give(house, "analyst", response, "partiality")
    retrain(house.engine, house.analyst, {}, tell)
    with reading(house.engine) as session:
        new, old = versions(session, house.analyst)
        assert current_version(session) is new
        label = session.get_one(CommentLabel, (response, new.id)).label
        scores = [json.loads(version.scores) for version in (old, new)]
    assert label == "partiality"
    assert all(0.5 < one["macro_f1"] < 1 for one in scores)
    assert scores[0]["comments"] == scores[1]["comments"]
    with writing(house.engine) as session:
        choose_version(session, house.analyst, old.id)
    late = rated(house, ["Zzz qqq www"])[0]
    read_new(house.engine, house.analyst, {}, tell)
    with reading(house.engine) as session:
        assert (current_version(session) or new).id == old.id
        assert session.get_one(CommentLabel, (late, old.id)).label
        assert session.get(CommentLabel, (late, new.id)) is None
    with writing(house.engine) as session, refusing("hold already"):
        choose_version(session, house.analyst, old.id)


def test_only_analysts_train_and_choose(house: House) -> None:
    for role in ("official", "coordinator", "administrator"):
        actor = house.actors[role]
        for work in WORKS.values():
            with pytest.raises(Forbidden):
                work(house.engine, actor, {}, tell)
        with writing(house.engine) as session, pytest.raises(Forbidden):
            choose_version(session, actor, 1)
        with reading(house.engine) as session, pytest.raises(Forbidden):
            versions(session, actor)


def test_another_corpus_asks_for_a_new_training(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    rated(house, [SLOW])
    read_new(house.engine, house.analyst, {}, tell)
    monkeypatch.setattr("desk.comments.triage.STRENGTH", 0.4)
    with writing(house.engine) as session:
        job = begin_job(session, house.analyst, "read_comments").id
    run(house.engine, job, WORKS["read_comments"])
    with reading(house.engine) as session:
        done = session.get_one(Job, job)
        assert (done.state, "another corpus" in done.problem) == ("failed", True)


def test_other_rules_of_reading_ask_for_a_new_training(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Such as further phrases of what is serious: what was read by older ones may lie open."""
    rated(house, [SLOW])
    read_new(house.engine, house.analyst, {}, tell)
    (tmp_path / "serious.yaml").write_text("phrases: []")
    monkeypatch.setattr("desk.comments.triage.FOLDER", tmp_path)
    monkeypatch.setattr("desk.comments.triage.corpus_hash", corpus_hash.__wrapped__)
    with refusing("another corpus"):
        read_new(house.engine, house.analyst, {}, tell)

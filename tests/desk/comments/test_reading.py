"""Who reads which comments: the Ombudsman all, a unit what is harmless and meant for it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden
from desk.comments.labels import Labelled
from desk.comments.reading import SERIOUS, UNREAD, Room, Wanted, alike, periods_read, reading_room
from desk.integrity.exclusions import exclude
from models import Comment, Period, Unit, reading, writing
from survey.periods import asked_instrument
from survey.storage import CheckedResponse, store
from tests.desk.conftest import House
from tests.desk.office.test_withdrawals import decide, propose
from tests.few_frames import teach_few


@dataclass
class Desk:
    """The clinic's comments, each labelled by its text."""

    house: House
    labels: dict[str, Labelled]

    def tell(
        self,
        text: str,
        told: Labelled | None = None,
        readers: str = "unit",
        experience: tuple[str, ...] = (),
        batch: int | None = None,
    ) -> None:
        if told:
            self.labels[text] = told
        row = CheckedResponse(
            answers={"time": 3},
            channel="paper" if batch else "open_link",
            provenance="paper" if batch else "self",
            batch_id=batch,
            comment=text,
            readers=readers,
            experience=experience,
        )
        with writing(self.house.engine) as session:
            unit, period = self.place(session)
            store(session, unit, period, asked_instrument(period), [row])

    def place(self, session: Session) -> tuple[Unit, Period]:
        return session.get_one(Unit, self.house.clinic), session.get_one(Period, self.house.period)

    def room(self, actor: Actor) -> Room:
        def labels_of(session: Session, responses: Collection[UUID]) -> Mapping[UUID, Labelled]:
            found = session.execute(select(Comment.response_id, Comment.text))
            return {
                row.response_id: self.labels[row.text]
                for row in found
                if row.response_id in responses and row.text in self.labels
            }

        with reading(self.house.engine) as session:
            return reading_room(session, actor, self.house.clinic, labels_of)

    def read_by(self, actor: Actor) -> set[str]:
        return {quote.text for quote in self.room(actor).quotes}


HARMLESS = ["Antre lama", "Kursi kurang", "Cepat", "Ramah", "Loket tutup"]


@pytest.fixture
def desk(house: House) -> Desk:
    desk = Desk(house, {})
    for text in HARMLESS:
        desk.tell(text, Labelled("undue_delay", elements=("time",)))
    return desk


def test_a_unit_reads_what_is_harmless_and_meant_for_it(desk: Desk) -> None:
    for reader in (desk.house.official, desk.house.coordinator):
        assert desk.read_by(reader) == set(HARMLESS)


KEPT = [
    (Labelled("praise"), "ombudsman", ()),
    (None, "unit", ()),
    (Labelled("improper_conduct", abstained=True), "unit", ()),
    (Labelled("improper_conduct", withheld=True), "unit", ()),
    *((Labelled(form), "unit", ()) for form in SERIOUS),
    *((Labelled("undue_delay", secondary=form), "unit", ()) for form in SERIOUS),
    *((Labelled("neutral"), "unit", (form,)) for form in SERIOUS),
]


def test_what_a_unit_never_reads_singly_the_ombudsman_does(desk: Desk) -> None:
    for at, kept in enumerate(KEPT):
        desk.tell(f"Rahasia {at}", *kept)
    assert desk.read_by(desk.house.official) == set(HARMLESS)
    assert len(desk.read_by(desk.house.analyst)) == len(HARMLESS) + len(KEPT)


def test_an_analyst_who_runs_the_unit_reads_as_the_unit(desk: Desk) -> None:
    desk.tell("Rahasia", Labelled("discrimination"))
    both = Actor(99, "Dua", units=frozenset({desk.house.clinic}), analyst=True)
    assert "Rahasia" not in desk.read_by(both)


def test_strangers_read_nothing(desk: Desk) -> None:
    for stranger in (desk.house.other_official, desk.house.administrator, desk.house.nobody):
        with pytest.raises(Forbidden):
            desk.room(stranger)


def test_fewer_than_five_of_a_period_are_not_read_by_the_unit(house: House) -> None:
    desk = Desk(house, {})
    for text in HARMLESS[:4]:
        desk.tell(text, Labelled("praise"))
    assert desk.read_by(house.official) == set()
    assert len(desk.read_by(house.analyst)) == 4


def test_whoever_keyed_a_pile_finds_no_fewer_than_five_beside_its_comments(house: House) -> None:
    desk, pile = Desk(house, {}), house.a_batch(12)
    for at in range(6):
        desk.tell(f"Kertas {at}", Labelled("praise"), batch=pile)
        desk.tell(f"Pungli {at}", Labelled("request_for_payment"), batch=pile)
    for at in range(4):
        desk.tell(f"Tautan {at}", Labelled("praise"))
        desk.tell(f"Diminta uang {at}", Labelled("request_for_payment"))
    assert desk.read_by(house.official) == {f"Kertas {at}" for at in range(6)}
    assert [one.number for one in desk.room(house.official).serious] == [5]
    desk.tell("Tautan 4", Labelled("praise"))
    desk.tell("Diminta uang 4", Labelled("request_for_payment"))
    assert len(desk.read_by(house.official)) == 11
    assert [one.number for one in desk.room(house.official).serious] == [10]


def test_comments_of_a_pile_that_was_withdrawn_are_not_read(desk: Desk) -> None:
    pile = desk.house.a_batch(6)
    for at in range(6):
        desk.tell(f"Kertas {at}", Labelled("praise"), batch=pile)
    assert len(desk.read_by(desk.house.official)) == 11
    decide(desk.house, desk.house.analyst, propose(desk.house, desk.house.coordinator, str(pile)))
    assert desk.read_by(desk.house.official) == set(HARMLESS)


def test_serious_kinds_reach_the_unit_as_counts_in_fives(desk: Desk) -> None:
    numbers = {"request_for_payment": 9, "abuse_of_authority": 5, "discrimination": 4}
    for form, number in numbers.items():
        for at in range(number):
            desk.tell(f"{form} {at}", Labelled(form), "unit" if at % 2 else "ombudsman")
    room = desk.room(desk.house.official)
    counts = {one.name: (one.number, one.at_least) for one in room.serious}
    assert counts == {"request_for_payment": (5, True), "abuse_of_authority": (5, True)}
    assert room.serious == [one for one in room.forms() if one.name in SERIOUS]
    seen = {one.name: one.number for one in desk.room(desk.house.analyst).forms()}
    assert seen == {"undue_delay": 5, **numbers}


def test_what_is_urgent_is_read_first(desk: Desk) -> None:
    desk.tell("Diminta uang", Labelled("request_for_payment"))
    desk.tell("Lama, lalu diminta uang", Labelled("undue_delay", secondary="request_for_payment"))
    found = desk.room(desk.house.analyst).wanted(Wanted(), 7)
    assert [one.urgent for one in found] == [True] * 2 + [False] * len(HARMLESS)


def test_what_is_alike_stands_together(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    teach_few(monkeypatch)
    alike_ones = ["Kursi di ruang tunggu kurang banyak", "Kursi ruang tunggu kurang"]
    for text in alike_ones:
        desk.tell(text, Labelled("neutral"))
    found = alike(desk.room(desk.house.analyst).quotes)
    assert {one.text for one in found[0].quotes} >= set(alike_ones)
    assert found[0].concern == "building"
    assert {"kursi", "kurang"} <= set(found[0].title.split(", "))


def test_what_was_excluded_is_not_read(desk: Desk) -> None:
    with writing(desk.house.engine) as session:
        excluded = session.scalars(select(Comment.response_id).where(Comment.text == "Cepat")).one()
        exclude(session, desk.house.analyst, [excluded], "Diisi oleh petugas sendiri")
    assert "Cepat" not in desk.read_by(desk.house.analyst)


def test_what_still_stands_as_it_was_written_is_read_by_nobody(desk: Desk) -> None:
    (response,) = desk.house.rate()
    with writing(desk.house.engine) as session:
        session.add(Comment(response_id=response, text="Pak Budi"))
    assert desk.read_by(desk.house.analyst) == set(HARMLESS)


def test_a_reader_looks_for_a_kind_an_element_and_a_tone(desk: Desk) -> None:
    desk.tell("Bagus", Labelled("praise", "neutral", elements=("behaviour",), sentiment="positive"))
    desk.tell("Baru", None)
    room = desk.room(desk.house.analyst)

    def found(**wanted: object) -> set[str]:
        return {one.text for one in room.wanted(Wanted(**wanted), 1)}  # type: ignore[arg-type]

    assert found() == {*HARMLESS, "Bagus", "Baru"}
    assert found(period=desk.house.period) == found()
    assert found(period=999) == set()
    assert found(label="neutral") == found(sentiment="positive") == {"Bagus"}
    assert found(element="behaviour", label="praise") == {"Bagus"}
    assert found(label=UNREAD) == {"Baru"}
    assert {(one.name, one.number) for one in room.elements()} == {("time", 5), ("behaviour", 1)}


def test_the_order_is_drawn_not_that_of_arrival(desk: Desk) -> None:
    room = desk.room(desk.house.official)
    orders = {tuple(one.text for one in room.wanted(Wanted(), seed)) for seed in range(20)}
    assert len(orders) > 5
    assert room.wanted(Wanted(), 3) == room.wanted(Wanted(), 3)


def test_the_periods_read_are_those_of_the_comments(desk: Desk) -> None:
    with reading(desk.house.engine) as session:
        room = desk.room(desk.house.official)
        assert [period.id for period in periods_read(session, room)] == [desk.house.period]

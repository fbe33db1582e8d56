"""Units close, merge, split and move; what an unkind coordinator would gain by it is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden
from analysis.errors import BadInput
from desk.office.imports import FileOfUnit, import_file
from desk.office.keying import NewKeying, begin_keying
from desk.office.periods import NewPeriod, close_period, open_period
from desk.papers.contents import institution_contents, units_of
from desk.places import periods_of
from desk.register.changes import (
    Ending,
    UnitMove,
    close_unit,
    first_ending,
    merge_units,
    move_unit,
    reopen_unit,
    split_unit,
)
from desk.register.keeping import changes_of
from desk.register.places import NewUnit, add_unit
from desk.unit.results import unit_results
from models import Period, Succession, Unit, UnitChange, now, reading, writing
from survey.asking import closed_of, place_of, successors_of
from survey.files import asked_of
from survey.periods import open_units
from survey.reading.understood import read_file
from tests.desk.conftest import ROLES, House
from tests.desk.unit.test_results import rows

REASON = "Perda perangkat daerah yang baru"
KEEPERS = {"coordinator", "administrator"}
TODAY = date.today()  # noqa: DTZ011
LATER = TODAY + timedelta(days=2)

Act = Callable[[Session, House, Actor], object]
ACTS: dict[str, tuple[Act, set[str]]] = {
    "close": (lambda s, h, a: close_unit(s, a, h.clinic, Ending(LATER, REASON)), KEEPERS),
    "merge": (
        lambda s, h, a: merge_units(s, a, [h.clinic], h.registry, Ending(LATER, REASON)),
        KEEPERS,
    ),
    # Nobody hands a unit to an institution that the actor does not keep.
    "move": (
        lambda s, h, a: move_unit(s, a, UnitMove(h.clinic, h.province, ""), Ending(LATER, REASON)),
        {"administrator"},
    ),
}


@pytest.mark.parametrize("name", ACTS)
def test_who_ends_units(house: House, name: str, subtests: pytest.Subtests) -> None:
    act, allowed = ACTS[name]
    for role in ROLES:
        with subtests.test(role), writing(house.engine) as session:
            if role in allowed:
                act(session, house, house.actors[role])
            else:
                with pytest.raises(Forbidden):
                    act(session, house, house.actors[role])
            session.rollback()


def close(house: House, day: date = LATER, unit: int | None = None) -> None:
    with writing(house.engine) as session:
        close_unit(session, house.coordinator, unit or house.clinic, Ending(day, REASON))


def a_pile(house: House) -> NewKeying:
    return NewKeying(house.clinic, house.period, "Kotak saran", 5)


def close_the_period(house: House) -> None:
    with writing(house.engine) as session:
        close_period(session, house.coordinator, house.period)


def figures(house: House) -> tuple[object, ...]:
    """What the institution's papers say of the period, apart from when they were made."""
    with writing(house.engine) as session:
        told = institution_contents(session, house.coordinator, house.district, house.period, "id")
        return (told.parts, told.index, told.years, told.visits, told.respondents, told.excluded)


def test_a_closed_unit_takes_no_ratings_from_its_day_on(house: House) -> None:
    house.rate(day=TODAY - timedelta(days=3))
    close(house, TODAY - timedelta(days=1))
    with reading(house.engine) as session:
        unit = session.get_one(Unit, house.clinic)
        assert place_of(session, unit, now()) is None
        assert house.clinic not in [one.id for one in open_units(session, now())]
        assert place_of(session, unit, now() - timedelta(days=3)) is not None
        assert closed_of(session, unit, now()).successors == {}


def test_a_day_to_come_lets_it_go_on_until_then(house: House) -> None:
    close(house, TODAY + timedelta(days=20))
    with reading(house.engine) as session:
        assert house.clinic in [one.id for one in open_units(session, now())]


def test_no_unit_ends_before_its_last_rating(house: House) -> None:
    house.rate(day=TODAY - timedelta(days=3))
    with writing(house.engine) as session:
        unit = session.get_one(Unit, house.clinic)
        assert first_ending(session, unit) == TODAY - timedelta(days=2)
        early = Ending(TODAY - timedelta(days=3), REASON)
        for act in (
            lambda: close_unit(session, house.coordinator, unit.id, early),
            lambda: merge_units(session, house.coordinator, [unit.id], house.registry, early),
            lambda: move_unit(
                session, house.administrator, UnitMove(unit.id, house.province, ""), early
            ),
        ):
            with pytest.raises(BadInput, match="register_end_early"):
                act()


def test_no_unit_ends_before_a_period_that_was_closed_with_its_ratings(house: House) -> None:
    """Their days were forgotten: it was there to the period's end."""
    house.rate(number=5)
    close_the_period(house)
    with writing(house.engine) as session:
        earliest = first_ending(session, session.get_one(Unit, house.clinic))
        place = session.get_one(Unit, house.clinic).institution
        assert earliest == place.today + timedelta(days=1)


@pytest.mark.parametrize("how", ["close", "merge", "split", "move"])
def test_no_end_changes_what_a_closed_period_says(house: House, how: str) -> None:
    """A bad unit that ends takes nothing out of the institution's figures, nor its trend."""
    house.rate(1, number=8)
    house.rate(4, number=9, unit=house.registry)
    close_the_period(house)
    before = figures(house)
    ending = Ending(TODAY + timedelta(days=2), REASON)
    with writing(house.engine) as session:
        new = [
            add_unit(session, house.coordinator, NewUnit(house.district, "", name, ending.day)).id
            for name in ("Penerus Satu", "Penerus Dua")
        ]
        acts: dict[str, Callable[[], object]] = {
            "close": lambda: close_unit(session, house.coordinator, house.clinic, ending),
            "merge": lambda: merge_units(
                session, house.coordinator, [house.clinic], house.registry, ending
            ),
            "split": lambda: split_unit(session, house.coordinator, house.clinic, new, ending),
            "move": lambda: move_unit(
                session, house.administrator, UnitMove(house.clinic, house.province, ""), ending
            ),
        }
        acts[how]()
    assert figures(house) == before
    with writing(house.engine) as session:
        results = unit_results(session, house.coordinator, house.clinic, house.period)
        assert results.index is not None
        assert results.index.n == 8
        assert results.unit.institution_id == house.district


def test_the_trend_of_a_later_period_keeps_the_units_of_each(house: House) -> None:
    house.rate(1, number=8)
    house.rate(4, number=9, unit=house.registry)
    close_the_period(house)
    first = figures(house)[2]
    close(house)
    later = TODAY + timedelta(days=40)
    with writing(house.engine) as session:
        period = open_period(
            session,
            house.coordinator,
            NewPeriod(
                institution_id=house.district,
                code="kemudian",
                name="Kemudian",
                starts=later,
                ends=later + timedelta(days=9),
                instrument="skm-2017",
            ),
        )
        second = period.id
        assert [one.id for one in units_of(session, period)] == [house.registry]
    house.rate(4, number=9, unit=house.registry, period=second)
    with writing(house.engine) as session:
        close_period(session, house.coordinator, second)
    with writing(house.engine) as session:
        told = institution_contents(session, house.coordinator, house.district, second, "id")
        assert told.years[: len(first)] == first  # type: ignore[arg-type]
        assert [part.name for part in told.parts] == ["Dukcapil"]


def test_a_unit_founded_later_is_no_part_of_a_period_before(house: House) -> None:
    house.rate(number=5, unit=house.registry)
    close_the_period(house)
    before = figures(house)
    with writing(house.engine) as session:
        day = session.get_one(Unit, house.clinic).institution.today + timedelta(days=1)
        add_unit(session, house.coordinator, NewUnit(house.district, "", "Dinas Baru", day))
    assert figures(house) == before


def test_an_end_is_seen_with_its_reason_and_its_successors(house: House) -> None:
    with writing(house.engine) as session:
        parts = [
            add_unit(session, house.coordinator, NewUnit(house.district, "", name, LATER)).id
            for name in ("Puskesmas A", "Puskesmas B")
        ]
        split_unit(session, house.coordinator, house.clinic, parts, Ending(LATER, REASON))
        (change,) = changes_of(session, house.coordinator, house.clinic)
    assert (change.how, change.day, change.reason) == ("split", LATER, REASON)
    assert {one.name for one in change.successors} == {"Puskesmas A", "Puskesmas B"}
    event = house.last_act()
    assert event.act == "end_unit"
    assert event.details["successors"] == ["puskesmas-a", "puskesmas-b"]


def test_a_moved_unit_goes_on_there_and_its_link_leads_the_way(house: House) -> None:
    day = TODAY - timedelta(days=1)
    with writing(house.engine) as session:
        unit = session.get_one(Unit, house.clinic)
        unit.open_link = False
        moved = move_unit(
            session, house.administrator, UnitMove(unit.id, house.province, ""), Ending(day, REASON)
        )
        assert (moved.name, moved.institution_id, moved.opened_on) == (
            unit.name,
            house.province,
            day,
        )
        assert not moved.open_link
        assert [one.name for one in moved.services] == [one.name for one in unit.services]
        assert moved.code != unit.code
        assert closed_of(session, unit, now()).successors == {moved.code: moved.name}
        # The old institution keeps its periods, the new one does not see them.
        assert [one.id for one in periods_of(session, house.coordinator, unit.id)] == [house.period]
        with pytest.raises(Forbidden):
            unit_results(session, house.other_coordinator, unit.id, house.period)
        with pytest.raises(Forbidden):
            unit_results(session, house.coordinator, moved.id, house.period)


def test_the_way_leads_through_successors_that_have_ended_too(house: House) -> None:
    with writing(house.engine) as session:
        last = add_unit(session, house.coordinator, NewUnit(house.district, "", "Terakhir"))
        earlier = Ending(TODAY - timedelta(days=3), REASON)
        merge_units(session, house.coordinator, [house.clinic], house.registry, earlier)
        ending = replace(earlier, day=TODAY - timedelta(days=1))
        merge_units(session, house.coordinator, [house.registry], last.id, ending)
        unit = session.get_one(Unit, house.clinic)
        assert [one.name for one in successors_of(session, unit, now())] == ["Terakhir"]


def test_what_ended_ends_once_and_nothing_goes_on_as_it(house: House) -> None:
    close(house)
    with writing(house.engine) as session:
        with pytest.raises(BadInput, match="register_ended"):
            close_unit(session, house.coordinator, house.clinic, Ending(LATER, REASON))
        with pytest.raises(BadInput, match="register_ended"):
            merge_units(
                session, house.coordinator, [house.registry], house.clinic, Ending(LATER, REASON)
            )


def test_a_merger_needs_another_unit_of_the_same_institution(house: House) -> None:
    with writing(house.engine) as session:
        other = add_unit(session, house.administrator, NewUnit(house.province, "", "Samsat"))
        ending = Ending(LATER, REASON)
        with pytest.raises(BadInput, match="register_merge_itself"):
            merge_units(session, house.administrator, [house.clinic], house.clinic, ending)
        with pytest.raises(BadInput, match="register_other_institution"):
            merge_units(session, house.administrator, [house.clinic], other.id, ending)
        with pytest.raises(BadInput, match="register_split_parts"):
            split_unit(session, house.coordinator, house.clinic, [house.registry], ending)
        with pytest.raises(BadInput, match="register_move_itself"):
            move_unit(
                session, house.administrator, UnitMove(house.clinic, house.district, ""), ending
            )


def test_an_end_needs_a_reason(house: House) -> None:
    with writing(house.engine) as session, pytest.raises(BadInput, match="words_unfit"):
        close_unit(session, house.coordinator, house.clinic, Ending(LATER, "   pendek   "))


def test_what_was_closed_by_mistake_is_reopened_unless_others_went_on(house: House) -> None:
    close(house)
    with writing(house.engine) as session:
        reopen_unit(session, house.coordinator, house.clinic, "Salah pilih unit, maaf")
        assert session.get_one(Unit, house.clinic).closed_on is None
        with pytest.raises(BadInput, match="register_not_closed"):
            reopen_unit(session, house.coordinator, house.clinic, "Salah pilih unit, maaf")
    with writing(house.engine) as session:
        ending = Ending(LATER, REASON)
        merge_units(session, house.coordinator, [house.clinic], house.registry, ending)
        with pytest.raises(BadInput, match="register_not_closed"):
            reopen_unit(session, house.coordinator, house.clinic, "Salah pilih unit, maaf")
        assert len(session.scalars(select(UnitChange)).all()) == 3
        assert len(session.scalars(select(Succession)).all()) == 1


def as_read(session: Session, house: House) -> FileOfUnit:
    """A file with five answers, for the clinic."""
    unit, period = session.get_one(Unit, house.clinic), session.get_one(Period, house.period)
    understood = read_file(rows(5), "a.csv", asked_of(session, unit, period))
    return FileOfUnit(unit.id, period.id, understood)


def test_no_paper_of_a_period_is_kept_from_a_unit_that_ended_in_it(house: House) -> None:
    """Forms filled in before the end are keyed and imported afterwards."""
    close(house, TODAY)
    with writing(house.engine) as session:
        begin_keying(session, house.coordinator, a_pile(house))
        preview = as_read(session, house)
    import_file(house.engine, house.coordinator, preview)


def test_nothing_is_added_to_a_unit_in_a_period_after_its_end(house: House) -> None:
    with reading(house.engine) as session:
        starts = session.get_one(Period, house.period).starts
    close(house, starts)
    with writing(house.engine) as session:
        with pytest.raises(BadInput, match="register_not_in_period"):
            begin_keying(session, house.coordinator, a_pile(house))
        preview = as_read(session, house)
    with pytest.raises(BadInput, match="register_not_in_period"):
        import_file(house.engine, house.coordinator, preview)

"""Paper forms: keyed, a tenth twice, compared, stored as one batch."""

import pytest

from accounts.actors import Forbidden
from desk.office.keying import (
    SECOND,
    NewKeying,
    Sheet,
    SheetEntry,
    begin_keying,
    differences_of,
    key_sheet,
    keyings_of,
    read_entry,
    sample_of,
    sheets_of,
    store_keying,
)
from models import Keying, writing
from survey.checks import SubmissionRefused
from tests.desk.conftest import ELEMENTS, House
from tests.desk.unit.test_results import close, look, number_of
from tests.refusing import refusing

GOOD = Sheet(answers=dict.fromkeys(ELEMENTS, 3), experience=("none",), respondent={"sex": "female"})


def begin(house: House, sheets: int = 12) -> int:
    with writing(house.engine) as session:
        place = house.clinic, house.period
        return begin_keying(session, house.official, NewKeying(*place, "K1", sheets)).id


def key(house: House, keying: int, serial: int, sheet: Sheet = GOOD, round: int = 1) -> None:
    with writing(house.engine) as session:
        key_sheet(session, house.official, keying, SheetEntry(serial, sheet, round))


def doubled(house: House, keying: int) -> list[int]:
    with writing(house.engine) as session:
        return sample_of(session.get_one(Keying, keying))


def store(house: House, keying: int) -> None:
    with writing(house.engine) as session:
        store_keying(session, house.official, keying)


def test_a_pile_becomes_responses(house: House) -> None:
    keying = begin(house)
    for serial in range(1, 13):
        key(house, keying, serial)
    twice = doubled(house, keying)
    assert len(twice) == 2  # a tenth of 12, rounded up
    for serial in twice:
        key(house, keying, serial, round=SECOND)
    store(house, keying)
    results = look(house)
    assert (number_of(results), results.index and results.index.shown) == (12, "75.00")
    with writing(house.engine) as session:
        (stored,) = keyings_of(session, house.official, house.clinic, house.period)
        assert (stored.compared, stored.differing) == (2 * (len(ELEMENTS) + 3), 0)
        assert stored.batch_id is not None
    with refusing("stored already"):
        key(house, keying, 1)


def test_differences_are_shown_counted_and_mended(house: House) -> None:
    keying = begin(house, 1)
    key(house, keying, 1)
    key(house, keying, 1, Sheet(answers={**GOOD.answers, "time": 4}), SECOND)
    with writing(house.engine) as session:
        found = {
            one.entry: (one.first, one.second)
            for one in differences_of(session, house.official, keying)
        }
    assert found == {"time": ("3", "4"), "experience": ("none", ""), "sex": ("female", "")}
    with refusing("the same both times"):
        store(house, keying)
    key(house, keying, 1, GOOD, SECOND)
    store(house, keying)
    with writing(house.engine) as session:  # what was mended is still told
        assert session.get_one(Keying, keying).differing == 3


def test_an_unfinished_pile_is_not_stored(house: House) -> None:
    keying = begin(house, 3)
    key(house, keying, 2)
    with refusing(r"1 keyed.*expected all 3"):
        store(house, keying)
    with writing(house.engine) as session:
        assert list(sheets_of(session, house.coordinator, keying)) == [2]


def test_a_sheet_that_the_questionnaire_does_not_allow_is_refused(house: House) -> None:
    keying = begin(house)
    for sheet in (
        Sheet(answers={"time": 5}),
        Sheet(answers={"weather": 1}),
        Sheet(answers={}),
        Sheet(answers={"time": 3}, experience=("none", "discrimination")),
        Sheet(answers={"time": 3}, service="lain"),
        Sheet(answers={"time": 3}, comment="x" * 2001),
    ):
        with pytest.raises(SubmissionRefused):
            key(house, keying, 1, sheet)
    for serial in (0, 13):
        with refusing("sheet: found"):
            key(house, keying, serial)


def test_only_who_runs_the_unit_keys_and_only_while_it_is_open(house: House) -> None:
    keying = begin(house)
    for role in ("analyst", "other_official", "nobody"):
        with pytest.raises(Forbidden), writing(house.engine) as session:
            key_sheet(session, house.actors[role], keying, SheetEntry(1, GOOD))
    close(house)
    with refusing("closed"):
        key(house, keying, 1)


@pytest.mark.parametrize(
    ("typed", "read"), [("a", 1), ("D", 4), (" 2 ", 2), ("-", None), ("", None), ("0", None)]
)
def test_entries_are_letters_or_numbers(typed: str, read: int | None) -> None:
    assert read_entry(typed, (1, 2, 3, 4)) == read


@pytest.mark.parametrize("typed", ["e", "5", "x", "1 2"])
def test_other_entries_are_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_entry(typed, (1, 2, 3, 4))

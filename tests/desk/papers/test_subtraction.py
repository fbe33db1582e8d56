"""The papers themselves under subtraction: whoever holds files or piles finds nobody left over."""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO, StringIO
from itertools import combinations, count
from zipfile import ZipFile

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from analysis.disclosure import few
from analysis.rulebook.scheme import load_scheme
from desk.papers.contents import institution_contents, institution_results, unit_contents
from desk.papers.papers import RequestedPaper, hand_out
from desk.unit.results import unit_results
from desk.unit.steps import keep_steps
from models import Batch, Institution, KeyedSheet, Keying, Period, Unit, now, reading, writing
from survey.holders import sources_of
from survey.periods import asked_instrument
from survey.storage import CheckedResponse, store
from tests.desk.conftest import House
from tests.desk.unit.test_results import close
from tests.world import a_period

# In the order of the regulation, as papers have them.
ELEMENTS = [node.key for node in load_scheme("skm-2017").children]
LINK, FILES = "visit", ("first", "second")
KNOWN = (*FILES, "unit_interviewer")
SIZES = st.sampled_from([0, 1, 2, 4, 5, 7, 25])
SPLITS = st.fixed_dictionaries(dict.fromkeys((LINK, *KNOWN), SIZES))
NUMBERS = count(1)
Row = tuple[int, ...]


@dataclass(frozen=True)
class Split:
    """A closed period of the clinic, and the rows of each of its sources."""

    house: House
    period: int
    rows: Mapping[str, Sequence[Row]]

    def paper(self, kind: str, unit: bool = True) -> bytes:
        of = self.house.clinic if unit else None
        return hand_out(
            self.house.engine, self.house.coordinator, RequestedPaper(kind, self.period, of)
        ).content

    def left(self, shown: Sequence[Row], known: Sequence[str]) -> int:
        """How many of the rows shown are left for whoever knows these sources."""
        own = Counter(row for source in known for row in self.rows[source])
        return (Counter(shown) - own).total()

    def of_large(self) -> dict[str, float]:
        """The means over the sources of at least five."""
        large = [row for rows in self.rows.values() if len(rows) >= 5 for row in rows]
        return dict(zip(ELEMENTS, np.mean(large, axis=0).tolist(), strict=True)) if large else {}


def split(house: House, sizes: Mapping[str, int], seed: int) -> Split:
    """Stores so many rows of each source in a period of its own, and closes it."""
    chance = np.random.default_rng(seed)
    drawn = {
        source: [tuple(row) for row in chance.integers(1, 5, (size, len(ELEMENTS))).tolist()]
        for source, size in sizes.items()
    }
    with writing(house.engine) as session:
        period = a_period(session, session.get_one(Institution, house.district))
        period.code = f"p{next(NUMBERS)}"
        session.flush()
        key = period.id
    batches = {
        source: house.a_batch(len(drawn[source]), key) for source in drawn if source in FILES
    }
    with writing(house.engine) as session:
        unit, period = session.get_one(Unit, house.clinic), session.get_one(Period, key)
        for source, rows in drawn.items():
            batch = batches.get(source)
            stored = [
                CheckedResponse(
                    answers=dict(zip(ELEMENTS, row, strict=True)),
                    channel="import" if batch else str(chance.choice(["open_link", "kiosk"])),
                    provenance="import" if batch else source if source in KNOWN else "self",
                    service_id=unit.services[int(chance.integers(2))].id,
                    batch_id=batch,
                    experience=(str(chance.choice(["none", "undue_delay"])),),
                    respondent={"sex": str(chance.choice(["female", "male"]))},
                    local_date=period.starts,
                )
                for row in rows
            ]
            store(session, unit, period, asked_instrument(period), stored)
        period.closed_at = now()
        return Split(house, key, drawn)


def worksheet_rows(content: bytes) -> list[Row]:
    rows = load_workbook(BytesIO(content))["Pengolahan"].iter_rows(values_only=True)
    return [tuple(row[1:10]) for row in rows if isinstance(row[0], int)]


def open_rows(content: bytes) -> list[Row]:
    with ZipFile(BytesIO(content)) as package:
        table = csv.DictReader(StringIO(package.read("data.csv").decode("utf-8-sig")))
        return [tuple(int(row[key]) for key in ELEMENTS) for row in table]


def recapitulated(content: bytes) -> dict[str, float]:
    """The means of the clinic, as far as they are shown."""
    sheet = load_workbook(BytesIO(content), data_only=True).worksheets[0]
    (row,) = (row for row in sheet.iter_rows(values_only=True) if row[1] == "Puskesmas Langgur")
    means = dict(zip(ELEMENTS, row[3:12], strict=True))
    return {key: mean for key, mean in means.items() if isinstance(mean, int | float)}


@settings(
    max_examples=4,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(sizes=SPLITS, seed=st.integers(0, 2**32))
def test_nobody_is_left_over_of_any_paper(
    house: House, sizes: Mapping[str, int], seed: int
) -> None:
    one = split(house, sizes, seed)
    if sum(sizes.values()) < 5:
        return
    for shown in (worksheet_rows(one.paper("worksheet")), open_rows(one.paper("open_data"))):
        for number in range(len(KNOWN) + 1):
            for known in combinations(KNOWN, number):
                assert not few(one.left(shown, known))
    assert recapitulated(one.paper("recapitulation", unit=False)) == pytest.approx(one.of_large())
    with reading(house.engine) as session:
        of_unit = unit_contents(session, house.official, house.clinic, one.period, "id")
        whole = institution_contents(session, house.coordinator, house.district, one.period, "id")
    for told in (of_unit, whole):
        means = {key: float(mean) for key, mean in told.index.means.items() if mean is not None}
        assert means == pytest.approx(one.of_large())
        people = [sum(n for _, n in kind.groups) for kind in told.respondents]
        large = sum(size for size in sizes.values() if size >= 5)
        assert set(people) <= {0, large}
        assert told.experienced is None or told.experienced.answered == large


def test_sixty_imported_and_two_by_link_have_a_worksheet_without_rows(house: House) -> None:
    one = split(house, {FILES[0]: 60, LINK: 2}, 1)
    paper = hand_out(
        house.engine, house.official, RequestedPaper("worksheet", one.period, house.clinic)
    )
    assert paper.lacks is not None
    assert paper.lacks.code == "rows_beside_few"
    book = load_workbook(BytesIO(paper.content))
    cells = [
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
    ]
    assert any("kurang dari 5 orang" in cell for cell in cells)
    assert worksheet_rows(paper.content) == []
    assert not any(cell.startswith("=SUM") for cell in cells)


def test_two_citizens_beside_a_file_are_in_no_interval_of_the_report(house: House) -> None:
    file = house.a_batch(60)
    for answer in (2, 3, 3, 4):
        house.rate(answer, 15, batch=file)
    house.rate(1)
    house.rate(4)
    close(house)
    with reading(house.engine) as session:
        told = unit_contents(session, house.official, house.clinic, house.period, "id")
    assert told.certainty is not None
    assert told.index.apart == 2
    assert told.years[-1].interval == told.certainty.interval


def test_an_institution_is_as_sure_as_its_units_together(house: House) -> None:
    for unit in (house.clinic, house.registry):
        for answer in (2, 3, 4):
            house.rate(answer, 5, unit=unit)
    close(house)
    with reading(house.engine) as session:
        told = institution_contents(session, house.coordinator, house.district, house.period, "id")
        (clinic, _) = institution_results(session, house.coordinator, house.district, house.period)
    assert told.certainty is not None
    assert told.certainty.interval == told.years[-1].interval
    assert clinic.certainty is not None
    assert told.certainty.standard_error == pytest.approx(
        (clinic.certainty.standard_error or 0) / 2**0.5
    )


def test_an_institution_says_nothing_of_the_spread_of_sources_of_one_to_four(house: House) -> None:
    house.rate(3, 20, unit=house.registry)
    house.rate(4, 3, batch=house.a_batch(3))
    house.rate(4, 3)
    close(house)
    with reading(house.engine) as session:
        told = institution_contents(session, house.coordinator, house.district, house.period, "id")
    assert told.certainty is None
    assert told.years[-1].interval is None


@pytest.mark.parametrize(
    ("by_second", "on_second_day", "betrayed"),
    [(3, 0, True), (5, 0, False), (0, 4, True), (0, 6, False), (0, 0, False)],
)
def test_what_each_keyed_and_when_is_known_to_somebody(
    house: House, by_second: int, on_second_day: int, betrayed: bool
) -> None:
    """The first keyed all of a pile of 30 but some; or all but some were keyed on one day."""
    one = split(house, {FILES[0]: 30}, 2)
    with writing(house.engine) as session:
        batch = session.query(Batch).filter_by(period_id=one.period).one()
        pile = Keying(
            institution_id=house.district,
            unit_id=house.clinic,
            period_id=one.period,
            name="K1",
            sheets=30,
            user_id=house.official.user_id,
            created_at=now(),
            batch_id=batch.id,
        )
        session.add(pile)
        session.flush()
        for serial in range(1, 31):
            second = serial <= by_second
            session.add(
                KeyedSheet(
                    keying_id=pile.id,
                    serial=serial,
                    round=1,
                    filled="{}",
                    user_id=(house.coordinator if second else house.official).user_id,
                    keyed_at=datetime(2026, 5, 2 if serial <= on_second_day else 1, 12, tzinfo=UTC),
                )
            )
    assert (worksheet_rows(one.paper("worksheet")) == []) == betrayed
    assert (open_rows(one.paper("open_data")) == []) == betrayed


@pytest.mark.parametrize(
    ("helped", "sources"),
    [
        (20, {"unit_staff": 20, "visit": 2}),
        (0, {"visit": 22}),
        (22, {"unit_staff": 22}),
    ],
)
def test_whoever_helped_to_fill_in_knows_those(
    house: House, helped: int, sources: Mapping[str, int]
) -> None:
    answered = dict.fromkeys(ELEMENTS, 3)
    rows = [
        CheckedResponse(answered, "kiosk", "unit_staff" if at < helped else "self")
        for at in range(22)
    ]
    with writing(house.engine) as session:
        unit, period = session.get_one(Unit, house.clinic), session.get_one(Period, house.period)
        store(session, unit, period, asked_instrument(period), rows)
    with reading(house.engine) as session:
        found = sources_of(session, house.period, [house.clinic])[house.clinic]
    assert {source: held.size for source, held in found.items()} == sources


@pytest.mark.parametrize("channel", ["open_link", "kiosk"])
def test_one_who_rated_alone_moves_nothing_beside_those_whom_interviewers_asked(
    house: House, channel: str
) -> None:
    """Fifty-nine say 4 of everything; only the index of all tells of the one who says 1."""
    asked = CheckedResponse(
        dict.fromkeys(ELEMENTS, 4), channel, "unit_interviewer", experience=("none",)
    )
    alone = CheckedResponse(
        dict.fromkeys(ELEMENTS, 1), channel, "self", experience=("undue_delay",)
    )
    with writing(house.engine) as session:
        unit, period = session.get_one(Unit, house.clinic), session.get_one(Period, house.period)
        store(session, unit, period, asked_instrument(period), [asked] * 59 + [alone])
    for closed in (False, True):
        if closed:
            close(house)
        keep_steps(house.engine, house.official, house.clinic)
        with reading(house.engine) as session:
            shown = unit_results(session, house.official, house.clinic, house.period)
        assert shown.index is not None
        assert set(shown.index.means.values()) == {4}
    assert shown.index is not None
    assert shown.index.n == 60
    assert shown.experienced is not None
    assert (shown.experienced.answered, shown.experienced.none) == (59, 59)

"""Who answered: groups that are large enough, after the period has closed."""

from collections.abc import Mapping

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from analysis.disclosure import SMALLEST_GROUP, merged_groups
from desk.office.visits import VisitCount, record_visits
from desk.papers.contents import unit_contents
from desk.unit.respondents import (
    Respondents,
    hidden_values,
    of_large_sources,
    respondents,
    shown_values,
)
from desk.unit.results import unit_results
from models import Period, Unit, reading, writing
from reports.contents import NOT_ASKED
from reports.words import PaperWords
from survey.periods import asked_instrument
from survey.storage import CheckedResponse, store
from tests.desk.conftest import ELEMENTS, House
from tests.desk.unit.test_results import close, load, rows

VALUES = ("female", "male", "")


def answered(house: House, number: int, sex: str | None, channel: str = "open_link") -> None:
    with writing(house.engine) as session:
        period = session.get_one(Period, house.period)
        row = CheckedResponse(
            answers=dict.fromkeys(ELEMENTS, 3),
            channel=channel,
            provenance="self",
            respondent={"sex": sex} if sex else {},
            local_date=period.starts,
        )
        unit = session.get_one(Unit, house.clinic)
        store(session, unit, period, asked_instrument(period), [row] * number)


def look(house: House) -> Respondents:
    with house.looking() as session:
        return respondents(
            session, unit_results(session, house.official, house.clinic, house.period)
        )


def test_groups_appear_when_the_period_has_closed(house: House) -> None:
    answered(house, 7, "female")
    answered(house, 6, "male", "kiosk")
    answered(house, 5, None)
    house.rate({}, 3)
    with writing(house.engine) as session:
        record_visits(session, house.official, house.clinic, house.period, VisitCount(100))
    told = look(house)
    with reading(house.engine) as session:
        period = session.get_one(Period, house.period)
        left = (period.ends - period.institution.today).days
    assert (told.n, told.visits, told.minimum, told.days_left) == (18, 100, 80, left)
    assert told.groups == {}
    close(house)
    told = look(house)
    assert told.days_left is None
    assert told.groups["sex"] == {"female": 7, "male": 6, "": 5}
    assert told.groups["channel"] == {"open_link": 12, "kiosk": 6}
    assert told.groups["provenance"] == {"self": 18}
    assert told.groups["age"] == {"": 18}


def test_a_small_group_takes_the_next_with_it(house: House) -> None:
    answered(house, 9, "female")
    answered(house, 6, "male")
    answered(house, 2, None)
    close(house)
    assert look(house).groups["sex"] == {"female": 9, "male": None, "": None}


def test_a_group_small_among_citizens_is_not_shown_beside_a_file(house: House) -> None:
    """Whoever has the file could subtract it."""
    answered(house, 9, "female")
    answered(house, 3, None)
    load(house, rows(9))
    close(house)
    told = look(house)
    assert told.n == 21
    assert told.groups["sex"] == {"female": None, "": None, NOT_ASKED: 9}


def test_fewer_than_five_tell_nothing(house: House) -> None:
    answered(house, 4, "female")
    close(house)
    assert look(house) == Respondents(None, None, None, None, {})


COUNTS = st.dictionaries(
    st.tuples(st.sampled_from(VALUES), st.sampled_from(("open_link", "visit", "1", "2"))),
    st.integers(1, 12),
    min_size=1,
)


def people_of(counts: Mapping[tuple[str, str], int]) -> pd.DataFrame:
    return pd.DataFrame(
        [(1, "sex", *key, n) for key, n in counts.items()],
        columns=["unit_id", "field", "value", "source", "number"],
    )


def by_source(people: pd.DataFrame) -> list[dict[str, int]]:
    """By source that somebody may hold, how many have each value; those of five and more."""
    own = people.assign(source=people["source"].replace("open_link", "visit"))
    parts = [part.groupby("value")["number"].sum() for _, part in own.groupby("source")]
    return [
        {str(value): int(number) for value, number in part.items()}
        for part in parts
        if part.sum() >= SMALLEST_GROUP
    ]


@given(COUNTS)
def test_no_source_leaves_one_to_four_by_subtraction(
    counts: Mapping[tuple[str, str], int],
) -> None:
    people = people_of(counts)
    shown, sources = shown_values(people, VALUES), by_source(people)
    for sizes in sources:
        assert all(size >= SMALLEST_GROUP for value, size in sizes.items() if shown[value])
        hidden = sum(size for value, size in sizes.items() if shown[value] is None)
        assert hidden == 0 or hidden >= SMALLEST_GROUP
    for value, number in shown.items():
        assert number in (None, sum(sizes.get(value, 0) for sizes in sources))


@given(COUNTS)
def test_papers_merge_what_a_source_would_betray(
    counts: Mapping[tuple[str, str], int],
) -> None:
    """In no source does a group of a paper hold one to four people; and all groups are told."""
    people = people_of(counts)
    told, sources = of_large_sources(people), by_source(people)
    sums = told.groupby("value")["number"].sum()
    whole = {str(value): int(number) for value, number in sums.items()}
    groups = merged_groups(whole, hidden_values(told))
    assert sum(size for _, size in groups) == sum(map(sum, (one.values() for one in sources)))
    for sizes in sources:
        for names, _ in groups:
            of_source = sum(sizes.get(name, 0) for name in names)
            assert of_source == 0 or of_source >= SMALLEST_GROUP


def test_an_institution_tells_no_group_that_a_unit_could_subtract() -> None:
    """The unit of the 30 knows its own: the three of the other would be left."""
    own = people_of({("female", "visit"): 30, ("male", "visit"): 30})
    other = people_of({("female", "visit"): 3, ("male", "visit"): 9}).assign(unit_id=2)
    people = pd.concat([own, other])
    assert hidden_values(of_large_sources(people)) == {"female", "male"}


def test_a_paper_hides_a_group_small_among_citizens_beside_a_file(house: House) -> None:
    answered(house, 9, "female")
    answered(house, 6, "male")
    answered(house, 3, None)
    load(house, rows(9))
    close(house)
    with writing(house.engine) as session:
        told = unit_contents(session, house.official, house.clinic, house.period, "id")
    (sex,) = (one for one in told.respondents if one.name == "sex")
    assert sex.groups == ((("female",), 9), ((NOT_ASKED,), 9), (("male", ""), 9))
    merged = [size for _, size in PaperWords(told, "id").groups(sex)]
    assert merged == [9, 9, 9]

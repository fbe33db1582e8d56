"""Rows and people as papers read them, the same on both engines."""

from collections import Counter

import numpy as np
from sqlalchemy import select

from analysis.index.experience import form_column
from models import Exclusion, Response, Role, User, now, reading, writing
from survey.counts import count_people
from survey.rows import held_answers, read_responses
from tests.survey.conftest import Place
from tests.survey.test_counts import INSTRUMENT, batch

__all__ = ["batch"]
ITEMS = [item.key for item in INSTRUMENT.items]


def test_answers_are_a_matrix_with_gaps(place: Place, batch: int) -> None:
    with reading(place.engine) as session:
        read = held_answers(session, INSTRUMENT, place.period, place.unit).answers
    assert read.shape == (6, 9)
    time = read[:, ITEMS.index("time")]
    assert sorted(time[~np.isnan(time)].tolist()) == [1, 1, 2, 2, 4]
    assert np.nansum(read) == 1 + 1 + 4 + 4 + 2 + 2


def test_rows_say_whose_and_by_which_way_they_came(place: Place, batch: int) -> None:
    with reading(place.engine) as session:
        units = [place.unit, place.other_unit]
        read = read_responses(session, INSTRUMENT, place.period, units)
    assert len(read) == 7
    assert Counter(read["source"]) == {"open_link": 5, str(batch): 2}
    assert Counter(read["month"].dropna()) == {"2026-06": 1, "2026-07": 4}
    assert Counter(read["experience"].dropna()) == {"none": 1, "some": 2, "declined": 1}
    assert read[form_column("undue_delay")].dropna().sum() == 2
    assert len(set(read["unit"])) == 2
    assert len(set(read["service"].dropna())) == 2


def test_nobody_who_is_excluded_or_answered_nothing_is_among_the_people(
    place: Place, batch: int
) -> None:
    with writing(place.engine) as session:
        user = User(username="ani", name="Ani", password_hash="x", active=True)
        user.roles.append(Role(role="analyst"))
        session.add(user)
        session.flush()
        of_batch = select(Response.id).where(Response.batch_id == batch).limit(1)
        session.add(
            Exclusion(
                response_id=session.scalars(of_batch).one(),
                reason="terkirim dua kali",
                user_id=user.id,
                created_at=now(),
            )
        )
    with reading(place.engine) as session:
        people = count_people(session, INSTRUMENT, [place.period], [place.unit])
    channels = people[people["field"] == "channel"]
    found = channels.set_index(["source", "value"])["number"].to_dict()
    assert found == {("open_link", "open_link"): 3, (str(batch), "import"): 1}
    assert set(people["field"]) >= {"sex", "age", "education", "occupation", "provenance"}
    assert people[people["field"] == "sex"]["value"].isna().all()

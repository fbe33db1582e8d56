"""The simulated round has the size and the shape of a real one, and is marked as invented."""

from collections import Counter

from sqlalchemy import Engine, func, select

from accounts.actors import actor_of
from analysis.rulebook.scheme import load_scheme
from demonstration.nation import (
    ANALYST,
    ANSWERS,
    JUDGED_UNDER,
    institutions,
    load_nation,
    round_year,
)
from desk.index.perception import Scoring, score_year
from models import Period, Response, Screened, User, reading
from tests.desk.conftest import on_one_engine


def test_the_nation_is_as_large_as_it_says() -> None:
    places = institutions()
    kinds = Counter(place.kind for place in places)
    assert (len(places), kinds["province"]) == (586, 38)
    assert sum(len(place.units) for place in places) == 4_000
    assert len({unit.code for place in places for unit in place.units}) == 4_000
    assert all(place.demonstration and "(data contoh)" in place.name for place in places)
    own = {place.province for place in places if place.kind in ("district", "city")}
    assert len(own) == 38


@on_one_engine
def test_a_province_of_it_is_surveyed_closed_screened_and_judged(engine: Engine) -> None:
    (place, *_) = institutions()
    number = len(place.units)
    load_nation(engine, [place])
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(Response)) == number * ANSWERS
        assert session.scalars(select(Period.closed_at)).one() is not None
        kept = session.scalars(select(Screened)).all()
        assert [(one.final, one.counted) for one in kept] == [(True, ANSWERS)] * number
        analyst = session.scalars(select(User).where(User.username == ANALYST)).one()
        scoring = Scoring(load_scheme(JUDGED_UNDER), round_year(), stand_in=True)
        scored = score_year(session, actor_of(session, analyst), scoring)
        assert [one.score is None for one in scored.result.units] == [False] * number

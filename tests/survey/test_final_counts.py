"""What is kept of closed periods says the same as the responses, or is not read."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from logging import ERROR
from random import Random, random

import pandas as pd
import pytest
from sqlalchemy import Engine, delete, select, text, update
from sqlalchemy.event import listen
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from analysis.rulebook.instrument import load_instrument
from models import (
    Batch,
    Exclusion,
    FinalCount,
    FinalTally,
    LateCounting,
    LateResponse,
    Period,
    Response,
    Role,
    Unit,
    User,
    Withdrawal,
    now,
    one_at_a_time,
    reading,
    writing,
)
from models.responses import FORMS
from survey import finishing
from survey.__main__ import main
from survey.counts import (
    Selection,
    count_answers,
    count_experiences,
    count_experiences_apart,
    count_people,
    count_responses,
)
from survey.final_counts import count_anew, find_final, shape_of
from survey.finishing import CountedUnits, altered, finish, finish_unless_busy, keep, unfinished
from survey.late import count_late
from survey.margins import GRAIN, margin_cells
from survey.storage import CheckedResponse, store
from tests.survey.conftest import PERIOD, UNIT, Place

INSTRUMENT = load_instrument("skm-2017")
FIELDS = {one.key: list(one.options) for one in INSTRUMENT.respondent.fields}
WITHOUT = ((), ("1", "open_link"))


def rated(chance: Random, services: list[int], batch: int | None) -> CheckedResponse:
    """A response with anything left out, come by any way."""
    channel = "import" if batch else chance.choice(["open_link", "kiosk", "token"])
    seen = chance.choice(["self", "companion", "unit_staff", "unit_interviewer"])
    return CheckedResponse(
        answers={key: chance.choice([*values, None]) for key, values in INSTRUMENT.allowed.items()}
        if chance.random() > 0.1
        else {},
        channel=channel,
        provenance="import" if batch else seen,
        batch_id=batch,
        service_id=chance.choice([*services, None]),
        local_date=chance.choice([now().date() - timedelta(days=chance.randrange(70)), None]),
        experience=chance.choice([(), ("none",), ("declined",), tuple(chance.sample(FORMS, 2))]),
        respondent={key: chance.choice(options) for key, options in FIELDS.items()}
        if chance.random() > 0.3
        else {},
    )


@pytest.fixture
def closed(place: Place) -> Place:
    """The same, closed and counted."""
    close(filled(place).engine, place.period)
    assert finish(place.engine) == 2
    return place


def filled(place: Place) -> Place:
    """Two units with sixty responses each, twelve of them imported, and two people."""
    chance = Random(random())
    with writing(place.engine) as session:
        period = session.get_one(Period, place.period)
        for key in (place.unit, place.other_unit):
            unit = session.get_one(Unit, key)
            where = {
                "institution_id": unit.institution_id,
                "unit_id": key,
                "period_id": place.period,
            }
            batch = Batch(
                **where,
                file_name="a.csv",
                file_hash=f"{key:064}",
                rows=12,
                actor="Ani",
                created_at=now(),
            )
            session.add(batch)
            session.flush()
            services = [one.id for one in unit.services]
            rows = [rated(chance, services, batch.id if at < 12 else None) for at in range(60)]
            store(session, unit, period, INSTRUMENT, rows)
        ani, budi = (
            User(username=name, name=name.title(), password_hash="x", active=True)
            for name in ("ani", "budi")
        )
        ani.roles.append(Role(role="analyst"))
        session.add_all([ani, budi])
    return place


def close(engine: Engine, period: int) -> None:
    with writing(engine) as session:
        session.get_one(Period, period).closed_at = now()


def told(session: Session, place: Place) -> Mapping[str, object]:
    """All that can be counted of both units."""
    units = [place.unit, place.other_unit]
    here = [Selection([place.period], units, without) for without in WITHOUT]
    some = Selection([place.period], [place.unit])
    people = count_people(session, INSTRUMENT, [place.period], units)
    return {
        "responses": [count_responses(session, one) for one in [*here, some]],
        "answers": [
            lines(count_answers(session, INSTRUMENT, by, one, pairs=pairs).counted)
            for by, one, pairs in (
                ([], here[0], False),
                (["unit_id"], here[1], False),
                (["unit_id", "source"], here[0], True),
                (["source", "period_id"], some, True),
            )
        ],
        "experiences": [count_experiences(session, INSTRUMENT, one) for one in here],
        "apart": [count_experiences_apart(session, INSTRUMENT, one) for one in here],
        "people": lines(people),
    }


def lines(counted: pd.DataFrame) -> set[tuple[tuple[str, object], ...]]:
    """The rows of a table, in no order."""
    found = counted.astype(object).where(counted.notna(), None)
    return {
        tuple(sorted((str(name), value) for name, value in row.items()))
        for row in found.to_dict("records")
    }


def agree(place: Place, kept: int = 2) -> None:
    """What is read with what is kept is what the responses say; so much of it is kept."""
    units = [place.unit, place.other_unit]
    with reading(place.engine) as session:
        found = find_final(session, [place.period], units, INSTRUMENT, parts=True)
        cells = {pair: one.cells() for pair, one in found.kept.items()}
        read = told(session, place)
        count_anew(session)
        assert read == told(session, place)
        here = Selection([place.period], units)
        grain = count_answers(
            session, INSTRUMENT, ["unit_id", "period_id", *GRAIN], here, pairs=True
        )
        counted = margin_cells(grain)
        assert cells == {pair: counted[pair] for pair in cells}
    assert len(found.kept) == kept
    assert len(found.left) == 2 - kept


def test_what_is_kept_is_what_was_counted(closed: Place) -> None:
    agree(closed)


def test_it_is_read_without_a_response(closed: Place) -> None:
    asked: list[str] = []
    with reading(closed.engine) as session:
        connection = session.connection()
        listen(connection, "before_cursor_execute", lambda *given: asked.append(str(given[2])))
        told(session, closed)
    assert asked
    assert not [one for one in asked if "responses" in one or "answers_" in one]


def exclude_one(session: Session, place: Place) -> None:
    response = session.scalars(
        select(Response.id)
        .where(Response.unit_id == place.unit, Response.batch_id.is_(None))
        .order_by(Response.id)
    ).first()
    ani = session.scalars(select(User.id).where(User.username == "ani")).one()
    why = "terkirim dua kali"
    session.add(Exclusion(response_id=response, reason=why, user_id=ani, created_at=now()))


def withdraw(session: Session, place: Place) -> None:
    batch = session.scalars(select(Batch.id).where(Batch.unit_id == place.unit)).one()
    ani, budi = session.scalars(select(User.id).order_by(User.username))
    session.add(
        Withdrawal(
            batch_id=batch,
            reason="berkas milik unit lain",
            proposed_by=ani,
            proposed_at=now(),
            confirmed=True,
            decided_by=budi,
            decided_at=now(),
        )
    )


def count_a_late_one(session: Session, place: Place) -> None:
    unit, period = session.get_one(Unit, place.unit), session.get_one(Period, place.period)
    ani = session.scalars(select(User.id).where(User.username == "ani")).one()
    where = {"institution_id": unit.institution_id, "unit_id": unit.id, "period_id": period.id}
    content = {
        "answers": {"time": 4},
        "channel": "open_link",
        "provenance": "self",
        "experience": ["none"],
    }
    session.add(LateResponse(**where, came_on=now().date(), filled_on=None, content=content))
    counting = LateCounting(**where, reason="HP tanpa sinyal", user_id=ani, created_at=now())
    session.add(counting)
    session.flush()
    assert len(count_late(session, unit, period, counting)) == 1


def test_where_others_write_it_is_counted_at_the_look(closed: Place) -> None:
    with writing(closed.engine) as session:
        exclude_one(session, closed)
    with writing(closed.engine) as other:
        other.connection()  # on SQLite it writes from here on
        one_at_a_time(other, f"final counts {closed.period}")
        assert not finish_unless_busy(closed.engine, periods=[closed.period])
    agree(closed, kept=1)
    assert finish_unless_busy(closed.engine, periods=[closed.period])
    agree(closed)


CHANGES = pytest.mark.parametrize("change", [exclude_one, withdraw, count_a_late_one])


@CHANGES
def test_what_changes_a_closed_period_is_counted_anew(
    closed: Place, change: Callable[[Session, Place], None]
) -> None:
    with reading(closed.engine) as session:
        before = told(session, closed)
    with writing(closed.engine) as session:
        change(session, closed)
        session.flush()
        during = told(session, closed)
    assert during != before
    agree(closed, kept=1)
    assert unfinished(closed.engine) == 1
    assert finish_unless_busy(closed.engine, units=[closed.unit])
    agree(closed)
    with reading(closed.engine) as session:
        assert told(session, closed) == during


@CHANGES
def test_what_changes_while_it_is_counted_is_not_lost(
    closed: Place, change: Callable[[Session, Place], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever counted before the change keeps it after: it does not hold."""
    counted = finishing.counted_now

    def late(*given: object) -> object:
        found = counted(*given)  # type: ignore[arg-type]
        with writing(closed.engine) as session:
            change(session, closed)
        monkeypatch.setattr(finishing, "counted_now", counted)
        return found

    monkeypatch.setattr(finishing, "counted_now", late)
    finish(closed.engine, anew=True)
    agree(closed, kept=1)


def test_an_exclusion_that_began_before_the_closing(postgresql_place: Place) -> None:
    """It waits for nobody, and is seen only after all was counted."""
    engine = filled(postgresql_place).engine
    with Session(engine) as slow:
        exclude_one(slow, postgresql_place)
        slow.flush()
        close(engine, postgresql_place.period)
        assert finish(engine) == 2
        agree(postgresql_place)
        slow.commit()
    agree(postgresql_place, kept=1)


ALTERED = {
    "a number": update(FinalTally).values(counted=FinalTally.counted + 1),
    "counts": update(FinalTally).values(counts="[4]"),
    "no JSON": update(FinalTally).values(counts="{"),
    "a row less": delete(FinalTally).where(FinalTally.margin == "month"),
    "people": update(FinalCount).values(people="[]"),
    "received": update(FinalCount).values(received=7),
}


@pytest.mark.parametrize("how", ALTERED)
def test_what_was_altered_is_not_read(
    closed: Place, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    """By the tables' owner, past the triggers."""
    for table in ("final_counts", "final_tallies"):
        unguard(closed.engine, table)
    with writing(closed.engine) as session:
        session.execute(ALTERED[how])
    with caplog.at_level(ERROR):
        agree(closed, kept=0)
    assert "were altered: counted anew" in caplog.text
    assert finish(closed.engine) == 2
    agree(closed)


def unguard(engine: Engine, table: str) -> None:
    on = "" if engine.dialect.name == "sqlite" else f" ON {table}"
    with writing(engine) as session:
        session.execute(text(f"DROP TRIGGER {table}_no_update{on}"))


def test_what_is_kept_is_replaced_and_never_changed(closed: Place) -> None:
    with writing(closed.engine) as session:
        exclude_one(session, closed)
    for statement in (
        "UPDATE final_counts SET received = 7",
        "UPDATE final_tallies SET counted = 7",
        "UPDATE count_changes SET changes = changes",
        "UPDATE count_changes SET changes = 0",
        "DELETE FROM count_changes",
    ):
        with pytest.raises(DBAPIError, match="append-only"), writing(closed.engine) as session:
            session.execute(text(statement))


def test_a_shape_of_before_is_counted_anew(closed: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that counts something more doesn't read what one of before has kept."""
    monkeypatch.setattr("survey.final_counts.shape_of", lambda _: "another")
    monkeypatch.setattr("survey.finishing.shape_of", lambda _: "another")
    agree(closed, kept=0)
    assert finish(closed.engine) == 2
    agree(closed)


def test_nothing_is_kept_of_an_open_period(place: Place) -> None:
    filled(place)
    assert finish(place.engine) == 0
    agree(place, kept=0)


def test_the_check_names_what_differs(
    closed: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong figure with digests that fit, as only a program could have stored it."""
    monkeypatch.setenv("DATABASE_URL", closed.url)
    assert main(["final-counts", "--check"]) == 0
    with reading(closed.engine) as session:
        institution = session.get_one(Unit, closed.unit).institution_id
        kept = find_final(session, [closed.period], [closed.unit], INSTRUMENT, parts=True).kept
    wrong = replace(kept[closed.unit, closed.period], received=61)
    pair = closed.unit, closed.period
    asked = CountedUnits(closed.period, institution, shape_of(INSTRUMENT), {pair: wrong})
    with writing(closed.engine) as session:
        keep(session, asked)
    assert [(one.unit, one.period) for one in altered(closed.engine)] == [(UNIT, PERIOD)]
    assert main(["final-counts", "--check"]) == 1
    assert f"{UNIT}, {PERIOD}" in capsys.readouterr().out
    assert main(["final-counts", "--anew"]) == 0
    assert main(["final-counts", "--check"]) == 0
    agree(closed)

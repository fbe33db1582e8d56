"""A batch that is half in is shown and counted nowhere; nothing else happens to it meanwhile."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, func, select

import desk.__main__
import serving
from accounts.actors import Actor, Forbidden
from analysis.triage.reading import Triaged
from desk.comments.reading import reading_room
from desk.comments.to_review import comments_to_review
from desk.comments.triage import _read as read_by
from desk.home.closing import closing_effects
from desk.home.overview import overview
from desk.home.waiting import waiting_for
from desk.index.surveyed import left_out_sources
from desk.integrity.screening import keep_screening, report_of
from desk.jobs import Tell, run
from desk.office import imports, keying, periods
from desk.office.imports import KIND, WORKS, FileOfUnit, begin_import, import_file
from desk.office.keying import (
    SECOND,
    NewKeying,
    Sheet,
    SheetEntry,
    begin_keying,
    key_sheet,
    sample_of,
    store_keying_in_slices,
)
from desk.office.periods import close_in_slices, close_period, finish_interrupted
from desk.office.starting import finish_closings
from desk.office.withdrawals import propose_withdrawal, unit_batches
from desk.papers.contents import _files
from desk.papers.origin import collected_by
from desk.register.first_steps import unfinished
from desk.unit.results import batches_of, unit_results
from desk.unit.steps import keep_steps
from models import (
    Batch,
    CommentLabel,
    Job,
    Keying,
    Period,
    Response,
    Role,
    Screened,
    TriageVersion,
    UnfinishedBatch,
    UnfinishedClosing,
    Unit,
    now,
    reading,
    writing,
)
from survey.counts import (
    Selection,
    count_answers,
    count_experiences,
    count_people,
    count_responses,
)
from survey.files import asked_of, look_at
from survey.periods import asked_instrument
from survey.reading.understood import Understood, read_file
from survey.rows import read_responses
from survey.storage import ReadyRows, ready
from tests.desk.conftest import ELEMENTS, House
from tests.refusing import refusing

HEADING = ",".join([*ELEMENTS, "saran"])
ROWS = 60
REASON = "berkas kuartal yang lain"


def understood(house: House, rows: int = ROWS, value: int = 4, name: str = "a.csv") -> Understood:
    lines = [",".join([*([str(value)] * 8), str(1 + at % 4), f"Lambat {at}"]) for at in range(rows)]
    with reading(house.engine) as session:
        unit, period = session.get_one(Unit, house.clinic), session.get_one(Period, house.period)
        return read_file(
            "\n".join([HEADING, *lines]).encode(), name, asked_of(session, unit, period)
        )


def of_clinic(house: House, file: Understood) -> FileOfUnit:
    return FileOfUnit(house.clinic, house.period, file)


def while_half_in(house: House, look: Callable[[], object], end: bool = True) -> None:
    """Looks once, when some of the rows are in; then lets the rest in, or gives it up."""
    looked: list[object] = []

    def tell(done: int, rows: int) -> None:
        if 0 < done < rows and not looked:
            with reading(house.engine) as session:
                assert session.scalar(select(func.count()).select_from(UnfinishedBatch)) == 1
            looked.append(look())
            if not end:
                raise SystemExit

    try:
        import_file(house.engine, house.coordinator, of_clinic(house, understood(house)), tell)
    except SystemExit:
        assert not end
    assert looked


def everything(house: House) -> dict[str, Any]:
    """What is shown and counted, of whatever tells how many there are."""
    period, units = house.period, [house.clinic, house.registry]
    keep_steps(house.engine, house.analyst, house.clinic)
    keep_screening(house.engine, house.analyst, house.clinic, period)
    with reading(house.engine) as session:
        one = session.get_one(Period, period)
        instrument = asked_instrument(one)
        place = house.clinic, period
        results = unit_results(session, house.analyst, *place)
        report = report_of(session, house.analyst, *place)
        room = reading_room(session, house.analyst, house.clinic)
        selection = Selection([period], units)
        tallied = count_answers(session, instrument, ["unit_id", "source"], selection)
        people = count_people(session, instrument, [period], units)
        told = {role: waiting_for(session, actor) for role, actor in house.actors.items()}
        lines = overview(session, house.coordinator, period).lines
        return {
            "dashboard": (results.index, results.received, results.counted, results.withdrawn),
            "overview": [(line.unit.id, line.index, line.short) for line in lines],
            "waiting": {role: [(w.kind, w.about) for w in told[role]] for role in told},
            "screening": report and report.document["number"],
            "comments": sorted(quote.text for quote in room.quotes),
            "to review": comments_to_review(session, house.analyst),
            "tally": tallied.counted.to_dict("list"),
            "experiences": count_experiences(session, instrument, selection),
            "people": int(people["number"].sum()),
            "open data": len(read_responses(session, instrument, period, units)),
            "batches": [each.batch.id for each in unit_batches(session, house.official, place[0])],
            "sources": [each.id for each in batches_of(session, house.official, *place)],
            "left out": left_out_sources(session, ["import"], [period]),
            "files of papers": _files(session, one, units),
            "origin": collected_by(session, one, units, people).batches,
            "first steps": unfinished(session, house.coordinator),
            "closing": closing_effects(session, house.coordinator, [one]),
        }


def test_it_is_seen_nowhere_before_all_of_it_is_in(house: House) -> None:
    house.rate(3, 6, comment="Bagus", readers="unit", experience=("none",))
    before = everything(house)
    while_half_in(house, lambda: everything(house) == before or pytest.fail("it is seen"))
    after = everything(house)
    same = {name for name in before if before[name] == after[name]}
    assert same <= {"waiting", "to review", "experiences", "first steps", "closing"}
    assert after["dashboard"][1:] == (6 + ROWS, 6 + ROWS, 0)


def test_nobody_is_told_that_ratings_have_come_before_all_of_it_is_in(house: House) -> None:
    def look() -> None:
        with reading(house.engine) as session:
            assert unfinished(session, house.coordinator)

    while_half_in(house, look)
    with reading(house.engine) as session:
        assert not unfinished(session, house.coordinator)


def test_comments_that_are_half_in_are_read_by_no_triage(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose labels nobody could remove again."""
    read: list[str] = []
    praise: dict[str, Any] = {
        "label": "praise",
        "secondary": None,
        "aspect": None,
        "confidence": 1.0,
        "abstained": False,
        "elements": (),
        "sentiment": "positive",
        "urgent": False,
        "withheld": False,
        "concepts": (),
        "reasons": (),
    }

    def as_praise(texts: list[str], _model: object) -> list[Triaged]:
        read.extend(texts)
        return [Triaged(**praise) for _ in texts]

    monkeypatch.setattr("desk.comments.triage.triage", as_praise)
    house.rate(3, comment="Bagus")
    with writing(house.engine) as session:
        version = TriageVersion(
            corpus_hash="c" * 64,
            reviews=0,
            last_review=0,
            parameters="{}",
            scores="{}",
            user_id=house.analyst.user_id,
            created_at=now(),
        )
        session.add(version)
    model: Any = None
    while_half_in(house, lambda: read_by(house.engine, version, model, lambda *_: None))
    assert read == ["Bagus"]
    read_by(house.engine, version, model, lambda *_: None)
    assert len(read) == 1 + ROWS
    with reading(house.engine) as session:
        assert session.scalar(select(func.count()).select_from(CommentLabel)) == 1 + ROWS


def test_the_period_is_not_closed_meanwhile(house: House) -> None:
    def close() -> None:
        with refusing("being stored right now"):
            close_in_slices(house.engine, house.coordinator, house.period)
        with refusing("being stored right now"), writing(house.engine) as session:
            close_period(session, house.coordinator, house.period)

    while_half_in(house, close)
    close_in_slices(house.engine, house.coordinator, house.period)
    assert counted(house) == ROWS


def test_it_is_not_withdrawn_meanwhile(house: House) -> None:
    def withdraw() -> None:
        with reading(house.engine) as session:
            (batch,) = session.scalars(select(Batch.id))
        with refusing("being stored right now"), writing(house.engine) as session:
            propose_withdrawal(session, house.official, batch, REASON)

    while_half_in(house, withdraw)


def test_another_file_and_the_same_one_wait_for_it(house: House) -> None:
    def import_more() -> None:
        for other in (understood(house), understood(house, 7, 1, "b.csv")):
            with refusing("being stored right now"):
                store(house, other)

    while_half_in(house, import_more)
    assert counted(house) == ROWS
    with refusing("imported before"):
        store(house, understood(house))
    store(house, understood(house, 7, 1, "b.csv"))
    assert counted(house) == ROWS + 7


def test_the_same_answers_in_another_unit_are_noticed_meanwhile(house: House) -> None:
    def import_there() -> None:
        again = FileOfUnit(house.registry, house.period, understood(house, name="lain.csv"))
        with refusing("60 of the 60 answers that are stored already"):
            import_file(house.engine, house.coordinator, again)

    while_half_in(house, import_there)


def test_answers_that_came_since_the_comparing_are_noticed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The comparing takes long, and so comes before others have to wait."""
    compare = look_at
    other = FileOfUnit(house.registry, house.period, understood(house, name="lain.csv"))

    def overtaken(session: Any, unit: Unit, *more: Any) -> Any:
        found = compare(session, unit, *more)
        if unit.id == house.registry:
            store(house, understood(house))
        return found

    monkeypatch.setattr(imports, "look_at", overtaken)
    with refusing("60 of the 60 answers that are stored already"):
        import_file(house.engine, house.coordinator, other)


def counted(house: House) -> int:
    with reading(house.engine) as session:
        found = count_responses(session, Selection([house.period], [house.clinic]))
    return found[house.clinic, house.period].counted


def store(house: House, file: Understood) -> Batch:
    return import_file(house.engine, house.coordinator, of_clinic(house, file))


def test_what_died_half_in_keeps_nobody_from_closing(house: House) -> None:
    given_up(house)
    close_in_slices(house.engine, house.coordinator, house.period)
    assert house.acts() == ["undo_batch", "close_period"]


def test_what_died_half_in_is_undone_by_the_next_import(house: House) -> None:
    given_up(house)
    store(house, understood(house))
    assert house.acts() == ["undo_batch", "import"]
    assert counted(house) == ROWS


def test_the_command_undoes_it_and_finishes_closings(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given_up(house)
    monkeypatch.setenv("DATABASE_URL", house.engine.url.render_as_string(hide_password=False))
    for told in ("1 interrupted batches undone, 0", "0 interrupted batches undone, 0"):
        assert desk.__main__.main(["settle"]) == 0
        assert told in capsys.readouterr().out
    assert not rows_left(house)


def test_the_next_start_undoes_it_and_goes_on_with_closings(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    house.rate(3, 6, unit=house.registry, day=now().date().replace(day=17))
    before = rows_left(house)
    given_up(house)
    monkeypatch.setenv("DATA", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", house.engine.url.render_as_string(hide_password=False))
    serving.migrate_database()
    assert rows_left(house) == before
    monkeypatch.setattr(periods, "_finish", lambda *_: None)
    close_in_slices(house.engine, house.coordinator, house.period)
    monkeypatch.undo()
    assert not forgotten(house)
    monkeypatch.setenv("DATABASE_URL", house.engine.url.render_as_string(hide_password=False))
    finish_closings(house.engine)
    assert forgotten(house)


def given_up(house: House) -> None:
    """Leaves a batch half in, as a process that dies does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("survey.arriving._undo", lambda *_: None)
        while_half_in(house, lambda: None, end=False)
    assert rows_left(house)


def rows_left(house: House) -> int:
    with reading(house.engine) as session:
        return session.scalar(select(func.count()).select_from(Response)) or 0


def test_who_loses_the_role_meanwhile_stores_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATA", str(tmp_path))
    with writing(house.engine) as session:
        place = house.clinic, house.period
        job = begin_import(session, house.coordinator, *place, understood(house)).id

    def losing(engine: Engine, actor: Actor, asked: Any, tell: Tell) -> tuple[str, bytes]:
        def and_lose(done: int, rows: int) -> None:
            if done:
                with writing(engine) as session:
                    session.execute(delete(Role).where(Role.user_id == actor.user_id))
            tell(done, rows)

        return WORKS[KIND](engine, actor, asked, and_lose)

    run(house.engine, job, losing)
    assert not rows_left(house)
    with reading(house.engine) as session:
        assert session.get_one(Job, job).state == "failed"
        assert "roles" in session.get_one(Job, job).problem


def test_a_job_tells_how_far_it_is(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATA", str(tmp_path))
    with writing(house.engine) as session:
        place = house.clinic, house.period
        job = begin_import(session, house.coordinator, *place, understood(house)).id
    told = []

    def watched(engine: Engine, actor: Actor, asked: Any, tell: Tell) -> tuple[str, bytes]:
        def and_note(done: int, rows: int) -> None:
            told.append((done, rows))
            tell(done, rows)

        return WORKS[KIND](engine, actor, asked, and_note)

    run(house.engine, job, watched)
    assert told[0] == (0, ROWS)
    assert told[-1] == (ROWS, ROWS)
    assert len(told) > 2


def a_pile(house: House, sheets: int) -> int:
    """A pile of paper forms, keyed whole."""
    with writing(house.engine) as session:
        new = NewKeying(house.clinic, house.period, "K1", sheets)
        pile = begin_keying(session, house.official, new)
        sheet = Sheet(answers=dict.fromkeys(ELEMENTS, 2))
        for serial in range(1, sheets + 1):
            key_sheet(session, house.official, pile.id, SheetEntry(serial, sheet))
        for serial in sample_of(pile):
            key_sheet(session, house.official, pile.id, SheetEntry(serial, sheet, SECOND))
        return pile.id


def test_a_pile_arrives_in_slices_too_and_may_be_stored_again_once_undone(house: House) -> None:
    pile = a_pile(house, 55)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("survey.arriving.ready", stopping_after(1))
        with pytest.raises(SystemExit):
            store_keying_in_slices(house.engine, house.official, pile)
    assert not rows_left(house)
    with reading(house.engine) as session:
        assert session.get_one(Keying, pile).batch_id is None
    store_keying_in_slices(house.engine, house.official, pile)
    with refusing("stored"):
        store_keying_in_slices(house.engine, house.official, pile)
    assert counted(house) == 55
    assert house.last_act().act == "store_keying"


@pytest.mark.parametrize("role", ["other_official", "analyst", "nobody"])
def test_nobody_else_stores_a_pile(house: House, role: str) -> None:
    pile = a_pile(house, 3)
    with pytest.raises(Forbidden):
        store_keying_in_slices(house.engine, house.actors[role], pile)
    assert not rows_left(house)


def stopping_after(slices: int) -> Callable[..., ReadyRows]:
    """Makes rows ready so many times."""
    left = iter(range(slices))

    def ready_or_stop(*given: Any) -> ReadyRows:
        if next(left, None) is None:
            raise SystemExit
        return ready(*given)

    return ready_or_stop


def test_a_sheet_that_is_corrected_while_the_pile_is_looked_through_is_stored_so(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    pile = a_pile(house, 10)
    look, corrected = keying._look_at, Sheet(answers=dict.fromkeys(ELEMENTS, 4))

    def overtaken(session: Any, keying_id: int) -> Any:
        found = look(session, keying_id)
        if not rows_corrected:
            rows_corrected.append(1)
            with writing(house.engine) as other:
                for serial in range(1, 11):
                    for round in (1, SECOND):
                        entry = SheetEntry(serial, corrected, round)
                        if round == 1 or serial in sample_of(other.get_one(Keying, pile)):
                            key_sheet(other, house.official, pile, entry)
        return found

    rows_corrected: list[int] = []
    monkeypatch.setattr(keying, "_look_at", overtaken)
    store_keying_in_slices(house.engine, house.official, pile)
    index = everything(house)["dashboard"][0]
    assert index.shown == "100.00"


def test_closing_in_slices_is_the_same_as_closing_at_once(house: House) -> None:
    house.rate(3, 30, day=now().date().replace(day=17))
    house.rate(4, 6, unit=house.registry)
    close_in_slices(house.engine, house.coordinator, house.period)
    assert forgotten(house)
    assert house.acts() == ["close_period"]
    assert house.last_act().details["responses"] == 36
    with refusing("closed already"):
        close_in_slices(house.engine, house.coordinator, house.period)


@pytest.mark.parametrize("at", ["keep_last", "_forget"])
def test_a_closing_that_was_interrupted_goes_on(
    house: House, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the next start, closing or command; nothing is screened without its days."""
    house.rate(3, 30, day=now().date().replace(day=17))
    done = getattr(periods, at)

    def some(session: Any, rows: Any) -> None:
        done(session, rows[:1])
        raise SystemExit

    monkeypatch.setattr(periods, at, some)
    with pytest.raises(SystemExit):
        close_in_slices(house.engine, house.coordinator, house.period)
    monkeypatch.setattr(periods, at, done)
    assert not forgotten(house)
    with writing(house.engine) as session, refusing("closed already"):
        close_period(session, house.coordinator, house.period)
    assert finish_interrupted(house.engine) == 1
    assert forgotten(house)
    assert finish_interrupted(house.engine) == 0
    with reading(house.engine) as session:
        kept = session.scalars(select(Screened)).one()
        assert (kept.final, kept.counted) == (True, 30)
        assert "days" not in kept.document


def forgotten(house: House) -> bool:
    """Whether no response knows its day any more, and no closing is unfinished."""
    with reading(house.engine) as session:
        rows = session.scalars(select(Response)).all()
        left = session.scalar(select(func.count()).select_from(UnfinishedClosing))
    days = {row.local_date and row.local_date.day for row in rows}
    return not left and days <= {1} and not any(row.quarter_hour for row in rows)

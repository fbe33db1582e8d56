"""Answers of closed periods in an archive: the same results before and after they were removed."""

import errno
import json
import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from sqlalchemy import delete, select, text, update

from analysis.__main__ import main as analyse
from analysis.errors import BadInput
from analysis.index.satisfaction import satisfaction
from analysis.rulebook.scheme import load_scheme
from models import (
    AuditEvent,
    Batch,
    Period,
    Unit,
    User,
    Withdrawal,
    now,
    open_engine,
    reading,
    writing,
)
from survey.__main__ import main
from survey.answer_archive import folder as archive_folder
from survey.answer_archive import thinning
from survey.answer_archive.folder import MANIFEST
from survey.answer_archive.rules import archive_rules
from survey.counts import (
    Selection,
    count_answers,
    count_experiences_apart,
    count_people,
    count_responses,
)
from survey.receipts import create_secret, key_file
from survey.rows import held_answers, read_arrivals, read_items, read_responses
from survey.storage import CheckedResponse, store
from tests.survey.conftest import Place
from tests.survey.test_counts import INSTRUMENT, JULY, JUNE, _row

SKM = load_scheme("skm-2017")
OLD = archive_rules().thin_after_days + 1


@pytest.fixture
def archives(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where archives stand; a unit of 74 citizens, 30 of a file, and one of four, long closed."""
    monkeypatch.setenv("DATA", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", owned(place))
    monkeypatch.delenv("ARCHIVES", raising=False)
    create_secret(key_file(tmp_path))
    fill(place)
    return tmp_path / "archives"


def owned(place: Place) -> str:
    """The URL of the database for its owner."""
    return re.sub("//suara_layanan_app@", "//postgres@", place.url)


def fill(place: Place) -> None:
    chance = np.random.default_rng(3)
    items = [item.key for item in INSTRUMENT.items]

    def given() -> dict[str, int]:
        return {item: int(v) for item in items if (v := chance.integers(0, 5))}

    rows = [
        _row(given(), place.services[at % 7 == 0], (JUNE, JULY)[at % 2], "undue_delay")
        if at % 5 == 0
        else _row(given(), place.services[at % 7 == 0], (JUNE, JULY)[at % 2], "none")
        for at in range(70)
    ]
    rows += [_row({}, None, JULY, "declined") for _ in range(4)]
    with writing(place.engine) as session:
        period = session.get_one(Period, place.period)
        first, second = (session.get_one(Unit, key) for key in (place.unit, place.other_unit))
        batch = Batch(
            institution_id=first.institution_id,
            unit_id=first.id,
            period_id=period.id,
            file_name="a.csv",
            file_hash="f" * 64,
            rows=30,
            actor="Ani",
            created_at=now(),
        )
        session.add(batch)
        session.flush()
        imported = [
            CheckedResponse(
                answers=given(), channel="import", provenance="import", batch_id=batch.id
            )
            for _ in range(30)
        ]
        store(session, first, period, INSTRUMENT, [*rows, *imported])
        store(session, second, period, INSTRUMENT, [_row({"time": 3}, None, JULY)] * 4)
    close_long_ago(place)


def close_long_ago(place: Place) -> None:
    """Closes the period as if years had passed since."""
    place.close()
    engine = open_engine(owned(place))
    long_ago = now() - timedelta(days=OLD)
    with writing(engine) as session:
        guard = "DISABLE" if session.get_bind().dialect.name == "postgresql" else None
        if guard:
            session.execute(text("ALTER TABLE periods DISABLE TRIGGER ALL"))
            session.execute(update(Period).values(closed_at=long_ago))
            session.execute(text("ALTER TABLE periods ENABLE TRIGGER ALL"))
        else:
            found = session.execute(
                text(
                    "SELECT name, sql FROM sqlite_master"
                    " WHERE type = 'trigger' AND tbl_name = 'periods'"
                )
            ).all()
            for name, _ in found:
                session.execute(text(f"DROP TRIGGER {name}"))
            session.execute(update(Period).values(closed_at=long_ago))
            for _, sql in found:
                session.connection().exec_driver_sql(sql)


Results = dict[str, Any]


def results(place: Place) -> Results:
    """All that counts and rows say of both units."""
    units = [place.unit, place.other_unit]
    found: Results = {}
    with reading(place.engine) as session:
        for without in ((), ("open_link",)):
            here = Selection([place.period], units, without)
            for by in (["unit_id"], ["unit_id", "service_id", "month", "source"], ["period_id"]):
                tally = count_answers(session, INSTRUMENT, by, here, pairs=True)
                plain = tally.counted.astype(object).where(tally.counted.notna(), None)
                found[f"{by} {without}"] = plain.to_numpy().tolist()
            tally = count_answers(session, INSTRUMENT, ["unit_id"], here)
            found[f"index {without}"] = satisfaction(tally, SKM)
            found[f"experiences {without}"] = count_experiences_apart(session, INSTRUMENT, here)
            found[f"responses {without}"] = count_responses(session, here)
        people = count_people(session, INSTRUMENT, [place.period], units).astype(object)
        found["people"] = sorted(map(str, people.where(people.notna(), None).to_numpy().tolist()))
        items = read_items(session, INSTRUMENT, place.period, place.unit).astype(object)
        found["items"] = sorted(map(str, items.where(items.notna(), 0).to_numpy().tolist()))
        held = held_answers(session, INSTRUMENT, place.period, place.unit)
        found["held"] = sorted(held.of.tolist()), held.sources, float(np.nansum(held.answers))
    return found


def answers_stored(place: Place) -> int:
    return place.stored()["answers_skm_2017"]


def test_results_are_the_same_before_and_after(place: Place, archives: Path) -> None:
    before, stored = results(place), answers_stored(place)
    assert main(["archive-answers", "arsip-2026"]) == 0
    assert main(["thin", "arsip-2026", "--dry-run"]) == 0
    assert (results(place), answers_stored(place)) == (before, stored)
    assert main(["thin", "arsip-2026"]) == 0
    assert answers_stored(place) < stored / 2
    assert results(place) == before
    (one,) = place.rows("thinned_units")
    assert one["rows"] == stored - answers_stored(place)
    with reading(place.engine) as session:
        acts = session.scalars(select(AuditEvent.act).order_by(AuditEvent.id)).all()
    assert acts[-2:] == ["archive_answers", "thin_answers"]


def test_an_archive_tells_nothing_of_persons_nor_of_few(place: Place, archives: Path) -> None:
    assert main(["archive-answers", "a"]) == 0
    (file,) = (archives / "a").rglob("*.parquet")
    read = pq.read_table(file, partitioning=None)
    rows = read.to_pandas()
    items = [item.key for item in INSTRUMENT.items]
    keys = ["service", "month", "channel", "provenance", "batch_id", "service_id"]
    ours = ["unit", "institution", "period", "unit_id", "period_id", "alike"]
    assert set(read.column_names) == {*items, *keys, *ours}
    assert {str(read.schema.field(item).type) for item in items} == {"int8"}
    assert "dictionary" in str(read.schema.field("unit").type)
    assert len(rows) == 104  # without the unit of four
    assert rows[~rows["alike"]][keys].isna().all(axis=None)
    assert (~rows["alike"]).sum() >= 5
    whole = rows[rows["alike"]].groupby(keys, dropna=False, observed=True).size()
    assert whole.min() >= 5
    assert file.parent.name == "province=nasional" or file.parent.name.startswith("province=")
    manifest = json.loads((archives / "a" / MANIFEST).read_text())["manifest"]
    assert manifest["parts"][0]["left_out"] == 4


@pytest.mark.parametrize("counter", ["duckdb:", pytest.param("local[2]", marks=pytest.mark.spark)])
def test_the_table_of_an_archive_is_that_of_the_database(
    place: Place, archives: Path, capsys: pytest.CaptureFixture[str], counter: str
) -> None:
    """But for units under five, which no archive holds."""
    database = ["satisfaction", "--engine", owned(place), "--json"]
    assert analyse(database) == 0
    stored = {one["unit"]: one for one in json.loads(capsys.readouterr().out)["units"]}
    assert main(["archive-answers", "a"]) == 0
    capsys.readouterr()
    assert analyse(["satisfaction", "--engine", counter, str(archives / "a"), "--json"]) == 0
    (archived,) = json.loads(capsys.readouterr().out)["units"]
    assert stored.pop(archived["unit"]) == archived
    assert [one["n"] for one in stored.values()] == [4]
    assert main(["thin", "a"]) == 0
    assert analyse(database) == 2
    assert "in an archive alone" in capsys.readouterr().err
    assert analyse([*database, "--year", "1999"]) == 2


def test_finished_counts_stay_as_they_were_before(place: Place, archives: Path) -> None:
    """Of services and months an archive tells less, which is no difference to be told."""
    assert main(["final-counts"]) == main(["archive-answers", "a"]) == 0
    before, kept = results(place), place.rows("final_tallies")
    assert kept
    assert main(["thin", "a"]) == main(["final-counts", "--check"]) == 0
    assert main(["final-counts", "--anew"]) == main(["final-counts", "--check"]) == 0
    assert (results(place), place.rows("final_tallies")) == (before, kept)


def test_rows_that_no_longer_stand_side_by_side_are_refused(place: Place, archives: Path) -> None:
    assert main(["archive-answers", "a"]) == main(["thin", "a"]) == 0
    with reading(place.engine) as session:
        with pytest.raises(BadInput, match="answers_archived"):
            read_responses(session, INSTRUMENT, place.period, [place.unit])
        with pytest.raises(BadInput, match="answers_archived"):
            read_arrivals(session, INSTRUMENT, place.period, [place.unit])
        assert len(read_arrivals(session, INSTRUMENT, place.period, [place.other_unit])) == 4


def test_a_batch_that_is_withdrawn_later_counts_no_more(place: Place, archives: Path) -> None:
    assert main(["archive-answers", "a"]) == main(["thin", "a"]) == 0
    before = results(place)
    with writing(place.engine) as session:
        people = [User(username=n, name=n, password_hash="x", active=True) for n in ("ani", "budi")]
        session.add_all(people)
        session.flush()
        session.add(
            Withdrawal(
                batch_id=session.scalars(select(Batch.id)).one(),
                reason="berkas yang keliru",
                proposed_by=people[0].id,
                proposed_at=now(),
                confirmed=None,
            )
        )
        session.flush()
        session.execute(
            update(Withdrawal).values(confirmed=True, decided_by=people[1].id, decided_at=now())
        )
    with reading(place.engine) as session:
        here = Selection([place.period], [place.unit])
        after = count_answers(session, INSTRUMENT, ["unit_id"], here)
        apart = count_answers(session, INSTRUMENT, ["source"], here)
    assert set(apart.counted["source"]) == {"open_link"}
    assert after.respondents[0] < before["['unit_id'] ()"][0][1]


def spoil_cut(archive: Path) -> None:
    (file,) = archive.rglob("*.parquet")
    file.write_bytes(file.read_bytes()[:-1])


def spoil_content(archive: Path) -> None:
    (file,) = archive.rglob("*.parquet")
    content = bytearray(file.read_bytes())
    content[100] ^= 1
    file.write_bytes(content)


def spoil_missing(archive: Path) -> None:
    (file,) = archive.rglob("*.parquet")
    file.unlink()


def spoil_more(archive: Path) -> None:
    (file,) = archive.rglob("*.parquet")
    (file.parent / "more.parquet").write_bytes(file.read_bytes())


def spoil_manifest(archive: Path, **changes: object) -> None:
    told = json.loads((archive / MANIFEST).read_text())
    told["manifest"] |= changes or {"made_by": "somebody"}
    (archive / MANIFEST).write_text(json.dumps(told))


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "cut": (spoil_cut, "SHA-256"),
    "content": (spoil_content, "SHA-256"),
    "missing": (spoil_missing, "no file"),
    "more": (spoil_more, "does not name"),
    "manifest": (spoil_manifest, "not as it was sealed"),
    "older": (lambda archive: spoil_manifest(archive, format=0), "format 0"),
    "no manifest": (lambda archive: (archive / MANIFEST).unlink(), "no manifest"),
    "no JSON": (lambda archive: (archive / MANIFEST).write_text("{"), "not as it was sealed"),
}


@pytest.mark.parametrize("how", SPOILT)
def test_nothing_is_removed_for_an_archive_that_does_not_hold(
    place: Place, archives: Path, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    stored = answers_stored(place)
    assert main(["archive-answers", "a"]) == 0
    spoil, told = SPOILT[how]
    spoil(archives / "a")
    for command in (["thin", "a"], ["check-archive", str(archives / "a")]):
        assert main(command) == 2
        assert told in capsys.readouterr().err
    assert answers_stored(place) == stored
    assert place.rows("thinned_units") == []


def test_an_archive_that_is_gone_or_another_is_told_when_it_is_read(
    place: Place, archives: Path
) -> None:
    assert main(["archive-answers", "a"]) == main(["thin", "a"]) == 0
    spoil_content(archives / "a")
    with pytest.raises(BadInput, match="archive_part_differs"):
        results(place)
    (archives / "a").rename(archives.parent / "elsewhere")
    with pytest.raises(BadInput, match="archive_gone"):
        results(place)


def test_answers_that_changed_since_are_not_removed(
    place: Place, archives: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["archive-answers", "a"]) == 0
    with writing(open_engine(owned(place))) as session:
        session.add(
            Withdrawal(
                batch_id=session.scalars(select(Batch.id)).one(),
                reason="berkas yang keliru",
                proposed_by=_user(session, "ani"),
                proposed_at=now(),
                confirmed=None,
            )
        )
        session.flush()
        decided = {"decided_by": _user(session, "budi"), "decided_at": now()}
        session.execute(update(Withdrawal).values(confirmed=True, **decided))
    assert main(["thin", "a"]) == 2
    assert "than the database counts now" in capsys.readouterr().err
    assert place.rows("thinned_units") == []


def _user(session: Any, name: str) -> int:
    user = User(username=name, name=name, password_hash="x", active=True)
    session.add(user)
    session.flush()
    return user.id


def test_a_young_period_stays(
    place: Place, archives: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["archive-answers", "a"]) == 0
    rules = archive_rules().model_copy(update={"thin_after_days": OLD + 1})
    monkeypatch.setattr(thinning, "archive_rules", lambda: rules)
    stored = answers_stored(place)
    assert main(["thin", "a"]) == 0
    assert answers_stored(place) == stored


class Killed(BaseException):
    """As by kill -9: nobody tidies up."""


def test_a_full_disk_leaves_no_archive(
    place: Place,
    archives: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        assert main(["archive-answers", "a"]) == 2
    assert "No space left on device" in capsys.readouterr().err
    assert list(archives.iterdir()) == []
    assert main(["archive-answers", "a"]) == 0
    assert main(["archive-answers", "a"]) == 2


@pytest.mark.parametrize("step", ["write_part", "write_manifest", "settle"])
def test_killed_while_writing_it_leaves_the_database_alone(
    place: Place, archives: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """What was half written is no archive; the next run replaces it."""
    before = results(place)
    from survey.answer_archive import archiving

    module = archive_folder if step == "settle" else archiving

    def kill(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(module, step, kill)
        patch.setattr(archive_folder, "rmtree", lambda *_, **__: None)
        with pytest.raises(Killed):
            main(["archive-answers", "a"])
    assert results(place) == before
    if step != "settle":
        assert main(["thin", "a"]) == 2
        assert main(["archive-answers", "a"]) == 0
    assert main(["thin", "a"]) == 0
    assert results(place) == before


@pytest.mark.parametrize("after", range(4))
def test_killed_while_removing_each_unit_is_here_or_there(
    place: Place, archives: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    before = results(place)
    assert main(["archive-answers", "a"]) == 0
    left = iter(range(after))

    def counted(of: Any) -> Any:
        if next(left, None) is None:
            raise Killed
        return delete(of)

    monkeypatch.setattr(thinning, "AT_ONCE", 20)  # so that a unit takes several statements
    with monkeypatch.context() as patch:
        patch.setattr(thinning, "delete", counted)
        with pytest.raises(Killed):
            main(["thin", "a"])
    assert results(place) == before
    assert place.rows("thinned_units") == []
    assert main(["thin", "a"]) == 0
    assert results(place) == before
    assert main(["thin", "a"]) == 0  # again, where nothing is left
    assert results(place) == before


def test_the_application_may_not_thin(
    place: Place,
    archives: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On PostgreSQL, which knows roles; then nothing is removed nor told."""
    stored, postgresql = answers_stored(place), place.engine.dialect.name == "postgresql"
    assert main(["archive-answers", "a"]) == 0
    role = "suara_layanan_app"
    monkeypatch.setenv("DATABASE_URL", owned(place).replace("//postgres@", f"//{role}@"))
    assert main(["thin", "a"]) == (2 if postgresql else 0)
    assert (answers_stored(place) == stored) is postgresql
    with reading(place.engine) as session:
        acts = session.scalars(select(AuditEvent.act)).all()
    assert ("thin_answers" in acts) is not postgresql
    assert ("Traceback" in capsys.readouterr().err) is False

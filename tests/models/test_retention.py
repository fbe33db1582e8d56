"""What names people is let go after its time; what is counted stays, and the trace says so."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import JSON, String, Text, func, select, text

from models import (
    AuditEvent,
    Job,
    KeyedSheet,
    Keying,
    LinkedIdentity,
    LogIn,
    Period,
    RecoveryCode,
    Response,
    SecondFactor,
    User,
    every_table,
    now,
    reading,
    writing,
)
from models.__main__ import main
from models.keeping import retention
from models.keeping.retention import BLANK, LET_GO, rules
from models.people import TRIED, LogInFailure
from models.trace import follow
from tests.conftest import ROOT
from tests.models.conftest import House

LONG = timedelta(days=4000)


@pytest.fixture
def kept_long(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """One old and one new row of each kind, and somebody who left long ago."""
    monkeypatch.setenv("DATABASE_URL", house.engine.url.render_as_string(False))
    place = {
        "institution_id": house.institution,
        "unit_id": house.unit,
        "period_id": house.period,
    }
    with writing(house.engine) as session:
        for name, active in (("citra", False), ("dewi", False), ("eka", True)):
            session.add(user := User(username=name, name=name, password_hash="x", active=active))
            session.flush()
            session.add(RecoveryCode(code_hash=name.rjust(64, "0"), user_id=user.id))
            session.add(
                SecondFactor(user_id=user.id, encrypted=name, last_step=1, created_at=now())
            )
            session.add(LinkedIdentity(user_id=user.id, issuer="x", subject=name, created_at=now()))
        dewi = session.scalars(select(User).where(User.username == "dewi")).one()
        session.add(
            AuditEvent(created_at=now(), user_id=dewi.id, actor="dewi", act="log_out", details={})
        )
        for at, ago in enumerate((LONG, timedelta())):
            session.add(
                LogIn(
                    cookie_hash=str(at) * 64,
                    user_id=house.user,
                    created_at=now() - ago,
                    expires_at=now() - ago,
                )
            )
            session.add(a_job(house.user, ago))
        keying = Keying(
            **place,
            name="a",
            sheets=2,
            user_id=house.user,
            created_at=now(),
            batch_id=house.batch,
        )
        waiting = Keying(**place, name="b", sheets=1, user_id=house.user, created_at=now())
        session.add_all([keying, waiting])
        session.flush()
        for pile in (keying, waiting):
            session.add(
                KeyedSheet(
                    keying_id=pile.id,
                    serial=1,
                    round=1,
                    filled='{"answers": {"time": 1}}',
                    user_id=house.user,
                    keyed_at=now(),
                )
            )
    return house


def a_job(user: int, ago: timedelta) -> Job:
    return Job(
        kind="bundle",
        asked={},
        user_id=user,
        created_at=now() - ago,
        state="done",
        done=1,
        total=1,
        stop=False,
        problem="",
        heard_at=now() - ago,
    )


def test_a_dry_run_tells_and_changes_nothing(
    kept_long: House, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["retain", "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert "log_ins: 1 older than 90 days" in told
    assert "users: 1 older than 1825 days" in told
    assert "Nothing was changed (--dry-run)." in told
    with reading(kept_long.engine) as session:
        assert session.scalar(select(func.count()).select_from(LogIn)) == 2
        assert session.scalar(select(User.name).where(User.username == "citra")) == "citra"


def test_what_is_old_is_let_go_and_what_is_counted_stays(
    kept_long: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shortened = rules().model_copy(update={"days": dict(rules().days) | {"keyed_sheets": 0}})
    monkeypatch.setattr(retention, "rules", lambda: shortened)
    with reading(kept_long.engine) as session:
        responses = session.scalar(select(func.count()).select_from(Response))
    assert main(["retain"]) == 0
    assert "Let go; the trace says so." in capsys.readouterr().out
    with reading(kept_long.engine) as session:
        assert session.scalar(select(func.count()).select_from(LogIn)) == 1
        assert session.scalar(select(func.count()).select_from(Job)) == 1
        names = dict(session.execute(select(User.username, User.active)).all())
        assert {"dewi", "eka"} < names.keys()
        (former,) = [name for name in names if name.startswith("mantan-")]
        assert names[former] is False
        filled = session.scalars(select(KeyedSheet.filled).order_by(KeyedSheet.keying_id)).all()
        assert filled == [BLANK, '{"answers": {"time": 1}}']
        assert session.scalar(select(func.count()).select_from(Response)) == responses
        last = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert last is not None
        assert last.act == "retain"
        assert last.details == {
            "rules": rules().id,
            "log_ins": 1,
            "jobs": 1,
            "keyed_sheets": 1,
            "recovery_codes": 1,
            "second_factors": 1,
            "linked_identities": 1,
            "users": 1,
        }
        assert set(session.scalars(select(SecondFactor.encrypted))) == {"dewi", "eka"}
        assert session.scalar(select(func.count()).select_from(RecoveryCode)) == 2
        assert set(session.scalars(select(LinkedIdentity.subject))) == {"dewi", "eka"}
        assert follow(session).broken is None
    capsys.readouterr()
    assert main(["retain", "--dry-run"]) == 0
    assert "users: 0 older" in capsys.readouterr().out


def test_who_was_let_go_before_loses_the_second_factor_too(kept_long: House) -> None:
    """Names were let go of by an older version, which left what the telephone shares."""
    with writing(kept_long.engine) as session:
        citra = session.scalars(select(User).where(User.username == "citra")).one()
        citra.username, citra.name, citra.password_hash = "mantan-9", "mantan-9", ""
    assert main(["retain"]) == 0
    with reading(kept_long.engine) as session:
        assert set(session.scalars(select(SecondFactor.encrypted))) == {"dewi", "eka"}


def test_sheets_that_can_no_longer_be_stored_are_emptied(
    kept_long: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    shortened = rules().model_copy(update={"days": {"keyed_sheets": 0}})
    monkeypatch.setattr(retention, "rules", lambda: shortened)
    with writing(kept_long.engine) as session:
        session.get_one(Period, kept_long.period).closed_at = now()
    assert main(["retain"]) == 0
    with reading(kept_long.engine) as session:
        assert set(session.scalars(select(KeyedSheet.filled))) == {BLANK}


def test_failures_are_let_go_where_they_stand_apart_from_the_trace(
    kept_long: House, capsys: pytest.CaptureFixture[str]
) -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    with writing(kept_long.engine) as session:
        session.add(
            LogInFailure(what=TRIED[0], whose="0" * 64, whence="1" * 64, created_at=long_ago)
        )
    assert main(["retain"]) == 0
    assert "log_in_failures: 1 older than 30 days" in capsys.readouterr().out
    with kept_long.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM log_in_failures")) == 0


def test_each_rule_is_of_something_that_is_let_go() -> None:
    assert rules().days.keys() == LET_GO.keys()
    assert all(days > 0 for days in rules().days.values())


def test_the_trace_is_kept_as_long_as_the_names_whose_last_act_it_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "retention.yaml"
    file.write_text(retention.FILE.read_text().replace("trace_days: 1825", "trace_days: 1824"))
    monkeypatch.setattr(retention, "FILE", file)
    with pytest.raises(ValueError, match="trace_days is less than the days of users"):
        rules()


def test_of_each_column_it_is_said_whether_it_is_let_go_or_why_it_stays() -> None:
    """A new column with words is neither until somebody has thought of it."""
    with_words = {
        (table.name, column.name)
        for table in every_table().sorted_tables
        for column in table.columns
        if isinstance(column.type, Text | JSON)
        or (isinstance(column.type, String) and column.type.length not in WORDS_AND_HASHES)
    }
    let_go = {
        (one.of.__tablename__, column.name)
        for some in LET_GO.values()
        for one in some
        for column in one.of.__table__.columns
        if not one.columns or column.name in one.columns
    }
    stays = kept_columns()
    assert with_words - let_go == set(stays)
    assert len(stays) == len(set(stays))


WORDS_AND_HASHES = (30, 64)


def kept_columns() -> list[tuple[str, str]]:
    """Those that docs/backup.md names in its last table."""
    told = (ROOT / "docs" / "backup.md").read_text().partition("## What stays, and why")[2]
    rows = [line.split("|")[1] for line in told.splitlines() if line.startswith("| `")]
    named = [found.split() for row in rows for found in re.findall("`([^`]+)`", row)]
    return [(table, column) for table, *columns in named for column in columns]

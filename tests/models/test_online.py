"""A migration of a full table holds up nobody who writes to it."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from time import sleep

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, Engine, text
from sqlalchemy.event import listen
from sqlalchemy.exc import IntegrityError

from models import migrate, open_engine, writing
from models.migrations import shape_fault
from models.migrations.online import create_index_online, replace_check_online
from models.migrations.upgrade import upgrade
from tests.postgres import Cluster
from tests.world import a_district

ROWS = 20_000
FILL = (
    "INSERT INTO responses (id, institution_id, unit_id, period_id, channel, provenance)"
    " SELECT gen_random_uuid(), units.institution_id, units.id, periods.id, 'open_link', 'self'"
    " FROM units JOIN periods USING (institution_id), generate_series(1, :rows)"
    " WHERE units.code = 'puskesmas-langgur'"
)
VISITED = "UPDATE service_visits SET number = number + 1"
COUNTED = (
    "INSERT INTO service_visits (service_id, period_id, unit_id, institution_id, number)"
    " SELECT services.id, periods.id, units.id, units.institution_id, 1"
    " FROM services JOIN units ON units.id = unit_id JOIN periods USING (institution_id)"
)


@pytest.fixture
def full(migrated_cluster: Cluster) -> Iterator[Engine]:
    """A database as it was before the indices of visits, with responses in it."""
    migrated_cluster.create("full")
    engine = open_engine(migrated_cluster.url("full"))
    upgrade(migrated_cluster.url("full"), to="0046")
    with writing(engine) as session:
        a_district(session)
        session.execute(text(FILL), {"rows": ROWS})
        session.execute(text(COUNTED))
    yield engine
    engine.dispose()
    migrated_cluster.drop("full")


def write(connection: Connection) -> None:
    """Adds a response and notes visits; waits for nobody longer than two seconds."""
    connection.execute(text("SET LOCAL lock_timeout = '2s'"))
    connection.execute(text(FILL), {"rows": 1})


def others_write(engine: Engine) -> None:
    for _ in range(3):
        with engine.begin() as connection:
            write(connection)


def under_way(engine: Engine, running: Future[None], what: str) -> None:
    """Waits until it is begun; fails where it is over already."""
    query = text(
        "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE :what"
        " AND pid <> pg_backend_pid()"
    )
    for _ in range(500):
        assert not running.done(), running.exception()
        with engine.connect() as connection:
            if connection.scalar(query, {"what": f"{what}%"}):
                return
        sleep(0.02)
    pytest.fail(f"{what} did not begin")


def operating(engine: Engine, work: Callable[[], None]) -> None:
    """Does a piece of a migration as the migrations do."""
    with engine.connect() as connection:
        opts = {"transaction_per_migration": True, "transactional_ddl": True}
        context = MigrationContext.configure(connection, opts=opts)
        with Operations.context(context), context.begin_transaction(_per_migration=True):
            work()


CHANNELS = "channel IN ('open_link', 'token', 'kiosk', 'paper', 'import')"
FEWER = "channel IN ('open_link', 'kiosk')"


def test_the_indices_of_visits_hold_up_nobody(full: Engine) -> None:
    """The migration itself, from the version before."""
    url = full.url.render_as_string(hide_password=False)
    with ThreadPoolExecutor() as threads:
        with full.connect() as slow:
            slow.execute(text(VISITED))
            running = threads.submit(migrate, url)
            under_way(full, running, "CREATE INDEX CONCURRENTLY")
            others_write(full)
            with full.begin() as other:
                other.execute(text("SET LOCAL lock_timeout = '2s'"))
                other.execute(text("DELETE FROM service_visits WHERE service_id = 0"))
            assert not running.done()
            slow.commit()
        running.result()
    assert shape_fault(full) is None
    for name in ("ix_visits_period_id", "ix_service_visits_unit_id_period_id"):
        assert is_valid(full, name)


def test_an_index_of_a_full_table_holds_up_nobody(full: Engine) -> None:
    work = partial(create_index_online, "ix_try", "responses", ["period_id"])
    with ThreadPoolExecutor() as threads, full.connect() as slow:
        slow.execute(text(FILL), {"rows": 1})
        running = threads.submit(operating, full, work)
        under_way(full, running, "CREATE INDEX")
        others_write(full)
        slow.commit()
        running.result()
    assert is_valid(full)


def test_an_index_that_was_broken_off_is_made_anew(full: Engine) -> None:
    with full.begin() as connection:
        connection.execute(text("CREATE INDEX ix_try ON responses (period_id)"))
        connection.execute(
            text("UPDATE pg_index SET indisvalid = FALSE WHERE indexrelid = 'ix_try'::regclass")
        )
    operating(full, partial(create_index_online, "ix_try", "responses", ["period_id"]))
    assert is_valid(full)


def is_valid(engine: Engine, index: str = "ix_try") -> bool:
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = CAST(:name AS regclass)"
    with engine.connect() as connection:
        return bool(connection.scalar(text(valid), {"name": index}))


def test_a_check_of_a_full_table_holds_up_nobody(full: Engine) -> None:
    """While the stored rows are read. New ones must meet it already."""
    work = partial(replace_check_online, "responses", "channel", CHANNELS, FEWER)
    with ThreadPoolExecutor() as threads, full.connect() as slow:

        def keep_waiting(*given: object) -> None:
            if "VALIDATE" in str(given[2]):
                slow.execute(text("LOCK TABLE responses IN SHARE UPDATE EXCLUSIVE MODE"))

        listen(full, "before_cursor_execute", keep_waiting)
        running = threads.submit(operating, full, work)
        under_way(full, running, "ALTER TABLE responses VALIDATE")
        others_write(full)
        with pytest.raises(IntegrityError), full.begin() as connection:
            connection.execute(text(FILL.replace("open_link", "token")), {"rows": 1})
        slow.rollback()
        running.result()
    with full.connect() as connection:
        found = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"
        check = str(connection.scalar(text(found), {"name": "ck_responses_channel"}))
    assert "kiosk" in check
    assert "token" not in check
    assert "NOT VALID" not in check


def test_a_table_in_use_lets_others_go_first(full: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What needs a table alone gives up soon, so that nobody queues behind it, and tries again."""
    tries: list[float] = []

    def others_go(seconds: float) -> None:
        tries.append(seconds)
        slow.rollback()

    monkeypatch.setattr("models.migrations.upgrade.sleep", others_go)
    with full.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0046'"))
    with full.connect() as slow:
        slow.execute(text("LOCK TABLE visits IN SHARE UPDATE EXCLUSIVE MODE"))
        monkeypatch.setattr("models.migrations.online.NO_LIMIT", "SET lock_timeout = '100ms'")
        migrate(full.url.render_as_string(hide_password=False))
    assert len(tries) == 1
    assert shape_fault(full) is None

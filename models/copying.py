"""An instance moves from SQLite to PostgreSQL: every row, and the proof that it is every row."""

from collections.abc import Iterator, Sequence

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    ForeignKey,
    MetaData,
    Row,
    SmallInteger,
    Table,
    Uuid,
    exists,
    func,
    insert,
    inspect,
    select,
    text,
)

from models.engine import WrongShape, open_engine, writing
from models.further import every_table
from models.migrations import answers_tables, shape_fault

AT_ONCE = 2_000  # rows
OWN = {"probes"}  # each database tries for itself whether it stores


def copy_database(source: str, target: str) -> dict[str, int]:
    """Copies all rows of an SQLite database into an empty, migrated one of PostgreSQL.

    ``target``: its URL, as the tables' owner. Gives the rows of each table. All or nothing: the
    rows are compared one by one before the transaction ends. Nobody may write to the source
    meanwhile; it is read in one state. Raises WrongShape where either has not the newest shape,
    is of the wrong engine, where the target holds anything, or a row differs.
    """
    here, there = open_engine(source), open_engine(target)
    if (here.dialect.name, there.dialect.name) != ("sqlite", "postgresql"):
        raise WrongShape("This copies from SQLite to PostgreSQL, not otherwise.")
    for engine in (here, there):
        if fault := shape_fault(engine):
            raise WrongShape(f"{engine.url.render_as_string()}: {fault}")
    with here.connect() as rows, writing(there) as session:
        connection = session.connection()
        return {table.name: _copy(rows, connection, table) for table in _tables(here, connection)}


def _tables(here: Engine, there: Connection) -> Sequence[Table]:
    """All tables in an order in which each follows those that it refers to; none holds a row."""
    whole = MetaData()
    for table in every_table().sorted_tables:
        if table.name not in {*answers_tables(), *OWN}:
            table.to_metadata(whole)
    for name in answers_tables():
        items = [one["name"] for one in inspect(here).get_columns(name)]
        numbers = (Column(item, SmallInteger) for item in items if item != "response_id")
        response = Column("response_id", Uuid, ForeignKey("responses.id"), primary_key=True)
        Table(name, whole, response, *numbers)
    tables = whole.sorted_tables
    filled = [table.name for table in tables if there.scalar(select(exists(select(table))))]
    if filled:
        raise WrongShape(f"The target is not empty: {', '.join(filled)} hold rows.")
    return tables


def _copy(source: Connection, target: Connection, table: Table) -> int:
    # What triggers would set or refuse was set and let in once already.
    target.execute(text(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER'))
    copied = 0
    for rows in _rows(source, table):
        target.execute(insert(table), [dict(row._mapping) for row in rows])
        copied += len(rows)
    target.execute(text(f'ALTER TABLE "{table.name}" ENABLE TRIGGER USER'))
    for here, there in zip(_rows(source, table), _rows(target, table), strict=True):
        if [*map(tuple, here)] != [*map(tuple, there)]:
            raise WrongShape(f"A row of {table.name} differs after it was copied.")
    _count_on(target, table)
    return copied


def _rows(connection: Connection, table: Table) -> Iterator[Sequence[Row[tuple[object, ...]]]]:
    """The rows by their key, some at once."""
    by_key = select(table).order_by(*table.primary_key)
    found = connection.execute(by_key, execution_options={"yield_per": AT_ONCE})
    return found.partitions()


def _count_on(target: Connection, table: Table) -> None:
    """The next key follows the last one."""
    for column in table.primary_key:
        sequence = target.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
        last = target.scalar(select(func.max(column))) if sequence else None
        if last:
            target.execute(select(func.setval(sequence, last)))

"""Stored rows in the order of random keys, so that their place does not say when they came.

Rows that are stored one by one lie, in the file, in the order in which they came, and
PostgreSQL notes with each row the transaction that wrote it. Receipts and tokens would so be
joined to responses, though no column joins them.
"""

from sqlalchemy import Engine, text

# The tables that nothing may join to a response; their primary keys are random.
APART = ("receipts", "late_receipts", "visit_tokens")


def forget_order(engine: Engine) -> None:
    """Writes the tables anew, in the order of their random keys, all in one transaction.

    Needs the tables' owner on PostgreSQL, and on SQLite a moment in which nobody writes.
    Raises SQLAlchemyError otherwise.
    """
    if engine.dialect.name == "sqlite":
        _rewrite_file(engine)
    else:
        for table in APART:
            _rewrite_table(engine, table)


def _rewrite_file(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")  # VACUUM runs in no transaction
        connection.exec_driver_sql("VACUUM")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _rewrite_table(engine: Engine, table: str) -> None:
    """Nobody else sees the table while its guards are down, and no value changes."""
    with engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        connection.execute(text(f"UPDATE {table} SET unit_id = unit_id"))
        connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
    # In a transaction of its own: else the rows as they were would be kept beside.
    with engine.begin() as connection:
        connection.execute(text(f"CLUSTER {table} USING pk_{table}"))

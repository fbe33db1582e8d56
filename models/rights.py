"""Who may do what on PostgreSQL; see docs/database-rights.md."""

from pathlib import Path

from models.engine import open_engine

RIGHTS = Path(__file__).parent / "rights.sql"
APPLICATION, READER = "suara_layanan_app", "suara_layanan_reader"


def give_rights(url: str) -> None:
    """Gives both roles their rights, as the tables' owner. Raises DBAPIError where it can't."""
    engine = open_engine(url).execution_options(no_parameters=True)
    with engine.begin() as connection:
        connection.exec_driver_sql(RIGHTS.read_text(encoding="utf-8"))

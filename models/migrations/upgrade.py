"""Running the migrations, by Alembic."""

from time import sleep

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from psycopg.errors import LockNotAvailable
from sqlalchemy.exc import OperationalError

from models import migrations
from models.engine import WrongShape

TRIES, BETWEEN = 30, 3.0  # seconds: time for those who wait behind a try


def alembic_config(url: str) -> Config:
    """Alembic's configuration for a database URL."""
    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER).replace("%", "%%"))
    config.attributes["url"] = url
    return config


def upgrade(url: str, to: str = "head") -> None:
    """Runs all missing migrations. Raises WrongShape for a database that is ahead of them.

    On PostgreSQL one that finds a table in use lets the others go first and is tried again.
    Raises OperationalError where that comes to nothing.
    """
    try:
        for left in reversed(range(TRIES)):
            try:
                return command.upgrade(alembic_config(url), to)
            except OperationalError as error:
                if not (left and isinstance(error.orig, LockNotAvailable)):
                    raise
                sleep(BETWEEN)
    except CommandError as error:
        raise WrongShape(
            f"This program does not know the shape of the database ({error}). A newer program"
            " has made it: start that one, or name another database."
        ) from error

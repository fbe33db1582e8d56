"""The database that a command works on: named before anything is done, and made only if asked."""

import sys
from pathlib import Path

from sqlalchemy import inspect, make_url
from sqlalchemy.exc import ArgumentError

from models.engine import WrongShape, open_engine
from models.migrations import migrate, shape_fault
from models.settings import database_url

SECRET = ("password", "sslpassword")  # of an address's options


def named_database(create: bool = False) -> str:
    """The URL of the database, which standard error names; ``create``: made where there is none.

    Raises WrongShape where there is none, or one of another shape; and what an unknown URL raises.
    """
    url = database_url()
    print(f"Database: {shown(url)}", file=sys.stderr)
    if create:
        migrate(url)
    elif not _exists(url):
        raise WrongShape(
            f"There is none at {shown(url)}. Give DATABASE_URL, and DATA, as the service has them;"
            " python -m models makes a new one, and so does --create where a command has it."
        )
    elif fault := shape_fault(open_engine(url)):
        raise WrongShape(fault)
    return url


def shown(url: str) -> str:
    """The URL without its passwords."""
    try:
        return make_url(url).difference_update_query(SECRET).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return "of DATABASE_URL"


def _exists(url: str) -> bool:
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        return False  # to look into it would create it
    return inspect(open_engine(url)).has_table("alembic_version")

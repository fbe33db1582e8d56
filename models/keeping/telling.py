"""What commands for the database's owner say beside their results: which database, and why not."""

import sys
from pathlib import Path

from sqlalchemy import Engine, make_url

from models.engine import WrongShape, open_engine
from models.migrations import shape_fault
from models.settings import database_url


class Unfit(Exception):
    """Something that can't be what it was said to be; told in a sentence."""


def named(url: str) -> str:
    """The database as it may be shown: without a password."""
    return make_url(url).render_as_string(hide_password=True)


def existing_database() -> Engine:
    """The database of this instance, named on standard error; never one that is made for it.

    Raises WrongShape where there is none, or none of the newest shape.
    """
    url = database_url()
    print(f"Database: {named(url)}", file=sys.stderr)
    file = make_url(url).database
    if make_url(url).get_backend_name() == "sqlite" and not (file and Path(file).is_file()):
        raise WrongShape(
            f"There is no database {file}. Say which one by DATABASE_URL, or the folder by DATA."
        )
    engine = open_engine(url)
    if fault := shape_fault(engine):
        raise WrongShape(fault)
    return engine

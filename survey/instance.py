"""This instance: its database, its secret, and the one writer and the limits of this process."""

import os
from functools import cache

from sqlalchemy import Engine

from models import open_engine
from models.settings import data_folder, database_url
from survey.keys import first_secret
from survey.limits import AddressLimits
from survey.receipts import key_file, read_secret
from survey.shared_limits import KEPT_AT, SharedLimits
from survey.writer import Writer


def engine() -> Engine:
    """The engine of this instance's database."""
    return open_engine(database_url())


@cache
def secret() -> bytes:
    """The secret of this instance. Raises WrongKey where there is none that fits.

    One that is there is taken as it is: that it fits the database was asked at the start.
    """
    folder = data_folder()
    file = key_file(folder)
    return read_secret(file) if file.exists() else first_secret(engine(), folder)


@cache
def writer() -> Writer:
    """The one writer of this process."""
    return Writer(engine(), secret())


@cache
def limits() -> AddressLimits:
    """How often who has sent, at all doors of this process, or of all workers."""
    kept_at = os.environ.get(KEPT_AT)
    return SharedLimits(kept_at) if kept_at else AddressLimits()


def close_writer() -> None:
    """Stores what is still waiting, where this process has a writer, and ends it."""
    if writer.cache_info().currsize:
        writer().close()

"""This instance: its database, its secret, and the one writer and the limits of this process."""

from functools import cache

from sqlalchemy import Engine

from models import open_engine
from models.settings import data_folder, database_url
from survey.limits import AddressLimits
from survey.receipts import instance_secret
from survey.writer import Writer


def engine() -> Engine:
    """The engine of this instance's database."""
    return open_engine(database_url())


@cache
def secret() -> bytes:
    """The secret of this instance."""
    return instance_secret(data_folder())


@cache
def writer() -> Writer:
    """The one writer of this process."""
    return Writer(engine(), secret())


@cache
def limits() -> AddressLimits:
    """How often who has sent, at all doors of this process."""
    return AddressLimits()


def close_writer() -> None:
    """Stores what is still waiting, where this process has a writer, and ends it."""
    if writer.cache_info().currsize:
        writer().close()

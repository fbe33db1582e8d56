"""Where this instance keeps its data; the environment decides."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

NO_URL = (
    "DATABASE_URL is no URL of a database, such as sqlite:////srv/data/survei.sqlite3"
    " or postgresql://name@host/database"
)
OWNER_ALONE = 0o700
FOR_OTHERS = 0o077


@contextmanager
def closed_to_others() -> Iterator[None]:
    """What is made meanwhile is its owner's alone: what commands make beside the service."""
    before = os.umask(FOR_OTHERS)
    try:
        yield
    finally:
        os.umask(before)


def close_to_others() -> None:
    """What this process makes from now on, and the data folder, are its owner's alone."""
    os.umask(FOR_OTHERS)
    folder = data_folder()
    if folder.stat().st_uid == os.geteuid():
        folder.chmod(OWNER_ALONE)


def data_folder() -> Path:
    """The folder of the instance's own files (DATA), created where it is missing."""
    folder = Path(os.environ.get("DATA", "data")).resolve()
    folder.mkdir(OWNER_ALONE, parents=True, exist_ok=True)
    return folder


def evidence_file(digest: str) -> Path:
    """Where the file with this hash lies, of those that people have handed in."""
    folder = data_folder() / "evidence"
    folder.mkdir(OWNER_ALONE, exist_ok=True)
    return folder / digest


def database_url() -> str:
    """DATABASE_URL, or an SQLite file in the data folder; raises ArgumentError."""
    url = os.environ.get("DATABASE_URL")
    return readable_url(url or f"sqlite:///{data_folder() / 'suara-layanan.sqlite3'}")


def readable_url(url: str) -> str:
    """The URL as it is read: "postgresql://..." as psycopg 3's.

    Raises ArgumentError for what is none, and quotes nothing of it: it may be half a password.
    """
    try:
        make_url(url)
    except (ArgumentError, ValueError):
        raise ArgumentError(NO_URL) from None
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def contact() -> str:
    """Whom citizens may ask about their data (CONTACT); empty where nobody is named."""
    return os.environ.get("CONTACT", "").strip()

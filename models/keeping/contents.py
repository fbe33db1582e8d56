"""What a backup holds beside the database: the instance's own files, its keys wrapped apart."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import make_url

from models.keeping.copies import DatabaseFacts
from models.keeping.telling import Unfit
from models.trace import TraceHead

FORMAT = 1
MANIFEST, KEYS, FILES = "manifest.json", "keys.age", "files"
# Made and removed while a backup is taken or restored; nothing of the instance's.
PASSING = ".keeping-"


@dataclass(frozen=True)
class BackupManifest:
    """What a backup says of itself, after all its other parts.

    ``digests``: SHA-256 of each part, by name; ``missing``: evidence that the database names and
    the folder lacks.
    """

    made_at: str
    database: DatabaseFacts
    digests: Mapping[str, str]
    missing: list[str]

    def written(self) -> bytes:
        """As it stands in the backup."""
        return json.dumps({"format": FORMAT} | asdict(self), indent=1).encode()


def read_manifest(content: bytes) -> BackupManifest:
    """Raises Unfit for what is no manifest that this program knows."""
    try:
        found: dict[str, Any] = json.loads(content)
        if found.pop("format") != FORMAT:
            raise Unfit("The backup is of a format that this program does not know.")
        database = found.pop("database")
        database["trace"] = TraceHead(*database["trace"])
        return BackupManifest(database=DatabaseFacts(**database), **found)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unfit("The backup's list of what it holds is damaged.") from error


@contextmanager
def passing_folder(beside: Path | None) -> Iterator[Path]:
    """A folder in ``beside``, else anywhere, that is removed with all that was made in it.

    So are those of whoever was broken off before: the whole database may lie there, unencrypted.
    """
    for left in beside.glob(f"{PASSING}*") if beside else ():
        with suppress(OSError), _held(left):
            shutil.rmtree(left)
    with TemporaryDirectory(prefix=PASSING, dir=beside) as name, _held(Path(name)):
        yield Path(name)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """While the process lives nobody else holds it; BlockingIOError where somebody does."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def own_files(folder: Path, url: str) -> Iterator[Path]:
    """The files of the instance but for its keys and the database."""
    database = make_url(url).database or ""
    apart = {Path(f"{database}{end}").resolve() for end in ("", "-wal", "-shm", "-journal")}
    for file in sorted(folder.rglob("*")):
        inside = file.relative_to(folder).parts
        if inside[0].startswith(PASSING) or file.is_symlink() or not file.is_file():
            continue
        if not _is_key(file) and file.resolve() not in apart:
            yield file


def key_files(folder: Path) -> list[Path]:
    """The files that hold the instance's secrets."""
    return sorted(file for file in folder.iterdir() if file.is_file() and _is_key(file))


def _is_key(file: Path) -> bool:
    """Also one put aside, or half written: ``instance.key.old``, ``.instance-1a2b``."""
    return ".key" in file.name or file.name.startswith(".instance-")

"""Restoring a backup where nothing is: all of it is checked before any of it is in its place."""

import io
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import pyrage
from sqlalchemy import create_engine, make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from models.keeping.contents import (
    FILES,
    KEYS,
    MANIFEST,
    PASSING,
    BackupManifest,
    passing_folder,
    read_manifest,
)
from models.keeping.copies import (
    NAMES,
    DatabaseFacts,
    facts_of,
    facts_of_file,
    is_empty,
    put_back,
)
from models.keeping.sealing import PIECE, Hashing, identities, opened_parts, private_file
from models.keeping.telling import Unfit
from models.named import shown
from models.settings import data_folder, database_url


@dataclass(frozen=True)
class BackupGiven:
    """A backup, the file with the key that opens it, and that with the key to its keys."""

    file: Path
    identity: Path
    keys_identity: Path


def restore(given: BackupGiven, dry_run: bool) -> int:
    """Restores into DATA and DATABASE_URL, where nothing may be; or only checks the backup.

    Raises Unfit where anything is not as the backup says; then nothing is restored.
    """
    keys, keys_keys = identities(given.identity), identities(given.keys_identity)
    if not dry_run:
        _refuse_taken()
    # Beside where the files go, so that they need only be renamed.
    with passing_folder(None if dry_run else data_folder()) as folder:
        manifest = _unpack(given.file, keys, folder)
        _unwrap(folder, keys_keys)
        _check(manifest, folder)
        if not dry_run:
            _put_in_place(manifest, folder)
    facts = manifest.database
    print(f"{given.file}: of {manifest.made_at}, {sum(facts.rows.values())} rows,")
    print(f"{len(manifest.digests)} parts; last event of the trace {facts.trace.event}.")
    if manifest.missing:
        print(f"It was taken without {len(manifest.missing)} files that its database names.")
    print("It is sound. Nothing was restored (--dry-run)." if dry_run else "Restored.")
    return 0


def _refuse_taken() -> None:
    url, folder = database_url(), data_folder()
    if found := next((one for one in folder.iterdir() if not _passing(one)), None):
        raise Unfit(f"{folder} is not empty: found {found.name}. Restore into an empty DATA.")
    if not is_empty(url):
        raise Unfit(f"{shown(url)} is not empty. Restore into a database without any table.")


def _passing(file: Path) -> bool:
    return file.name.startswith(PASSING)


def _unpack(file: Path, keys: list[Any], folder: Path) -> BackupManifest:
    """Writes all parts into the folder. Raises Unfit where one is not the one that was packed."""
    digests, manifest = dict[str, str](), b""
    with opened_parts(file, keys) as archive:
        for part in archive:
            content = archive.extractfile(part)
            if content is None or not _inside(part.name):
                raise Unfit(f"{file} is no backup: found a part {part.name!r}.")
            if part.name == MANIFEST:
                manifest = content.read()
                continue
            digests[part.name] = _extract(content, folder / part.name)
    found = read_manifest(manifest)
    if digests != dict(found.digests):
        unlike = sorted(set(digests.items()) ^ set(found.digests.items()))
        raise Unfit(f"{file} is damaged: {unlike[0][0]} is not what was packed.")
    return found


def _inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def _extract(content: Any, target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with private_file(target) as file:
        hashing = Hashing(file)
        while piece := content.read(PIECE):
            hashing.write(piece)
    return hashing.digest


def _unwrap(folder: Path, keys: list[Any]) -> None:
    """The instance's keys among its files. Raises Unfit for another key."""
    try:
        inner = pyrage.decrypt((folder / KEYS).read_bytes(), keys)
    except pyrage.DecryptError as error:
        raise Unfit(f"The keys in the backup can't be opened: {error}.") from error
    (folder / FILES).mkdir(exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(inner)) as archive:
        for part in archive:
            if (content := archive.extractfile(part)) and "/" not in part.name:
                _extract(content, folder / FILES / part.name)


def _check(manifest: BackupManifest, folder: Path) -> None:
    facts = manifest.database
    if facts.engine == "sqlite":
        _compare(facts, facts_of_file(folder / NAMES["sqlite"]))


def _compare(stated: DatabaseFacts, found: DatabaseFacts) -> None:
    for table, rows in stated.rows.items():
        if found.rows.get(table) != rows:
            raise Unfit(f"{table}: found {found.rows.get(table)} rows, packed were {rows}.")
    if found.trace != stated.trace:
        raise Unfit(f"The trace ends with event {found.trace.event}, not {stated.trace.event}.")


def _put_in_place(manifest: BackupManifest, folder: Path) -> None:
    url, engine = database_url(), manifest.database.engine
    if make_url(url).get_backend_name() != engine:
        raise Unfit(f"The backup is of {engine}, DATABASE_URL names {shown(url)}.")
    put_back(folder / NAMES[engine], url)
    if engine == "postgresql":
        with Session(create_engine(url, poolclass=NullPool)) as session:
            _compare(manifest.database, facts_of(session))
    for file in (folder / FILES).iterdir():
        shutil.move(file, data_folder() / file.name)

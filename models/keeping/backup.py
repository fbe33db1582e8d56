"""Taking a backup while the service runs."""

import io
import tarfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyrage
from sqlalchemy import Engine, select

from models.base import now
from models.engine import open_engine, reading
from models.follow_ups import Evidence
from models.keeping.contents import (
    FILES,
    KEYS,
    MANIFEST,
    BackupManifest,
    key_files,
    own_files,
    passing_folder,
)
from models.keeping.copies import facts_of, take_copy
from models.keeping.sealing import (
    Hashing,
    add_bytes,
    digest_of_file,
    part_of,
    private_file,
    recipient,
    sealed_parts,
)
from models.keeping.telling import Unfit
from models.named import named_database
from models.settings import data_folder, database_url


@dataclass(frozen=True)
class BackupWanted:
    """Where the backup goes; who can open it, and who the instance's keys in it."""

    target: Path
    to: str
    keys_to: str


def back_up(wanted: BackupWanted, dry_run: bool) -> int:
    """Takes a backup, or tells what it would hold. Returns 0, or 1 where evidence is missing.

    Raises Unfit where it can't be taken; then nothing is left of it.
    """
    if wanted.to == wanted.keys_to:
        raise Unfit("The keys need a recipient of their own: who has the backup has them else.")
    to, keys_to = recipient(wanted.to), recipient(wanted.keys_to)
    if wanted.target.exists():
        raise Unfit(f"{wanted.target} is there already; a backup replaces nothing.")
    partial = wanted.target.with_name(f"{wanted.target.name}.partial")
    if partial.exists():
        raise Unfit(f"{partial} is there: of a backup being taken, or broken off; then remove it.")
    engine = open_engine(named_database())
    if dry_run:
        return _tell(engine)
    try:
        with private_file(partial) as file:
            hashing = Hashing(file)
            manifest = _write(engine, hashing, to, keys_to)
        _read_again(partial, hashing)
    except BaseException:
        with suppress(FileNotFoundError):
            partial.unlink()
        raise
    partial.rename(wanted.target)
    print(f"{wanted.target}: {hashing.size} bytes, SHA-256 {hashing.digest}")
    return _told(manifest)


def _tell(engine: Engine) -> int:
    with reading(engine) as session:
        facts = facts_of(session)
    files = [file.stat().st_size for file in own_files(data_folder(), database_url())]
    print(f"{sum(facts.rows.values())} rows in {len(facts.rows)} tables; the trace holds, its")
    print(f"last event is {facts.trace.event}. {len(files)} files of {sum(files)} bytes.")
    print(f"{len(key_files(data_folder()))} keys. Nothing was written (--dry-run).")
    return 0


def _told(manifest: BackupManifest) -> int:
    facts = manifest.database
    print(f"{sum(facts.rows.values())} rows; last event of the trace {facts.trace.event}.")
    if manifest.missing:
        print(f"Missing in {data_folder()}, named by the database: {len(manifest.missing)} files,")
        print(f"first {manifest.missing[0]}. The backup is kept without them.")
    return 1 if manifest.missing else 0


def _write(engine: Engine, target: Hashing, to: Any, keys_to: Any) -> BackupManifest:
    """The database first: whatever file it names was there before."""
    folder, digests = data_folder(), dict[str, str]()
    with passing_folder(folder) as passing:
        copy, facts = take_copy(engine, passing)
        with sealed_parts(target, [to]) as archive:
            digests[copy.name] = _add(archive, copy.name, copy)
            for file in own_files(folder, database_url()):
                name = f"{FILES}/{file.relative_to(folder).as_posix()}"
                with suppress(FileNotFoundError):  # a paper that was fetched meanwhile
                    digests[name] = _add(archive, name, file)
            keys = _wrapped(key_files(folder), keys_to)
            digests[KEYS] = add_bytes(archive, KEYS, keys)
            missing = _missing(engine, digests)
            manifest = BackupManifest(now().isoformat(), facts, digests, missing)
            add_bytes(archive, MANIFEST, manifest.written())
    return manifest


def _missing(engine: Engine, digests: dict[str, str]) -> list[str]:
    with reading(engine) as session:
        named = session.scalars(select(Evidence.hash).order_by(Evidence.hash))
        return [one for one in named if f"{FILES}/evidence/{one}" not in digests]


def _wrapped(keys: list[Path], keys_to: Any) -> bytes:
    """An archive of its own, which who opens the backup can't open."""
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w") as archive:
        for key in keys:
            _add(archive, key.name, key)
    return bytes(pyrage.encrypt(inner.getvalue(), [keys_to]))


def _add(archive: tarfile.TarFile, name: str, file: Path) -> str:
    with file.open("rb") as content:
        hashing = Hashing(content)
        archive.addfile(part_of(name, file.stat().st_size), _as_file(hashing))
    return hashing.digest


def _as_file(hashing: Any) -> IO[bytes]:
    file: IO[bytes] = hashing
    return file


def _read_again(file: Path, written: Hashing) -> None:
    """What the disk gives back is what was written. Raises Unfit."""
    if digest_of_file(file) != written.digest:
        raise Unfit(f"{file} can't be read as it was written: the disk may be failing.")

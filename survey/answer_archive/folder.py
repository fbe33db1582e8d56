"""An archive of answers as it stands on a disk: Parquet by instrument, year and province, and a
manifest, sealed with the instance's key, that names every file with its SHA-256.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from shutil import rmtree

import pyarrow as pa
import pyarrow.parquet as pq
import rfc8785
from cryptography.exceptions import InvalidSignature

from analysis.errors import BadInput, Place, bad
from analysis.publication.keys import read_pem
from models.keeping.sealing import digest_of_file, settle
from survey.signing import public_pem, sign

FORMAT = 1
MANIFEST = "manifest.json"
# What is signed is never taken for a publication.
PURPOSE = b"suara-layanan answer archive\n"


@dataclass(frozen=True)
class ArchivedPart:
    """A file with the answers of one period; ``alike``: rows told whole; ``left_out``: of units
    under five, not in it.
    """

    file: str
    sha256: str
    rows: int
    alike: int
    left_out: int
    period_id: int
    period: str
    institution: str
    closed_at: str
    instrument: str
    instrument_sha256: str
    scheme_sha256: str


@dataclass(frozen=True)
class AnswerManifest:
    """What an archive says of itself."""

    format: int
    made_at: str
    made_by: str
    rules: str
    rules_sha256: str
    parts: Sequence[ArchivedPart]

    @property
    def canonical(self) -> bytes:
        """The bytes that are sealed."""
        canonical: bytes = rfc8785.dumps(asdict(self))
        return PURPOSE + canonical

    @property
    def sha256(self) -> str:
        """By which the archive is known."""
        return sha256(self.canonical).hexdigest()


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A folder to be filled, which becomes ``target`` once it is whole. Raises BadInput.

    What breaks off leaves nothing under that name; what was killed is replaced by the next.
    """
    if target.exists():
        raise bad("archive_exists", Place(str(target)))
    partial = target.with_name(f"{target.name}.partial")
    try:
        rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        yield partial
        partial.rename(target)
        settle(target.parent)
    except OSError as error:
        raise bad("archive_unwritten", Place(str(target)), reason=error.strerror or "") from error
    finally:
        rmtree(partial, ignore_errors=True)


def write_part(file: Path, rows: pa.Table) -> str:
    """Writes a file whose bytes are on the disk when this returns; gives its SHA-256."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("xb") as opened:
        pq.write_table(rows, opened, compression="zstd")
        opened.flush()
        os.fsync(opened.fileno())
    return digest_of_file(file)


def write_manifest(folder: Path, manifest: AnswerManifest, secret: bytes) -> None:
    """Seals what was written."""
    told = {
        "manifest": asdict(manifest),
        "key": public_pem(secret),
        "signature": sign(secret, manifest.canonical),
    }
    with (folder / MANIFEST).open("x", encoding="utf-8") as opened:
        json.dump(told, opened, indent=2)
        opened.flush()
        os.fsync(opened.fileno())


def read_manifest(folder: Path, key: str | None) -> AnswerManifest:
    """What an archive says, if its seal holds; ``key``: by which (PEM), by its own where None.

    Raises BadInput.
    """
    place = Place(str(folder))
    if not (folder / MANIFEST).is_file():
        raise bad("archive_unfinished", place)
    try:
        told = json.loads((folder / MANIFEST).read_bytes())
        found = told["manifest"]["format"]
        if found != FORMAT:
            raise bad("archive_format", place, found=str(found), known=FORMAT)
        parts = [ArchivedPart(**part) for part in told["manifest"].pop("parts")]
        manifest = AnswerManifest(**told["manifest"], parts=parts)
        _refuse_changed(manifest, str(told["key"]), bytes.fromhex(told["signature"]))
    except BadInput:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError, InvalidSignature) as error:
        raise bad("archive_seal", place) from error
    if key is not None and told["key"] != key:
        raise bad("archive_foreign", place)
    return manifest


def verify_parts(folder: Path, manifest: AnswerManifest) -> None:
    """Raises BadInput for a file that is missing, another one, or not named."""
    for part in manifest.parts:
        file = folder / part.file
        if not file.is_file():
            raise bad("archive_part_missing", Place(str(folder)), part=part.file)
        if digest_of_file(file) != part.sha256:
            raise bad("archive_part_differs", Place(str(folder)), part=part.file)
    named = {folder / part.file for part in manifest.parts}
    if strange := sorted(set(folder.rglob("*.parquet")) - named):
        raise bad("archive_part_unnamed", Place(str(folder)), part=str(strange[0]))


def part_of_period(folder: Path, manifest: AnswerManifest, period_id: int) -> Path:
    """The file of a period, verified. Raises BadInput."""
    part = next((one for one in manifest.parts if one.period_id == period_id), None)
    if part is None or not (folder / part.file).is_file():
        raise bad("archive_part_missing", Place(str(folder)), part=part.file if part else "-")
    status = (folder / part.file).stat()
    if _digest(folder / part.file, status.st_mtime_ns, status.st_size) != part.sha256:
        raise bad("archive_part_differs", Place(str(folder)), part=part.file)
    return folder / part.file


@lru_cache(4096)
def _digest(file: Path, _changed: int, _size: int) -> str:
    """Computed once, until the file is another one."""
    return digest_of_file(file)


def _refuse_changed(manifest: AnswerManifest, key: str, signature: bytes) -> None:
    found = read_pem(key.encode())
    if found is None:
        raise ValueError("no key")
    found.verify(signature, manifest.canonical)

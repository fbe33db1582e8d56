"""Files that only the holder of a key can open, written and read as a stream of parts.

A tar archive, encrypted as age does (age-encryption.org/v1, X25519): the program age opens it
too. Nothing is held in memory as a whole.
"""

import io
import os
import tarfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Thread
from typing import IO, Any

import pyrage

from models.keeping.telling import Unfit

MINE_ALONE = 0o600
PIECE = 1 << 20


def new_identity(file: Path) -> str:
    """Writes a new private key into ``file``; gives the recipient that belongs to it."""
    identity = pyrage.x25519.Identity.generate()
    with private_file(file) as written:
        written.write(f"# recipient: {identity.to_public()}\n{identity}\n".encode())
    return str(identity.to_public())


def recipient(written: str) -> Any:
    """The recipient "age1...". Raises Unfit for what is none."""
    try:
        return pyrage.x25519.Recipient.from_str(written)
    except pyrage.RecipientError as error:
        raise Unfit(f"No recipient: found {written!r}, expected age1 and 58 characters.") from error


def identities(file: Path) -> list[Any]:
    """The private keys in a file, a line each. Raises Unfit where it holds none."""
    lines = file.read_text(encoding="utf-8").splitlines()
    try:
        found = [pyrage.x25519.Identity.from_str(one) for one in lines if one and one[0] != "#"]
    except pyrage.IdentityError as error:
        raise Unfit(f"{file} holds no key: expected lines AGE-SECRET-KEY-1...") from error
    if not found:
        raise Unfit(f"{file} holds no key: expected a line AGE-SECRET-KEY-1...")
    return found


@contextmanager
def private_file(path: Path) -> Iterator[IO[bytes]]:
    """A new file that its owner alone may read; FileExistsError where there is one."""
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, MINE_ALONE)
    with os.fdopen(handle, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


class Hashing:
    """A file written or read through, with the hash of what passed."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._hash = file, sha256()
        self.size = 0

    def write(self, piece: bytes) -> int:
        """Writes a piece."""
        self._passed(piece)
        return self._file.write(piece)

    def read(self, size: int = -1) -> bytes:
        """Reads a piece."""
        piece = self._file.read(size)
        self._passed(piece)
        return piece

    def flush(self) -> None:
        """Hands on what was written."""
        self._file.flush()

    @property
    def digest(self) -> str:
        """SHA-256, hexadecimal."""
        return self._hash.hexdigest()

    def _passed(self, piece: bytes) -> None:
        self._hash.update(piece)
        self.size += len(piece)


@contextmanager
def sealed_parts(target: Hashing, recipients: Sequence[Any]) -> Iterator[tarfile.TarFile]:
    """An archive to add parts to, encrypted into ``target`` meanwhile."""
    reading, writing = os.pipe()
    with (
        _beside(lambda: _encrypt(reading, target, recipients)),
        os.fdopen(writing, "wb") as plain,
        tarfile.open(fileobj=plain, mode="w|", format=tarfile.PAX_FORMAT) as archive,
    ):
        yield archive


@contextmanager
def opened_parts(file: Path, keys: Sequence[Any]) -> Iterator[tarfile.TarFile]:
    """The archive in an encrypted file, to be read from its first part to its last.

    Raises Unfit for a file that the keys don't open, or that is damaged or cut off.
    """
    reading, writing = os.pipe()
    with _beside(lambda: _decrypt(file, writing, keys)), os.fdopen(reading, "rb") as plain:
        try:
            with tarfile.open(fileobj=plain, mode="r|") as archive:
                yield archive
        except tarfile.TarError as error:
            raise Unfit(f"{file} is damaged or no backup.") from error
        finally:
            while plain.read(PIECE):  # whoever decrypts goes on to the end, and checks it
                pass


def add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> str:
    """Adds a part; gives its SHA-256."""
    archive.addfile(part_of(name, len(content)), io.BytesIO(content))
    return sha256(content).hexdigest()


def part_of(name: str, size: int) -> tarfile.TarInfo:
    """What an archive says of a part that its owner alone may read."""
    part = tarfile.TarInfo(name)
    part.size, part.mode = size, MINE_ALONE
    return part


def settle(folder: Path) -> None:
    """Waits until the disk has the names of a folder's files too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest_of_file(file: Path) -> str:
    """SHA-256 of what the disk gives back."""
    with file.open("rb") as content:
        found = Hashing(content)
        while found.read(PIECE):
            pass
    return found.digest


def _encrypt(reading: int, target: Hashing, recipients: Sequence[Any]) -> None:
    with os.fdopen(reading, "rb") as plain:
        try:
            pyrage.encrypt_io(plain, target, list(recipients))
        except pyrage.EncryptError as error:  # whatever keeps the target from being written
            raise Unfit(f"The backup can't be written: {error}.") from error


def _decrypt(file: Path, writing: int, keys: Sequence[Any]) -> None:
    with file.open("rb") as sealed, os.fdopen(writing, "wb") as plain:
        try:
            pyrage.decrypt_io(sealed, plain, list(keys))
        except pyrage.DecryptError as error:
            raise Unfit(f"{file} can't be opened: {error}.") from error
        except OSError as error:
            raise Unfit(f"{file} is damaged or cut off: {error}.") from error


@contextmanager
def _beside(work: Callable[[], None]) -> Iterator[None]:
    """Does the work in a thread; what it raised comes first, since the rest follows from it."""
    failed: list[Exception] = []

    def run() -> None:
        try:
            work()
        except Exception as error:
            failed.append(error)

    thread = Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        thread.join()
        if failed:
            raise failed[0]

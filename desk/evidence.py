"""Evidence: photos and papers that show what was done, kept by their hash in the data folder.

What is handed in stays as it came. Of a photo, people see a copy of its pixels.
"""

import os
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import is_zipfile

from sqlalchemy.orm import Session

from accounts.actors import Actor
from analysis.characters import entered
from analysis.errors import Place, bad
from desk.pictures import end_of_picture
from models import Evidence, now
from models.settings import evidence_file
from reports.photograph import clean_photo

LARGEST = 5_000_000
PDF, COPY = "application/pdf", "image/jpeg"
# A file is what its first bytes say, whatever its name does: where they stand, and what they are.
SIGNATURES = {
    COPY: ((0, (b"\xff\xd8\xff",)),),
    "image/png": ((0, (b"\x89PNG\r\n\x1a\n",)),),
    "image/webp": ((0, (b"RIFF",)), (8, (b"WEBP",))),
    "image/heic": ((4, (b"ftyp",)), (8, (b"heic", b"heix", b"heim", b"heis", b"mif1"))),
    PDF: ((0, (b"%PDF-",)),),
}
PHOTOS_KEPT = ("jpg", "jpeg", "png", "webp", "heic", "heif")
KEPT_AS = (*PHOTOS_KEPT, "pdf")


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be kept; ``copy``: the photo that people see of it, None of a PDF."""

    name: str
    media_type: str
    content: bytes
    copy: bytes | None


@dataclass(frozen=True)
class ShownEvidence:
    """What people see of evidence; ``content``: None where the file is lost or was changed."""

    file_name: str
    media_type: str
    content: bytes | None


def check_evidence(file_name: str, content: bytes) -> CheckedFile:
    """The file, read whole; before a transaction begins, since a photo is decoded.

    Raises BadInput for one that is too large, neither photo nor PDF, a PDF that is a ZIP file too,
    or a photo that is broken, several, or has something behind it.
    """
    name = entered(file_name)[-200:]
    media_type = next((kind for kind in SIGNATURES if _is(content, kind)), None)
    if media_type is None:
        raise bad("no_evidence", Place(name))
    if len(content) > LARGEST:
        raise bad("large_evidence", Place(name), found=len(content), most=LARGEST)
    if media_type == PDF:
        refuse_archive(name, content)
    copy = None if media_type == PDF else _copied(name, media_type, content)
    return CheckedFile(name, media_type, content, copy)


def check_photo(file_name: str, content: bytes) -> CheckedFile:
    """As ``check_evidence``, of a photo alone."""
    file = check_evidence(file_name, content)
    if file.copy is None:
        raise bad("no_photo", Place(file.name))
    return file


def keep_evidence(session: Session, actor: Actor, file: CheckedFile) -> str:
    """Keeps a file, and the copy that people see; gives its SHA-256. The same is kept once."""
    copy = None if file.copy is None else _write(file.copy)
    return _keep(session, actor, file, _write(file.content), copy)


def keep_copy(session: Session, actor: Actor, photo: CheckedFile) -> str:
    """Keeps of a photo the copy alone; gives the copy's SHA-256. The same is kept once."""
    copy = photo.copy or b""
    digest = _write(copy)
    return _keep(session, actor, CheckedFile(photo.name, COPY, copy, None), digest, digest)


def shown_evidence(session: Session, digest: str) -> ShownEvidence:
    """What people see of what was kept under the hash; a photo from before there were copies
    is copied now.

    Raises BadInput for such a photo that cannot be decoded.
    """
    kept, original = session.get_one(Evidence, digest), read_evidence(digest)
    if original is None or kept.media_type == PDF:
        return ShownEvidence(kept.file_name, kept.media_type, original)
    copy = read_evidence(kept.copy_hash) if kept.copy_hash else None
    return ShownEvidence(kept.file_name, COPY, copy or clean_photo(original))


def read_evidence(digest: str) -> bytes | None:
    """The file with this hash; None where it is lost or no longer what was kept."""
    try:
        content = evidence_file(digest).read_bytes()
    except FileNotFoundError:
        return None
    return content if sha256(content).hexdigest() == digest else None


def refuse_archive(name: str, content: bytes) -> None:
    """Raises BadInput where the file is a ZIP file as well, for whoever reads it from its end."""
    if is_zipfile(BytesIO(content)):
        raise bad("hidden_archive", Place(name))


def _is(content: bytes, media_type: str) -> bool:
    return all(content.startswith(signs, at) for at, signs in SIGNATURES[media_type])


def _copied(name: str, media_type: str, content: bytes) -> bytes:
    end = end_of_picture(content, media_type)
    if end is None:
        raise bad("unsound_picture", Place(name))
    if content[end:].strip(b"\0"):
        raise bad("more_than_picture", Place(name), found=len(content) - end)
    return clean_photo(content, Place(name))


def _keep(session: Session, actor: Actor, file: CheckedFile, digest: str, copy: str | None) -> str:
    if session.get(Evidence, digest) is None:
        session.add(
            Evidence(
                hash=digest,
                file_name=file.name,
                media_type=file.media_type,
                size=len(file.content),
                copy_hash=copy,
                user_id=actor.user_id,
                created_at=now(),
            )
        )
        session.flush()
    return digest


def _write(content: bytes) -> str:
    """Written aside first, so that nobody ever finds half a file."""
    digest = sha256(content).hexdigest()
    file = evidence_file(digest)
    if file.exists():
        return digest
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as aside:
        aside.write(content)
        aside.flush()
        os.fsync(aside.fileno())
    Path(aside.name).replace(file)
    return digest

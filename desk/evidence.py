"""Evidence: photos and papers that show what was done, kept by their hash in the data folder."""

import os
import tempfile
from hashlib import sha256
from pathlib import Path

from sqlalchemy.orm import Session

from accounts.actors import Actor
from analysis.characters import entered
from analysis.errors import Place, bad
from models import Evidence, now
from models.settings import data_folder

LARGEST = 5_000_000
# A file is what its first bytes say, whatever its name does.
SIGNATURES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"%PDF-": "application/pdf",
}
KEPT_AS = ("jpg", "jpeg", "png", "pdf")


def keep_evidence(session: Session, actor: Actor, file_name: str, content: bytes) -> str:
    """Keeps a file; gives its SHA-256. The same file is kept once.

    Raises BadInput for one that is too large, or neither JPEG, PNG nor PDF.
    """
    kinds = (kind for signature, kind in SIGNATURES.items() if content.startswith(signature))
    media_type = next(kinds, None)
    if media_type is None:
        raise bad("no_evidence", Place(file_name))
    if len(content) > LARGEST:
        raise bad("large_evidence", Place(file_name), found=len(content), most=LARGEST)
    digest = sha256(content).hexdigest()
    _write(_folder() / digest, content)
    if session.get(Evidence, digest) is None:
        session.add(
            Evidence(
                hash=digest,
                file_name=entered(file_name)[-200:],
                media_type=media_type,
                size=len(content),
                user_id=actor.user_id,
                created_at=now(),
            )
        )
        session.flush()
    return digest


def kept_evidence(session: Session, digest: str) -> tuple[Evidence, bytes | None]:
    """What was kept under the hash, and the file; see ``read_evidence``."""
    return session.get_one(Evidence, digest), read_evidence(digest)


def read_evidence(digest: str) -> bytes | None:
    """The file with this hash; None where it is lost or no longer what was kept."""
    try:
        content = (_folder() / digest).read_bytes()
    except FileNotFoundError:
        return None
    return content if sha256(content).hexdigest() == digest else None


def _folder() -> Path:
    folder = data_folder() / "evidence"
    folder.mkdir(exist_ok=True)
    return folder


def _write(file: Path, content: bytes) -> None:
    """Written aside first, so that nobody ever finds half a file."""
    if file.exists():
        return
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as aside:
        aside.write(content)
        aside.flush()
        os.fsync(aside.fileno())
    Path(aside.name).replace(file)

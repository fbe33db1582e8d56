"""Evidence on screens: a photo or a paper is handed in, and shown."""

import streamlit as st
from PIL import Image
from streamlit.runtime.uploaded_file_manager import UploadedFile

from accounts.actors import Actor
from desk.evidence import KEPT_AS, LARGEST, keep_evidence, kept_evidence
from models import Session
from screens.shell import say

MEGABYTE = 1_000_000
PHOTO_WIDTH = 320


def ask_proof(key: str) -> UploadedFile | None:
    """Asks for a photo or a PDF, which may be left out."""
    return st.file_uploader(
        say("proofs.file", megabytes=LARGEST // MEGABYTE),
        type=list(KEPT_AS),
        max_upload_size=LARGEST // MEGABYTE,
        key=key,
    )


def keep_proof(session: Session, actor: Actor, file: UploadedFile | None) -> str | None:
    """The hash under which the file is kept. Raises BadInput."""
    return keep_evidence(session, actor, file.name, file.getvalue()) if file else None


def show_proof(session: Session, digest: str | None, key: str) -> None:
    """A photo as such, a PDF to download; says so where the file is lost or was changed."""
    if digest is None:
        return
    kept, content = kept_evidence(session, digest)
    if content is None:
        st.warning(say("proofs.lost"), icon=":material/broken_image:")
    elif kept.media_type == "application/pdf":
        st.download_button(
            say("proofs.download"),
            content,
            kept.file_name,
            kept.media_type,
            key=key,
            icon=":material/download:",
            on_click="ignore",
        )
    else:
        show_photo(content, say("proofs.photo"))


def show_photo(content: bytes, caption: str) -> None:
    """The photo over its caption; a sentence where it is broken or too large to be opened."""
    try:
        st.image(content, width=PHOTO_WIDTH, caption=caption)
    except (OSError, Image.DecompressionBombError):
        st.warning(say("proofs.unreadable"), icon=":material/broken_image:")

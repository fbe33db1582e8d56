"""Evidence on screens: a photo or a paper is handed in, and shown."""

from collections.abc import Callable

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from accounts.actors import Actor
from analysis.errors import BadInput
from desk.evidence import (
    COPY,
    KEPT_AS,
    LARGEST,
    PDF,
    check_evidence,
    keep_evidence,
    shown_evidence,
)
from models import Session
from screens.acts import act
from screens.handing import NamedFile, hand_out, show_picture
from screens.offers import Make
from screens.problems import show_problems
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


def act_with_proof(
    done: str,
    file: UploadedFile | None,
    work: Callable[[Session, Actor, str | None], object],
) -> None:
    """An act that takes the hash under which the file is kept; see ``act``.

    The file is read before the act's transaction begins.
    """
    try:
        checked = check_evidence(file.name, file.getvalue()) if file else None
    except BadInput as error:
        show_problems(error)
        return
    act(
        done,
        lambda session, actor: work(
            session, actor, keep_evidence(session, actor, checked) if checked else None
        ),
    )


def show_proof(session: Session, digest: str | None, key: str) -> None:
    """A photo as such, a PDF to download; says so where the file is lost or was changed."""
    if digest is None:
        return
    try:
        shown = shown_evidence(session, digest)
    except BadInput:
        st.warning(say("proofs.unreadable"), icon=":material/broken_image:")
        return
    if shown.content is None:
        st.warning(say("proofs.lost"), icon=":material/broken_image:")
    elif shown.media_type == PDF:
        hand_out(say("proofs.download"), NamedFile(shown.file_name, PDF), _evidence(digest), key)
    else:
        show_photo(digest, say("proofs.photo"), key)


def show_photo(digest: str, caption: str, key: str) -> None:
    """The copy that people see of a photo, over its caption."""
    show_picture(NamedFile("foto.jpg", COPY), _evidence(digest), key, PHOTO_WIDTH, caption)


def _evidence(digest: str) -> Make:
    return lambda session, _: shown_evidence(session, digest).content or b""

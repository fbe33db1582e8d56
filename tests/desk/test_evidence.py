"""What is handed in stays as it came; what people see of a photo is a copy of its pixels."""

from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from desk.evidence import (
    check_evidence,
    check_photo,
    keep_copy,
    keep_evidence,
    read_evidence,
    shown_evidence,
)
from models import Evidence, reading, writing
from reports.photograph import clean_photo
from tests.desk.conftest import House, older_photo
from tests.refusing import refusing
from tests.reports.test_photograph import KINDS, SECRETS, exif, sideways, written

PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("DATA", str(tmp_path))
    return tmp_path / "evidence"


def zipped() -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("a.html", "<script>")
    return file.getvalue()


BEHIND = (zipped(), b"<script>alert(1)</script>", KINDS["jpeg"], b"\0\0\0\x10freePK\x03\x04____")


@pytest.mark.parametrize("kind", KINDS)
def test_the_original_is_kept_and_a_copy_without_position_is_shown(house: House, kind: str) -> None:
    content = KINDS[kind]
    with writing(house.engine) as session:
        digest = keep_evidence(session, house.official, check_evidence(f"IMG_1.{kind}", content))
    assert digest == sha256(content).hexdigest()
    assert read_evidence(digest) == content
    with reading(house.engine) as session:
        shown = shown_evidence(session, digest)
        kept = session.get_one(Evidence, digest)
    assert (kept.media_type, kept.size) == (f"image/{kind}", len(content))
    assert (shown.file_name, shown.media_type) == (f"IMG_1.{kind}", "image/jpeg")
    assert shown.content == clean_photo(content)
    assert not any(secret in (shown.content or b"") for secret in SECRETS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "behind",
    [zipped(), b"<script>alert(1)</script>", KINDS["jpeg"], b"\0\0\0\x10freePK\x03\x04____"],
)
def test_a_photo_with_something_behind_is_refused(kind: str, behind: bytes) -> None:
    with refusing(
        f"{len(behind)} bytes of other data behind the photo|{len(behind):,} bytes of other"
    ):
        check_evidence("a.jpg", KINDS[kind] + behind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_photo_that_breaks_off_is_refused(kind: str) -> None:
    content = KINDS[kind]
    for cut in (16, len(content) // 2, len(content) - 1):
        with refusing(r"a\.jpg.*damaged or breaks off"):
            check_evidence("a.jpg", content[:cut])


def test_zeros_behind_a_photo_are_nothing() -> None:
    assert check_evidence("a.jpg", written("JPEG") + bytes(64)).copy == clean_photo(written("JPEG"))


def test_a_pdf_is_shown_as_it_came_and_is_no_photo(house: House) -> None:
    with writing(house.engine) as session:
        digest = keep_evidence(session, house.official, check_evidence("a.pdf", PDF))
        shown = shown_evidence(session, digest)
    assert (shown.media_type, shown.content) == ("application/pdf", PDF)
    with refusing("no photograph"):
        check_photo("a.pdf", PDF)


def test_a_pdf_that_is_a_zip_file_too_is_refused() -> None:
    with refusing("a ZIP file hidden inside it"):
        check_evidence("a.pdf", PDF + zipped())


def test_of_a_photo_for_a_paper_the_copy_alone_is_kept(house: House, folder: Path) -> None:
    photo = check_photo("a.heic", KINDS["heic"])
    with writing(house.engine) as session:
        digest = keep_copy(session, house.official, photo)
        assert shown_evidence(session, digest).content == photo.copy
    assert [file.name for file in folder.iterdir()] == [digest]


def test_a_photo_from_before_there_were_copies_shows_no_position(house: House) -> None:
    content = written("JPEG", sideways(), exif=exif())
    with writing(house.engine) as session:
        digest = older_photo(session, house.official.user_id, content)
        assert shown_evidence(session, digest).content == clean_photo(content)


def test_a_changed_copy_is_made_anew_and_of_a_changed_original_nothing_is_shown(
    house: House, folder: Path
) -> None:
    content = KINDS["webp"]
    with writing(house.engine) as session:
        digest = keep_evidence(session, house.official, check_evidence("a.webp", content))
        copy = session.get_one(Evidence, digest).copy_hash or ""
    (folder / copy).write_bytes(KINDS["jpeg"])
    with reading(house.engine) as session:
        assert shown_evidence(session, digest).content == clean_photo(content)
        (folder / copy).write_bytes(clean_photo(content))
        (folder / digest).write_bytes(KINDS["png"])
        assert shown_evidence(session, digest).content is None

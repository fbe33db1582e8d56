"""Receipts are found by whoever holds the code, and lead to no response."""

import os
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from models import Publication, PublishedCount, User, now, reading, writing
from survey.receipts import CODE_LENGTH, find_receipt, instance_secret, mint_key, receipt_code
from tests.survey.conftest import SECRET, Place
from tests.world import seal_by_another

ANSWER_TABLES = ["responses", "answers_skm_2017", "answers_skm_2026", "experiences", "comments"]


def test_a_code_is_found_however_it_is_typed(place: Place) -> None:
    code = place.send()
    assert len(code.replace("-", "")) == CODE_LENGTH
    misread = code.replace("0", "O").replace("1", "l")
    sloppy = [
        code,
        code.lower(),
        code.replace("-", ""),
        code.replace("-", " – "),
        f"  {code}\n",
        f"\u200b{code.replace('-', chr(0xA0))}.",
        misread,
        misread.lower(),
        code.replace("1", "I"),
    ]
    with reading(place.engine) as session:
        for typed in sloppy:
            found = find_receipt(session, SECRET, typed)
            assert found is not None, typed
            assert (found.unit, found.period) == ("Puskesmas Langgur", "Semester ini")
            assert found.publications == []


@pytest.mark.parametrize("typed", ["", "AAAA-AAAA-AAAA", "-", "\0", "\ud800", "x" * 100_000, "'"])
def test_an_unknown_code_is_nothing(place: Place, typed: str) -> None:
    place.send()
    with reading(place.engine) as session:
        assert find_receipt(session, SECRET, typed) is None


def test_another_instances_code_is_unknown(place: Place) -> None:
    code = place.send()
    with reading(place.engine) as session:
        assert find_receipt(session, bytes(32), code) is None


def test_a_receipt_tells_how_many_a_publication_counts(place: Place) -> None:
    codes = [place.send(), place.send(unit="dukcapil-malra")]
    with writing(place.engine) as session:
        user = User(username="ani", name="Ani", password_hash="x", active=True)
        session.add(user)
        session.flush()
        publication = Publication(
            scheme_hash=place.rows("periods")[0]["scheme_hash"],
            year=2026,
            document="{}",
            document_hash="d" * 64,
            user_id=user.id,
            created_at=now(),
        )
        seal_by_another(session, publication)
        keys = {"publication_id": publication.id, "period_id": place.period}
        session.add(PublishedCount(unit_id=place.unit, received=9, counted=7, **keys))
        identity = publication.id
    with reading(place.engine) as session:
        first, second = (find_receipt(session, SECRET, code) for code in codes)
    assert first is not None
    assert second is not None
    (counted,) = first.publications
    assert (counted.publication, counted.year) == (identity, 2026)
    assert (counted.counted, counted.received) == (7, 9)
    assert second.publications == []


def test_nothing_joins_a_receipt_to_a_response(place: Place) -> None:
    inspector = sa.inspect(place.engine)
    columns = {
        table: {one["name"]: str(one["type"]) for one in inspector.get_columns(table)}
        for table in ["receipts", *ANSWER_TABLES]
    }
    assert set(columns["receipts"]) == {"code_hash", "institution_id", "unit_id", "period_id"}
    for table in ANSWER_TABLES:
        shared = set(columns["receipts"]) & set(columns[table])
        assert shared <= {"institution_id", "unit_id", "period_id"}
    times = [kind for one in columns.values() for kind in one.values() if "TIME" in kind]
    assert times == []
    if place.engine.dialect.name == "sqlite":
        for table in columns:
            assert inspector.get_table_options(table) == {"sqlite_with_rowid": False}


def test_no_value_of_a_receipt_stands_beside_an_answer(place: Place) -> None:
    key = mint_key()
    code = place.send(key=key, comment="Baik", experience=("none",))
    (receipt,) = place.rows("receipts")
    secrets = [key, code, code.replace("-", ""), receipt["code_hash"]]
    for table in ["receipts", *ANSWER_TABLES]:
        for row in place.rows(table):
            text = str(row | {"code_hash": None}).replace("-", "")
            assert not [one for one in secrets if one.replace("-", "") in text]


def test_the_code_is_made_from_the_key_and_the_secret_alone() -> None:
    key = mint_key()
    assert receipt_code(SECRET, key) == receipt_code(SECRET, key)
    assert receipt_code(SECRET, key) != receipt_code(bytes(32), key)
    assert len({receipt_code(SECRET, mint_key()) for _ in range(1000)}) == 1000


def test_the_instances_secret_is_made_once_by_many(tmp_path: Path) -> None:
    """Whoever comes while another writes it must not read an empty file."""
    old = os.umask(0)
    try:
        for number in range(30):
            folder = tmp_path / str(number)
            folder.mkdir()
            together = threading.Barrier(8)
            with ThreadPoolExecutor(8) as pool:
                found = {*pool.map(lambda _: _meet(together, folder), range(8))}  # noqa: B023
            assert [len(secret) for secret in found] == [32]
            assert {instance_secret(folder)} == found
            (file,) = folder.iterdir()
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
    finally:
        os.umask(old)


def _meet(together: threading.Barrier, folder: Path) -> bytes:
    together.wait(10)
    return instance_secret(folder)


@pytest.mark.parametrize("content", ["", "00ff", "no hexadecimal digits", "0" * 63])
def test_a_damaged_secret_is_not_used(tmp_path: Path, content: str) -> None:
    (tmp_path / "instance.key").write_text(content)
    with pytest.raises(ValueError, match=r"damaged|hexadecimal"):
        instance_secret(tmp_path)

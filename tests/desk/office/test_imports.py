"""A large file is stored beside the pages; what waits for it holds no personal data."""

import pickle
from pathlib import Path

import pytest

from desk.jobs import run
from desk.office.imports import KIND, WORKS, begin_import, how_to_read
from models import Batch, Comment, Job, reading, writing
from models.settings import data_folder
from survey.reading.understood import Understood, read_file
from tests.desk.conftest import House

HEADING = "Nama,U1,U2,U3,U4,U5,U6,U7,U8,U9,Saran"
ROW = "Budi Santoso,1,2,3,4,1,2,3,4,1,Hubungi 0812 3456 7890"


def test_a_file_waits_without_names_and_is_stored_once(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATA", str(tmp_path))
    with writing(house.engine) as session:
        asked = how_to_read(session, house.coordinator, house.clinic, house.period)
        understood = read_file(f"{HEADING}\n{ROW}\n".encode(), "a.csv", asked)
        job = begin_import(session, house.coordinator, house.clinic, house.period, understood).id
    (waiting,) = (data_folder() / "papers").glob("*.in")
    laid_down = waiting.read_bytes()
    assert b"Santoso" not in laid_down
    assert b"0812" not in laid_down
    assert isinstance(pickle.loads(laid_down), Understood)
    run(house.engine, job, WORKS[KIND])
    assert not waiting.exists()
    with reading(house.engine) as session:
        done, batch = session.get_one(Job, job), session.query(Batch).one()
        (comment,) = session.query(Comment).all()
    assert (done.state, done.problem, done.file_name) == ("done", "", str(batch.id))
    assert batch.rows == 1
    assert "0812" not in comment.text

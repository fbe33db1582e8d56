"""A file read in a process of its own reads as it does here."""

import pytest

from survey.reading.aside import ReadingAside
from tests.survey.reading.conftest import asked, read
from tests.survey.test_files import SEKADAU

pytestmark = pytest.mark.long


def test_what_is_understood_comes_back() -> None:
    content = SEKADAU.read_bytes()
    found = ReadingAside(content, "sekadau-2019.csv", asked())
    found.wait()
    assert found.done
    assert found.view
    assert found.view.understood
    here = read(content, "sekadau-2019.csv")
    assert found.view.understood.index.shown == here.index.shown == "78.74"
    assert found.view.understood.content_hash == here.content_hash


def test_why_it_is_refused_comes_back_whole() -> None:
    found = ReadingAside(b"PK\x03\x04 broken", "a.xlsx", asked())
    found.wait()
    assert found.view is None
    assert found.refused
    assert [one.code for one in found.refused.problems] == ["no_workbook"]


def test_it_can_be_stopped() -> None:
    found = ReadingAside(SEKADAU.read_bytes(), "sekadau-2019.csv", asked())
    found.stop()
    assert found.done

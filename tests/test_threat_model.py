"""What the threat model says a test shows, a test shows."""

import re

import pytest

from tests.conftest import ROOT

MODEL = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
ROWS = [
    line
    for line in MODEL.partition("## What is tried")[2].splitlines()
    if line.startswith("|") and not line.startswith(("| Who |", "|---"))
]


@pytest.mark.parametrize("row", ROWS)
def test_each_is_shown_by_tests_that_are_there(row: str) -> None:
    named = NAMED.findall(row.rsplit("|", 2)[1])
    assert named
    for file, test in named:
        text = (ROOT / file).read_text(encoding="utf-8")
        pattern = rf"^(?:async )?def {test or 'test_[a-z]'}"
        assert re.search(pattern, text, re.MULTILINE), f"{file}::{test}"


def test_whoever_is_named_tries_something() -> None:
    people = re.findall(r"^\| (?:An?) (\w+)", MODEL.partition("## What is tried")[0], re.MULTILINE)
    assert len(people) == 6
    for person in {*people} - {"citizen"}:
        assert any(row.lower().startswith(f"| {person}") for row in ROWS), person

"""What every document of a kind has."""

import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

DOCS = Path("docs")
DECISIONS = sorted((DOCS / "decisions").glob("*.md"))
ROOMS = {path.parent.name for path in Path().glob("*/__init__.py")}
HEAD = re.compile(
    r"# (?P<number>\d+)\. \S.+\n\nDate: (?P<date>\S+)\\\nStatus: (?P<status>.+)\n\n(?P<text>\S)"
)
STATUS = re.compile(r"accepted|superseded by \[\d+\]\((?P<by>\S+\.md)\)")
VERSION = re.compile(r"^## (\S+) \((\d{4}-\d\d-\d\d)\)$")


@pytest.mark.parametrize("record", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_date_status_and_what_was_rejected(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    head = HEAD.match(text)
    assert head
    assert int(head["number"]) == int(record.name[:4])
    assert date.fromisoformat(head["date"]) >= date(2026, 11, 21)  # the first day of this history
    status = STATUS.fullmatch(head["status"])
    assert status
    assert status["by"] is None or (record.parent / status["by"]).is_file()
    rejected = text.partition("\n## Rejected\n\n")[2]
    assert len(rejected.split()) >= 10
    assert "\n## " not in rejected


def test_decisions_are_numbered_without_gaps_and_dated_in_order() -> None:
    heads = [HEAD.match(record.read_text(encoding="utf-8")) for record in DECISIONS]
    found = [(int(head["number"]), head["date"]) for head in heads if head]
    assert [number for number, _ in found] == list(range(1, len(DECISIONS) + 1))
    assert all(earlier <= later for (_, earlier), (_, later) in pairwise(found))


def test_versions_are_dated_and_the_newest_is_that_of_the_program() -> None:
    headings = re.findall(r"^## .+$", Path("CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    if headings[0] == "## Unreleased":
        headings = headings[1:]
    versions = [VERSION.fullmatch(heading) for heading in headings]
    assert versions
    dates = [date.fromisoformat(version[2]) for version in versions if version]
    assert len(dates) == len(headings)
    assert dates == sorted(dates, reverse=True)
    assert versions[0]
    assert f'\nversion = "{versions[0][1]}"\n' in Path("pyproject.toml").read_text("utf-8")


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "README.md"])
def test_every_file_that_is_named_is_there(name: str) -> None:
    text = Path(name).read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    named = [
        path
        for path in re.findall(r"`([a-z]+/[\w./-]*)`", text)
        if Path(path).parts[0] in ROOMS and "NAME" not in path
    ]
    assert links
    assert named
    assert [one for one in {*links, *named} if not Path(one).exists()] == []

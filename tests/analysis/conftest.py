"""The command line of the analysis, and files for it to read."""

import csv
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from analysis.__main__ import main

DATA = Path(__file__).parent.parent / "data"
ROOT = DATA.parent.parent

GUIDE = (ROOT / "docs" / "writing-a-scheme.md").read_text(encoding="utf-8")
# The files of the guide, by their names: COINr's tree among them.
GUIDE_FILES = dict(
    re.findall(r"^`([\w.]+)`:\n\n```\w+\n(.*?)```$", GUIDE, re.MULTILINE | re.DOTALL)
)
COINR = GUIDE_FILES["coinr.yaml"]


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a small CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Outcome:
    """What a command returned and printed."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """What it printed, read as JSON."""
        return json.loads(self.out)


Run = Callable[..., Outcome]
Write = Callable[[str, str], Path]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command of ``python -m analysis`` in this process."""

    def command(*arguments: object) -> Outcome:
        capsys.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as refused:  # argparse
            code = int(refused.code or 0)
        printed = capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    return command


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a small text file and give its path."""

    def file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return file

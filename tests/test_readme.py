"""What the README shows is what the program prints."""

import re
import shlex
from pathlib import Path

import pytest

from analysis.__main__ import main

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
SHOWN = re.compile(r"^\$ .venv/bin/python -m analysis (.+)\n((?:.*\n)*?)```", re.MULTILINE)
EXAMPLES = [
    pytest.param(*shown, marks=[pytest.mark.model] if shown[0].startswith("comments") else [])
    for shown in SHOWN.findall(README)
]


@pytest.mark.parametrize(("arguments", "printed"), EXAMPLES)
def test_the_example_prints_what_is_shown(
    arguments: str, printed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(shlex.split(arguments)) == 0
    assert capsys.readouterr().out == printed


def test_every_picture_is_there() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert pictures
    assert [picture for picture in pictures if not Path(picture).is_file()] == []

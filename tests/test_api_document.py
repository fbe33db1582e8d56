"""What docs/api.md shows is what the service answers."""

import http.client
import re
import shlex
from pathlib import Path

import pytest

from interface.addresses import ADDRESSES
from tests.conftest import App

DOCUMENT = Path("docs/api.md").read_text(encoding="utf-8")
SHOWN = re.compile(r"^\$ curl (.+)\n((?:[^$`].*\n)*)", re.MULTILINE)
EXAMPLES = SHOWN.findall(DOCUMENT)


def curl(app: App, arguments: str) -> list[str]:
    """The lines that curl prints of the service's answer."""
    method, headers, path, head = "GET", {}, "", False
    given = iter(shlex.split(arguments.replace("$SITE", "")))
    for one in given:
        match one:
            case "-X":
                method = next(given)
            case "-H":
                name, _, value = next(given).partition(": ")
                headers[name] = value
            case "-sI":
                method, head = "HEAD", True
            case "-s":
                pass
            case _:
                path = one
    connection = http.client.HTTPConnection("127.0.0.1", app.port, timeout=20)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read().decode("utf-8-sig")
    connection.close()
    first = f"HTTP/1.1 {answer.status} {answer.reason}"
    return [first, *(f"{k}: {v}" for k, v in answer.getheaders())] if head else body.splitlines()


@pytest.mark.parametrize(("arguments", "shown"), EXAMPLES)
def test_the_answer_holds_the_lines_that_are_shown(app: App, arguments: str, shown: str) -> None:
    answered = curl(app, arguments)
    assert shown
    assert [line for line in shown.splitlines() if line not in answered] == []


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 7


def test_the_table_names_every_address() -> None:
    told = re.findall(r"^\| `(/\S+)` \| (.+) \| (yes|no) \|$", DOCUMENT, re.MULTILINE)
    assert told == [(one.path, one.about, "yes" if one.row else "no") for one in ADDRESSES]

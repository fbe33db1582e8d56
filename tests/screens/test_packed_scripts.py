"""Streamlit's scripts, as they go over a slow line."""

import gzip
import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from streamlit.file_util import get_static_dir

from screens.packed_scripts import PackedScripts
from tests.asgi import Answered, ask

FOLDER = Path(get_static_dir())
PAGE = (FOLDER / "index.html").read_text()
FIRST = re.findall(r'(?:src|href)="\./(static/(?:js|css)/[^"]+)"', PAGE)
READS = {"Accept-Encoding": "br, gzip"}


def fetched(path: str, headers: dict[str, str] = READS, method: str = "GET") -> Answered:
    return ask(PackedScripts(Starlette()), f"/{path}", method, headers)


@pytest.mark.parametrize("path", FIRST)
def test_they_arrive_packed_and_whole(path: str) -> None:
    for _ in range(2):
        answer = fetched(path)
        assert gzip.decompress(answer.body) == (FOLDER / path).read_bytes()
        told = answer.headers
        assert (told["content-encoding"], told["vary"]) == ("gzip", "Accept-Encoding")
        assert told["content-length"] == str(len(answer.body))
        assert told["content-type"].split(";")[0] in {"text/javascript", "text/css"}


def test_less_than_half_goes_over_the_line() -> None:
    packed = [len(fetched(path).body) for path in FIRST]
    assert packed
    assert sum(packed) * 2 < sum((FOLDER / path).stat().st_size for path in FIRST)


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (FIRST[0], {"Accept-Encoding": "identity"}),
        (FIRST[0], {**READS, "Range": "bytes=0-9"}),
        ("static/js/none.js", READS),
        ("static/js/..js", READS),
        ("index.html", READS),
    ],
)
def test_all_else_is_streamlits_own(path: str, headers: dict[str, str]) -> None:
    assert fetched(path, headers).status == 404


@pytest.mark.parametrize("method", ["HEAD", "POST"])
def test_only_reading_is_answered(method: str) -> None:
    assert fetched(FIRST[0], method=method).status == 404

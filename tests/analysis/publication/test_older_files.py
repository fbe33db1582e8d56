"""Publications that stand sealed: files made by earlier versions hold, byte for byte.

``older.json`` is from before institutions declared a fact and interviews were held;
``newer.json`` names it as the one before, and has all that a document of format 2 can have.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from analysis.publication.evidence import read_evidence
from analysis.publication.publication import derive
from analysis.publication.published_scores import PublishedScores, read_scores
from analysis.publication.sealed import examine
from tests.refusing import refusing

FILES = Path(__file__).parents[2] / "data" / "publications"
OLDER, NEWER, KEY = (
    (FILES / name).read_bytes() for name in ("older.json", "newer.json", "key.pem")
)
EACH = pytest.mark.parametrize("sealed", [OLDER, NEWER], ids=["older", "newer"])


@EACH
def test_it_verifies(sealed: bytes) -> None:
    verdict = examine(sealed, KEY)
    assert verdict.holds
    assert verdict.withheld == ["dobo"]


def test_the_chain_holds() -> None:
    assert examine(NEWER, KEY, OLDER).chained
    assert examine(NEWER).sha256 == (
        "367a574c341e3bc171aec013f90a75df3d26eae394da5e16e1238f871c69d6ab"
    )


@EACH
def test_what_follows_from_its_evidence_is_written_alike(sealed: bytes) -> None:
    document = derive(read_evidence(json.loads(sealed)["document"]))
    assert sealed.startswith(as_sealed(document))


@EACH
def test_reading_and_writing_changes_no_byte(sealed: bytes) -> None:
    document = read_scores(json.dumps(json.loads(sealed)["document"]))
    assert sealed.startswith(as_sealed(document))


@EACH
def test_what_was_read_is_what_was_derived(sealed: bytes) -> None:
    content = json.loads(sealed)["document"]
    assert read_scores(json.dumps(content)) == derive(read_evidence(content))


def test_older_files_say_less() -> None:
    older, newer = (read_scores(json.dumps(json.loads(one)["document"])) for one in (OLDER, NEWER))
    assert {one.declared for one in older.institutions} == {None}
    assert [one.declared for one in newer.institutions] == [True, False, False]
    assert [bool(one.interviews) for one in newer.units] == [True, False, False, False]


KEYS = [
    (),
    ("scheme",),
    ("instruments", 0),
    ("instruments", 0, "scheme"),
    ("ranges", "staff"),
    ("institutions", 0),
    ("units", 0),
    ("units", 0, "survey"),
    ("units", 0, "survey", "experienced"),
    ("units", 0, "responses", 0),
]


@pytest.mark.parametrize("path", KEYS, ids=str)
def test_no_key_is_unknown_or_missing(path: tuple[str | int, ...]) -> None:
    content: Any = json.loads(OLDER)["document"]
    place = content
    for step in path:
        place = place[step]
    for key in list(place):
        value = place.pop(key)
        with refusing(f"{key}: found nothing"):
            read_scores(json.dumps(content))
        place[key] = value
    assert read_scores(json.dumps(content))
    place["unknown"] = 1
    with refusing('unknown: found "1"'):
        read_scores(json.dumps(content))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *[("score", one) for one in ("086.81", "86,81", "NaN", 86.81, "")],
        *[("score_exact", one) for one in ("2/4", "1/0", "0.5", 1, "")],
        *[("rank", one) for one in ("1", -1, 1.5)],
        *[("label", one) for one in ({"id": "Tinggi"}, 1)],
    ],
)
def test_no_value_is_written_otherwise(key: str, value: object) -> None:
    content = json.loads(OLDER)["document"]
    content["units"][0][key] = value
    with refusing(rf"units\[0\]\.{key}"):
        read_scores(json.dumps(content))


def test_a_document_from_before_the_format_is_refused() -> None:
    with refusing("format"):
        read_scores('{"format":1}')


def as_sealed(document: PublishedScores) -> bytes:
    """How a sealed file of the document begins."""
    return b'{"document":' + rfc8785.dumps(document.content()) + b',"key":'

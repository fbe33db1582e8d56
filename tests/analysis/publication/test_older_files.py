"""Publications that stand sealed: files made by earlier versions hold, byte for byte.

``older.json`` is from before institutions declared a fact and interviews were held;
``newer.json`` names it as the one before, and has all that a document of format 2 can have.
"""

import json
from pathlib import Path

import pytest
import rfc8785

from analysis.publication.publication import derive, read_evidence
from analysis.publication.sealed import examine

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
    content = json.loads(sealed)["document"]
    written = rfc8785.dumps(derive(read_evidence(content)))
    assert sealed.startswith(b'{"document":' + written + b',"key":')

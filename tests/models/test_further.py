"""Tables that answer neither citizens nor log-ins come later, whatever is asked meanwhile."""

import subprocess
import sys

import pytest

import models
from models.further import FURTHER
from tests.conftest import ROOT

AT_A_START = f"""
import sys
import models
from models.base import Base
from sqlalchemy import event
from sqlalchemy.orm import Mapper, configure_mappers

tables = Base.metadata.tables
assert not {{f"models.{{name}}" for name in {FURTHER!r}}} & sys.modules.keys()
for table in list(tables.values()):
    for key in table.foreign_keys:
        assert key.target_fullname.partition(".")[0] in tables, key.target_fullname
configure_mappers()
before = len(tables)

@event.listens_for(Mapper, "after_mapper_constructed")
def ask(mapper, _):
    configure_mappers()

models.every_table()
assert len(tables) > before
configure_mappers()
"""


def test_whoever_asks_while_they_are_loaded_finds_whole_tables() -> None:
    """The first ones refer to no later one; the later ones to none that is declared after them."""
    done = subprocess.run(
        [sys.executable, "-c", AT_A_START], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_name_is_found_and_no_other() -> None:
    assert [name for name in models.__all__ if not hasattr(models, name)] == []
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        models.Nothing  # type: ignore[attr-defined]  # noqa: B018

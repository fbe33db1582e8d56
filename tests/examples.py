"""Examples in docstrings: only a module that has one is imported for them.

Every test process imports what it collects, and most modules have no example to run.
"""

from collections.abc import Generator
from pathlib import Path

import pytest
from _pytest.doctest import DoctestModule

PROMPT = ">>> "
Collectors = list[pytest.Collector]


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path) -> Generator[None, Collectors, Collectors]:
    """Collects no examples where there are none."""
    found = yield
    if file_path.suffix != ".py" or PROMPT in file_path.read_text(encoding="utf-8"):
        return found
    return [collector for collector in found if not isinstance(collector, DoctestModule)]

"""The service as a new office meets it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import App, running_app


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[App]:
    """The service on an empty database, without the demonstration."""
    with running_app(tmp_path) as app:
        yield app

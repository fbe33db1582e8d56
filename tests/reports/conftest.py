"""What tests of documents ask for by name."""

import pytest

from tests.reports.office import Office


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """LibreOffice, ready to convert."""
    return Office(tmp_path_factory.mktemp("office"))

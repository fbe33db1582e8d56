"""More than two tests begun again fail a run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.long

CONFTEST = """
from tests import again

def pytest_configure(config):
    config.pluginmanager.register(again)
"""
TEST = """
import pytest

begun = []

@pytest.mark.flaky(reruns=1)
def test_it():
    begun.append(1)
    assert len(begun) > 1
"""


@pytest.mark.parametrize(
    ("missed", "status", "told"),
    [(2, 0, "begun again: 2, of 2 at most"), (3, 1, "begun again: 3, which is too many")],
)
def test_a_run_fails_where_more_than_two_were_begun_again(
    tmp_path: Path, missed: int, status: int, told: str
) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    for number in range(missed):
        (tmp_path / f"test_{number}.py").write_text(TEST)
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "2", str(tmp_path)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, told in ended.stdout) == (status, True), ended.stdout
    assert f"{missed} passed" in ended.stdout

"""The fuzzed requests and files of ``bench``, a few of each, as its commands send them."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT

pytestmark = [pytest.mark.database, pytest.mark.long]


@pytest.mark.parametrize(
    "command", [("bench.fuzzing", "--requests", "800"), ("bench.fuzzed_files", "--files", "60")]
)
def test_nothing_breaks(command: tuple[str, ...]) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "seed" in ended.stdout

"""A minute of the soak in docs/measurements.md: workers are killed, nothing is lost or doubled."""

import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT


@pytest.mark.database
@pytest.mark.long
def test_a_minute_with_kills_loses_and_doubles_nothing() -> None:
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "bench.soak",
            "--seconds",
            "60",
            "--kill-every",
            "15",
            "--rate",
            "50",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    told = dict(re.findall(r"^\| ([\w ,-]+) \| (.+) \|$", ended.stdout, re.MULTILINE))
    assert (told["lost"], told["stored twice"]) == ("0", "0")
    assert int(told["workers killed"]) >= 3
    assert int(told["forms sent"].replace(",", "")) > 2_500

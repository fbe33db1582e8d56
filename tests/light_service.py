"""The light service in a process of its own."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import ROOT, App

ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)\n")


@contextmanager
def running_light(url: str, folder: Path, workers: int = 1, proxy: str = "") -> Iterator[App]:
    """The light service on a database, with its secret in ``folder``, from when it is ready.

    ``proxy``: the address that it believes whom it speaks for.
    """
    settings = {
        "HOST": "127.0.0.1",
        "PORT": "0",
        "WORKERS": str(workers),
        "DATABASE_URL": url,
        "DATA": str(folder),
        "FORWARDED_ALLOW_IPS": proxy,
    }
    log = folder / "light"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "light.py"],
            cwd=ROOT,
            env=os.environ | settings,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _ready(process, log)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _ready(process: subprocess.Popen[bytes], log: Path) -> App:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        address = ADDRESS.search(log.read_text())
        light = App(process, int(address[1]) if address else 0, log)
        if address and light.healthy():
            return light
        time.sleep(0.05)
    pytest.fail(f"python light.py never became healthy. It printed:\n{log.read_text()}")

"""The light service in a process of its own."""

import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.begun import Running, commanded, end, forked
from tests.conftest import App

ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)\n")


@contextmanager
def running_light(
    url: str, folder: Path, workers: int = 1, proxy: str = "", by_itself: bool = False
) -> Iterator[App]:
    """The light service on a database, with its secret in ``folder``, from when it is ready.

    ``proxy``: the address that it believes whom it speaks for.
    ``by_itself``: whether it is begun by its command, as several workers always are.
    """
    settings = {
        "HOST": "127.0.0.1",
        "PORT": "0",
        "WORKERS": str(workers),
        "DATABASE_URL": url,
        "DATA": str(folder),
        "FORWARDED_ALLOW_IPS": proxy,
    }
    log, asked = folder / "light", os.environ | settings
    if by_itself or workers > 1:
        process = commanded([sys.executable, "light.py"], asked, log)
    else:
        process = forked("light", asked, log)
    try:
        yield _ready(process, log)
    finally:
        end(process)


def _ready(process: Running, log: Path) -> App:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        address = ADDRESS.search(log.read_text())
        light = App(process, int(address[1]) if address else 0, log)
        if address and light.healthy():
            return light
        time.sleep(0.05)
    pytest.fail(f"python light.py never became healthy. It printed:\n{log.read_text()}")

"""Services in processes of their own, most of them forks of one that has loaded them.

To load the light service takes a second of processor and the whole one four, and the tests begin
some eighty. What is forked runs ``main`` as a command does. That each loads by its own command is
seen where a service begins with several workers, under another command, or where the test asks.
"""

import atexit
import json
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from tests.needs import SERVICE_BEGINS

ROOT = Path(__file__).parent.parent
# With which a service loads, where not as Python does by itself.
SWITCHES = {"app": [], "light": ["-OO"]}
READ_LATE = {
    "ARCHIVES",
    "CONTACT",
    "DATA",
    "DATABASE_URL",
    "DEMO",
    "FORWARDED_ALLOW_IPS",
    "HOST",
    "METRICS",
    "PORT",
    "PYTEST_CURRENT_TEST",
    "WORKERS",
}
SECONDS_TO_END = 20.0

Settings = Mapping[str, str]


class Running(Protocol):
    """What tests ask of a service's process."""

    @property
    def pid(self) -> int:
        """Its number."""

    def poll(self) -> int | None:
        """How it ended; None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """How it ended, once it has. Raises TimeoutExpired."""

    def terminate(self) -> None:
        """Asks it to end, while it runs."""

    def kill(self) -> None:
        """Ends it at once, while it runs."""


class Mother:
    """A process that has loaded a service and forks it."""

    def __init__(self, name: str, settings: Settings) -> None:
        self._process = subprocess.Popen(
            [sys.executable, *SWITCHES[name], "tests/mother.py", name],
            cwd=ROOT,
            env=settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(self._process.communicate)  # with its input it ends

    def ask(self, **words: Any) -> Any:
        """What it answers."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


class Forked:
    """A child of such a process."""

    def __init__(self, mother: Mother, settings: Settings, log: Path) -> None:
        sys.audit(SERVICE_BEGINS)
        self._mother = mother
        self._ended: int | None = None
        self.pid = int(mother.ask(settings=settings, log=str(log)))

    def poll(self) -> int | None:
        """See ``Running``."""
        if self._ended is None:
            self._ended = self._mother.ask(ended=self.pid)
        return self._ended

    def wait(self, timeout: float | None = None) -> int:
        """See ``Running``."""
        deadline = time.monotonic() + (timeout or math.inf)
        while (ended := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            time.sleep(0.01)
        return ended

    def terminate(self) -> None:
        """See ``Running``."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """See ``Running``."""
        self._send(signal.SIGKILL)

    def _send(self, sent: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, sent)


mothers: dict[tuple[str, frozenset[tuple[str, str]]], Mother] = {}


def forked(name: str, settings: Settings, log: Path) -> Running:
    """The service of this name (app, light), by a process that has loaded it with such settings."""
    loaded_with = frozenset((key, settings[key]) for key in settings.keys() - READ_LATE)
    if (name, loaded_with) not in mothers:
        mothers[name, loaded_with] = Mother(name, settings)
    log.write_bytes(b"")
    return Forked(mothers[name, loaded_with], settings, log)


def commanded(words: Sequence[str], settings: Settings, log: Path) -> Running:
    """The service that a command begins."""
    with log.open("wb") as output:
        return subprocess.Popen(
            words, cwd=ROOT, env=settings, stdout=output, stderr=subprocess.STDOUT
        )


def end(process: Running) -> None:
    """Asks it to end, and waits until it has."""
    process.terminate()
    try:
        process.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

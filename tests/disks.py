"""A small disk of its own, to be filled or made read-only for real: a tmpfs that root mounts."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

MEGABYTES = 80  # more than what readiness wants to be free
PIECES = (2**20, 4096, 1)


@dataclass(frozen=True)
class Disk:
    """A mounted disk."""

    folder: Path

    def fill(self) -> None:
        """Leaves not one byte free."""
        with self._filling.open("wb", buffering=0) as file:
            for size in PIECES:
                with suppress(OSError):  # no space left
                    while True:
                        file.write(b"x" * size)

    def free(self) -> None:
        """As before ``fill``."""
        self._filling.unlink()

    def allow(self, what: str) -> None:
        """Lets it be written ("rw"), or read alone ("ro")."""
        subprocess.run(["mount", "-o", f"remount,{what}", self.folder], check=True)

    @property
    def _filling(self) -> Path:
        return self.folder / "filling"


@contextmanager
def mounted(folder: Path) -> Iterator[Disk]:
    """A disk at the folder. Skips the test where that can't be."""
    if os.geteuid() != 0:
        pytest.skip("not run by root, who alone may mount a small disk")
    folder.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=0777", "tmpfs", str(folder)]
    done = subprocess.run(options, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)

"""Where the tests' databases stand: in memory, where there is room for them.

A fresh database of PostgreSQL is a thousand files, made and removed for each test: on a disk that
takes more than most tests do. Containers have a folder in memory, but often a very small one.
"""

import shutil
from pathlib import Path

IN_MEMORY = Path("/dev/shm")
ROOM = 2**30  # bytes


def swift_place(room: int = ROOM) -> Path | None:
    """A folder in memory with so many bytes free; None, for tempfile's own choice, without."""
    if IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free >= room:
        return IN_MEMORY
    return None

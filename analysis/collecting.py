"""A pause of Python's search for cycles of objects, while much is made that stays."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_lock = Lock()
_pausing: list[bool] = []  # of each who is at it, whether there was a search before


@contextmanager
def collecting_paused() -> Iterator[None]:
    """No search meanwhile. Where a nation is derived, each one goes through all that was ever
    kept: a quarter of a second, several times. Whoever is the last to end lets it go on.
    """
    with _lock:
        _pausing.append(_pausing[0] if _pausing else gc.isenabled())
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            before = _pausing.pop()
            if before and not _pausing:
                gc.enable()

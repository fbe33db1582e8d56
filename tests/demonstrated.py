"""The data of a service with the demonstration: made once a run, copied wherever it is asked for.

To load it takes as long as some hundred tests. Its passwords are hashed with the least work, as
all that tests make, and so are quickly checked by services too. That a service loads it itself,
and how, is seen in tests/journeys/test_third_parties.py and tests/demonstration/.
"""

import fcntl
from pathlib import Path

import pytest

FILE = "app.sqlite3"
LOG_INS = "log-ins"


def once_for_all(shared: Path) -> Path:
    """The folder in ``shared`` with the data, which the first to ask makes while others wait."""
    folder = shared / "demonstration"
    with (shared / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / LOG_INS).exists():
            _load(folder)
    return folder


def _load(folder: Path) -> None:
    from demonstration.load import load
    from models import migrate, open_engine
    from survey.keys import bound_secret

    folder.mkdir()
    url = f"sqlite:///{folder / FILE}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATA", str(folder))
        patch.setenv("DATABASE_URL", url)
        migrate(url)
        loaded = load(open_engine(url), bound_secret(open_engine(url), folder))
    open_engine(url).dispose()
    assert loaded
    (folder / LOG_INS).write_text("\n".join(loaded.lines))

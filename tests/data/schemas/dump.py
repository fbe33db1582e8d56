"""Put among the tests of an earlier version by make.sh: keeps the database that they fill.

Its own fixture ``house`` writes one row into every append-only table, on each engine in turn.
"""

import os
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

TARGET = Path(os.environ["TARGET"])


def test_dump(house: Any) -> None:
    url, name = house.engine.url, os.environ["REVISION"]
    house.engine.dispose()
    if house.engine.dialect.name == "sqlite":
        # The file itself: SQL leaves out how the finder's index is kept.
        with sqlite3.connect(url.database) as source:
            source.execute("VACUUM INTO ?", [str(TARGET / f"{name}.sqlite3")])
        return
    owner = make_url(url).set(drivername="postgresql", username="postgres")
    asked = ["pg_dump", "--no-owner", "--no-privileges", owner.render_as_string(False)]
    (TARGET / f"{name}.postgresql.sql").write_bytes(subprocess.check_output(asked))

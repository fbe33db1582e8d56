"""Answers as each engine holds them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import SmallInteger, create_engine

from analysis.rulebook.instrument import Instrument

MASTER = "local[2]"
# Java compiles for long runs what runs here for seconds: half of its work.
BRIEFLY = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


@dataclass(frozen=True)
class Held:
    """Where rows are held, as ``--engine`` and what follows it name them."""

    url: str
    names: list[str]


Hold = Callable[[pd.DataFrame, Instrument], Held]


@pytest.fixture(params=["sqlite", "postgresql", "duckdb", "spark"])
def holder(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Hold]:
    """Hands rows to an engine; the test runs once on each. Tables are named "hasil survei"."""
    kind = request.param
    monkeypatch.setenv("JDK_JAVA_OPTIONS", BRIEFLY)
    if kind in ("duckdb", "spark"):
        url = {"duckdb": "duckdb:", "spark": MASTER}[kind]
        yield lambda rows, instrument: Held(url, [archived(rows, instrument, tmp_path)])
        return
    url = str(request.getfixturevalue(f"{kind}_url"))

    def store(rows: pd.DataFrame, instrument: Instrument) -> Held:
        engine, small = create_engine(url), dict.fromkeys(instrument.allowed, SmallInteger())
        with engine.begin() as connection:
            # What is written over a driver has no Int64 of its own.
            rows.astype(object).where(rows.notna(), None).to_sql(
                "hasil survei", connection, index=False, if_exists="replace", dtype=small
            )
        engine.dispose()
        return Held(url, ["hasil survei"])

    yield store


def archived(rows: pd.DataFrame, instrument: Instrument, root: Path) -> str:
    """Parquet by instrument, year and province, in two files a folder."""
    types = {item: pa.int8() for item in instrument.allowed}
    parts = root / f"instrument={instrument.id}"
    for (year, province), part in rows.groupby(["year", "province"]):
        folder = parts / f"year={year}" / f"province={province}"
        folder.mkdir(parents=True)
        columns = part.drop(columns=["year", "province"])
        for at, half in enumerate(np.array_split(np.arange(len(columns)), 2)):
            arrays = {
                name: pa.array(
                    columns[name].iloc[half], types.get(str(name), pa.string()), from_pandas=True
                )
                for name in columns
            }
            pq.write_table(pa.table(arrays), folder / f"part-{at}.parquet")
    return str(root)

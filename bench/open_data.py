"""How long a package of open data takes: ``python -m bench.open_data``."""

from collections.abc import Callable
from datetime import date
from time import perf_counter

import numpy as np
import pandas as pd

from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme
from reports.open_data.codebook import data_csv
from reports.open_data.open_data import open_data
from reports.open_data.release import Study, make_release

ROWS, UNITS, ROUNDS = 200_000, 50, 3


def main() -> None:
    """Prints the best of three rounds for each part, beside writing the same rows as CSV."""
    instrument = load_instrument("skm-2017")
    days = date(2026, 1, 1), date(2026, 6, 30)
    study = Study("Contoh", "2026", *days, instrument, load_scheme("skm-2017"))
    responses = made_up(study)
    release = make_release(responses, study)
    parts: dict[str, Callable[[], object]] = {
        "rows made safe": lambda: make_release(responses, study),
        "whole package": lambda: open_data(responses, study),
        "data.csv alone": lambda: data_csv(release),
    }
    print(f"{ROWS} responses, {UNITS} units")
    for name, part in parts.items():
        print(f"{name}: {min(seconds(part) for _ in range(ROUNDS)):.2f} s")


def seconds(part: Callable[[], object]) -> float:
    """What one call takes."""
    start = perf_counter()
    part()
    return perf_counter() - start


def made_up(study: Study) -> pd.DataFrame:
    """Responses as they may come: most satisfied, most traits told."""
    random = np.random.default_rng(1)
    asked = study.instrument

    def some(values: list[str | None]) -> "pd.Series[str]":
        return pd.Series(random.choice(np.array(values, dtype=object), ROWS))

    told = some(["none", "none", "none", "some", None])
    columns: dict[str, object] = {
        "unit": some([f"Unit {number}" for number in range(UNITS)]),
        "service": some(["Akta", "KTP", "Kartu keluarga", None]),
        "month": some([f"2026-0{month}" for month in range(1, 7)]),
        "channel": (channel := some(["open_link", "token"])),
        "provenance": "self",
        "source": channel.replace("token", "visit"),
        "holder": "visit",
        "experience": told,
        "known": False,
    }
    for form in asked.experience.forms:
        columns[form] = (told == "some") & (random.random(ROWS) < 0.2)
    for field in asked.respondent.fields:
        columns[field.key] = some([*field.options, None])
    for item in asked.items:
        columns[item.key] = random.choice(
            [1, 2, 3, 4, np.nan], ROWS, p=[0.02, 0.08, 0.5, 0.37, 0.03]
        )
    return pd.DataFrame(columns)


if __name__ == "__main__":
    main()

"""Whichever engine holds the answers, the table is the same to the last bit."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import column, create_engine, table

from analysis.__main__ import main
from analysis.command.elsewhere import CountedElsewhere, RowChoice, count_elsewhere
from analysis.command.files import CountingOptions
from analysis.engines.engine import open_answers
from analysis.engines.writing import NumberTable, with_table, written
from analysis.errors import BadInput
from analysis.index.counting import count_frame
from analysis.index.expression import sum_errors
from analysis.index.satisfaction import satisfaction
from analysis.rulebook.instrument import Instrument, load_instrument
from analysis.rulebook.scheme import load_scheme
from analysis.tables import silent
from analysis.uncertainty.moments import Linear, linear, moments, scale_of, whole_lines
from tests.analysis.engines.conftest import Held, Hold

SKM, SPAK = load_instrument("skm-2017"), load_instrument("spak-2021")


def invented(instrument: Instrument, seed: int, rows: int = 300) -> pd.DataFrame:
    """Units of very different sizes, of one answer and of none, in two years and two periods."""
    chance, items = np.random.default_rng(seed), list(instrument.allowed)
    answers = pd.DataFrame(
        {
            item: pd.Series(chance.choice([0, *instrument.allowed[item]], rows), dtype="Int64")
            for item in items
        }
    )
    answers = answers.where(answers > 0)
    names = np.array(["Dinas A", "dinas b'\\", 'Loket "C"', "Ünit", "sepi", "satu"])
    unit = chance.choice(names[:4], rows, p=[0.6, 0.3, 0.07, 0.03])
    unit[0], unit[1] = "satu", "sepi"
    answers.loc[1] = pd.NA
    period = chance.choice(["2026-1", "2026-2"], rows)
    period[:2] = "2026-1"
    year = np.where(chance.random(rows) < 0.3, "2025", "2026")
    province = chance.choice(["31", "03"], rows)
    return answers.assign(unit=unit, period=period, year=year, province=province)


def asked(instrument: Instrument) -> CountingOptions:
    return CountingOptions(instrument, load_scheme(instrument.scheme), "list", None)


def counted(held: Held, options: CountingOptions, choice: RowChoice) -> tuple[Any, ...]:
    """The cells that the engine counts, and by unit what its second pass finds."""
    with closing(open_answers(held.url, held.names, options.instrument)) as engine:
        found: CountedElsewhere = count_elsewhere(engine, options, choice, silent)
        units = found.units
        return found, found.again(moments(units), scale_of(units, options.scheme), units)


def summed(rows: pd.DataFrame, options: CountingOptions) -> dict[str, tuple[int, int]]:
    """By unit what the second pass has to find, in Python's own whole numbers."""
    tally = count_frame(rows, options.instrument, ["unit"])
    lines = whole_lines(moments(tally), scale_of(tally, options.scheme), tally)
    items = [item for group in tally.items_of.values() for item in group]
    sums = {}
    for at, unit in enumerate(tally.counted["unit"]):
        told = list(zip(items, lines.slope[at].tolist(), lines.start[at].tolist(), strict=True))
        z = [
            sum(
                line * int(row[item]) - start
                for item, line, start in told
                if row[item] == row[item]
            )
            for row in rows[rows["unit"] == unit][items].astype(float).to_dict("records")
        ]
        assert max(map(abs, z)) < 2**31
        sums[unit] = sum(z), sum(one**2 for one in z)
    return sums


@pytest.mark.parametrize("choice", [RowChoice(), RowChoice(["2026-2"], ["2026"])])
@pytest.mark.parametrize("instrument", [SKM, SPAK], ids=["skm", "spak"])
def test_every_engine_gives_the_same_table(
    holder: Hold, instrument: Instrument, choice: RowChoice
) -> None:
    options, rows = asked(instrument), invented(instrument, seed=len(instrument.items))
    found, errors = counted(holder(rows, instrument), options, choice)
    chosen = rows[rows["period"].isin(choice.periods)] if choice.periods else rows
    chosen = chosen[chosen["year"].isin(choice.years)] if choice.years else chosen
    expected = count_frame(chosen, instrument, ["unit"])
    pd.testing.assert_frame_equal(
        found.units.counted[expected.counted.columns], expected.counted, check_dtype=False
    )
    assert satisfaction(found.units, options.scheme) == satisfaction(expected, options.scheme)
    scale = scale_of(expected, options.scheme)
    exponents = whole_lines(moments(expected), scale, expected).exponent.tolist()
    for at, (total, squares) in enumerate(summed(chosen, options).values()):
        assert errors.total[at] == float(Fraction(total, 1) / Fraction(2) ** exponents[at])
        wanted = float(Fraction(squares, 1) / Fraction(4) ** exponents[at])
        assert errors.squares[at] == pytest.approx(wanted, rel=1e-15)
    in_pairs = linear(moments(count_frame(chosen, instrument, ["unit"], pairs=True)), scale)
    np.testing.assert_allclose(errors.squares, in_pairs.squares, rtol=1e-7, atol=1e-12)


def test_wrong_answers_are_told_by_unit_and_value(holder: Hold) -> None:
    rows = invented(SKM, seed=7)
    for row, value, unit in ((3, 7, "Dinas A"), (4, 7, "Dinas A"), (5, 9, "Ünit")):
        rows.loc[row, "time"], rows.loc[row, "unit"] = value, unit
    with pytest.raises(BadInput) as refused:
        counted(holder(rows, SKM), asked(SKM), RowChoice())
    told = [
        (one.code, str(one.values["unit"]), one.values["number"]) for one in refused.value.problems
    ]
    assert [(code, number) for code, _, number in told] == [
        ("answers_not_offered", 2),
        ("answers_not_offered", 1),
    ]
    assert all(one.place.column == "time" for one in refused.value.problems)


def test_strata_are_counted_in_pairs_by_every_engine(holder: Hold) -> None:
    rows = invented(SKM, seed=5)
    rows["kanal"] = np.where(np.arange(len(rows)) % 3 == 0, "daring", "loket")
    options = replace(asked(SKM), strata="kanal")
    expected = count_frame(
        rows.rename(columns={"kanal": "stratum"}), SKM, ["unit", "stratum"], True
    )
    held = holder(rows, SKM)
    with pytest.raises(BadInput, match="stratum_without_visits"):
        counted(held, options, RowChoice())
    with closing(open_answers(held.url, held.names, SKM)) as engine:
        margins = replace(asked(SKM), margins=["kanal"])
        cells = count_elsewhere(engine, margins, RowChoice(), silent).cells
    assert np.array_equal(cells.pairs().product, expected.pairs().product)
    assert np.array_equal(cells.pairs().both, expected.pairs().both)


@pytest.mark.parametrize(
    ("choice", "code"),
    [(RowChoice(["2030-1"]), "no_rows_chosen"), (RowChoice(years=["'; DROP"]), "no_rows_chosen")],
)
def test_nothing_chosen_is_told(holder: Hold, choice: RowChoice, code: str) -> None:
    with pytest.raises(BadInput, match=code):
        counted(holder(invented(SKM, 1, 30), SKM), asked(SKM), choice)


def test_a_column_of_text_is_refused(holder: Hold) -> None:
    rows = invented(SKM, seed=2, rows=40).assign(time="4").rename(columns={"time": "U3"})
    with pytest.raises(BadInput, match=r"no_whole_numbers .*column='U3'"):
        counted(holder(rows, SKM), asked(SKM), RowChoice())


@pytest.mark.parametrize("name", [None, " "])
def test_rows_without_a_unit_are_refused(holder: Hold, name: str | None) -> None:
    rows = invented(SKM, seed=2, rows=40)
    rows.loc[5, "unit"] = name
    with pytest.raises(BadInput, match=r"unnamed_rows .*column='unit'"):
        counted(holder(rows, SKM), asked(SKM), RowChoice())


def test_the_command_says_what_it_says_of_files(
    holder: Hold, capsys: pytest.CaptureFixture[str]
) -> None:
    held = holder(invented(SKM, seed=11), SKM)
    assert main(["satisfaction", "--engine", held.url, *held.names, "--json"]) == 0
    units = json.loads(capsys.readouterr().out)["units"]
    assert [one["unit"] for one in units][:1] == ["Dinas A"]
    assert {one["n"] for one in units if one["unit"] in ("satu", "sepi")} == {0, 1}


@pytest.mark.database
def test_sqlite_finds_the_line_of_each_answer() -> None:
    """Rather than going through all answers for each of thousands of units."""
    answers = table("answers", column("unit"), column("cost"))
    lines = table("lines", *map(column, ("unit", "slope_cost", "start_cost")))
    given = NumberTable(["unit"], [("A",)], ["slope_cost", "start_cost"], np.array([[2, 1]]))
    sums = written(sum_errors(answers, lines, ["cost"], ["unit"]), "sqlite")
    asked = f"EXPLAIN QUERY PLAN WITH {with_table(given, 'lines', 'sqlite')} {sums}"
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE answers (unit TEXT, cost INTEGER)")
        steps = [row[-1] for row in connection.execute(asked, {"given": given.as_json()})]
    assert any(step.startswith("SEARCH lines") for step in steps)


def test_rows_that_change_between_both_readings_are_told(tmp_path: Path) -> None:
    file, options = tmp_path / "few.parquet", asked(SKM)
    rows = invented(SKM, seed=3, rows=40)
    rows.to_parquet(file)
    with closing(open_answers("duckdb:", [str(file)], SKM)) as engine:
        found = count_elsewhere(engine, options, RowChoice(), silent)
        rows.assign(unit="Lain").to_parquet(file)
        with pytest.raises(BadInput, match="rows_changed"):
            found.again(moments(found.units), scale_of(found.units, options.scheme), found.units)


def test_a_process_that_counted_says_nothing_besides(tmp_path: Path) -> None:
    """As what an engine tells of itself when Python ends."""
    file = tmp_path / "few.parquet"
    invented(SKM, seed=3, rows=40).to_parquet(file)
    command = [sys.executable, "-m", "analysis", "satisfaction", "--engine", "duckdb:", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


REFUSED = {
    "unknown_engine": ("mysql://localhost/x", []),
    "no_such_file": ("sqlite:////nowhere/at/all.sqlite", []),
    "engine_refused": ("postgresql://nobody@localhost:1/none?connect_timeout=2", []),
    "no_rows_named": ("duckdb:", []),
    "one_table": ("sqlite:////nowhere/at/all.sqlite", ["a", "b"]),
}


@pytest.mark.parametrize("code", REFUSED)
def test_an_engine_that_cannot_be_had_is_told(code: str) -> None:
    url, names = REFUSED[code]
    with pytest.raises(BadInput, match=code):
        open_answers(url, names, SKM)


def test_folders_without_answers_are_told(tmp_path: Path) -> None:
    for name, code in (("absent", "no_such_file"), ("", "no_parts")):
        with pytest.raises(BadInput, match=code):
            open_answers("duckdb:", [str(tmp_path / name)], SKM)
    (tmp_path / "part.parquet").write_bytes(b"PAR1 cut off")
    with pytest.raises(BadInput, match="engine_refused"):
        open_answers("duckdb:", [str(tmp_path)], SKM)


@pytest.mark.database
def test_a_database_of_others_holds_no_stored_answers(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'of-others.sqlite'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (unit text)")
    engine.dispose()
    for names in ([], ["tt"]):
        with pytest.raises(BadInput, match="no_such_table"):
            open_answers(url, names, SKM)


def few() -> pd.DataFrame:
    return invented(SKM, seed=4, rows=40)


def parts(folder: Path, **rows: pd.DataFrame) -> list[str]:
    """A file a name, in their order."""
    files = {name: str(folder / f"{name}.parquet") for name in rows}
    for name, own in rows.items():
        own.to_parquet(files[name])
    return list(files.values())


@pytest.mark.parametrize("wrong", [2.5, Decimal("2.5"), True, "3"])
def test_one_file_of_several_without_whole_numbers_is_refused(
    tmp_path: Path, wrong: float | Decimal | str
) -> None:
    """DuckDB would round them to the kind of the first file, and count them."""
    second = few().assign(time=pd.Series([wrong] * 40))
    named = parts(tmp_path, first=few(), second=second)
    for files in (named, named[::-1]):
        with pytest.raises(BadInput, match=r"no_whole_numbers .*column='time'"):
            counted(Held("duckdb:", files), asked(SKM), RowChoice())


@pytest.mark.parametrize("name", ["a*", "a?", "[a-z]", "a]*["])
def test_a_file_is_read_whose_name_would_mean_others(tmp_path: Path, name: str) -> None:
    parts(tmp_path, **{name: few(), "ab": few().assign(unit="another")})
    held = Held("duckdb:", [str(tmp_path / f"{name}.parquet")])
    found, _ = counted(held, asked(SKM), RowChoice())
    assert "another" not in found.units.counted["unit"].tolist()
    everything, _ = counted(Held("duckdb:", [str(tmp_path)]), asked(SKM), RowChoice())
    twice = {"another": few().notna()[list(SKM.allowed)].any(axis=1).sum()}
    respondents = dict(
        zip(everything.units.counted["unit"], everything.units.respondents, strict=True)
    )
    assert {name: respondents[name] for name in twice} == twice


def test_a_pipe_is_no_parquet_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.parquet")
    with pytest.raises(BadInput, match="special_file"):
        open_answers("duckdb:", [str(tmp_path / "pipe.parquet")], SKM)


def stored(file: Path, *tables: str) -> str:
    """The URL of an SQLite database with the same rows in each table."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        for name in tables:
            few().astype(object).where(few().notna(), None).to_sql(
                name, connection, index=False, dtype=dict.fromkeys(SKM.allowed, "SMALLINT")
            )
        connection.commit()
    return f"sqlite:///{quote(str(file))}"


@pytest.mark.database
@pytest.mark.parametrize("name", ["with.dot", "lines", "main.plain", 'a"b', "a:b%s"])
def test_tables_are_found_whatever_they_are_called(tmp_path: Path, name: str) -> None:
    url = stored(tmp_path / "some.sqlite", "plain" if name == "main.plain" else name)
    found, _ = counted(Held(url, [name]), asked(SKM), RowChoice())
    assert found.units.respondents.sum() == few()[list(SKM.allowed)].notna().any(axis=1).sum()


@pytest.mark.database
@pytest.mark.parametrize("name", ["a#b.sqlite", "a?b.sqlite", "a%20b.sqlite"])
def test_a_database_is_read_whatever_its_file_is_called(tmp_path: Path, name: str) -> None:
    """To SQLite the rest of such a name would be none of it, and it would make another file."""
    url = stored(tmp_path / name, "t")
    assert counted(Held(url, ["t"]), asked(SKM), RowChoice())
    assert not [one for one in tmp_path.iterdir() if not one.name.startswith(name)]


@pytest.mark.database
def test_who_writes_between_the_passes_changes_nothing(tmp_path: Path) -> None:
    url = stored(file := tmp_path / "some.sqlite", "t")
    expected = counted(Held(url, ["t"]), asked(SKM), RowChoice())[1]
    with closing(open_answers(url, ["t"], SKM)) as engine:
        found = count_elsewhere(engine, asked(SKM), RowChoice(), silent)
        with closing(sqlite3.connect(file)) as other:
            other.execute("DELETE FROM t WHERE unit = 'satu'")
            other.execute("UPDATE t SET cost = 1")
            other.commit()
        units = found.units
        again = found.again(moments(units), scale_of(units, asked(SKM).scheme), units)
    assert np.array_equal(again.squares, expected.squares)


def test_weighted_figures_do_not_depend_on_the_order_of_rows() -> None:
    """Which engines keep as they like, and which floats would be added in."""
    rows = few().assign(stratum=[f"s{at % 7}" for at in range(40)])
    tally = count_frame(rows, SKM, ["unit", "stratum"])
    turned = replace(tally, counted=tally.counted[::-1].reset_index(drop=True))
    cells = [CountedElsewhere(one, {}, no_rows).cells_of("Dinas A") for one in (tally, turned)]
    pd.testing.assert_frame_equal(cells[0].counted, cells[1].counted)


def no_rows(*_: object) -> Linear:
    raise AssertionError


def test_what_spark_needs_is_told_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(BadInput, match="no_java"):
        open_answers("local[2]", ["answers"], SKM)
    monkeypatch.setenv("JAVA_HOME", "/somewhere")
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(BadInput, match="no_pyspark"):
        open_answers("spark://localhost:1", ["answers"], SKM)

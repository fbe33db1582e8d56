from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Boolean, Select, SmallInteger, TableClause, column, create_engine, table

from analysis.engines.writing import written
from analysis.index.counting import AnswerCounter, count_frame
from analysis.index.experience import experience_tally, read_experience
from analysis.index.expression import tally
from analysis.index.tally import read_tally
from analysis.rulebook.instrument import load_instrument

SKM = load_instrument("skm-2017")
ITEMS = [item.key for item in SKM.items]
FORMS = list(SKM.experience.forms)


def random_answers(seed: int) -> pd.DataFrame:
    """200 rows of three units; nobody of the unit "C" answers anything."""
    chance = np.random.default_rng(seed)
    values = pd.DataFrame(chance.integers(0, 5, (200, len(ITEMS))), columns=ITEMS, dtype="Int64")
    answers = values.where(values > 0)
    unit = pd.Series(chance.choice(["A", "B", "C"], 200))
    answers[unit == "C"] = pd.NA
    return answers.assign(unit=unit)


def probe() -> TableClause:
    """The table of ``random_answers``, as expressions name it."""
    return table("probe", column("unit"), *(column(item, SmallInteger) for item in ITEMS))


def counted_by(url: str, rows: pd.DataFrame, expression: Select[Any]) -> pd.DataFrame:
    """What the engine at ``url`` makes of the expression over the table ``probe``."""
    engine = create_engine(url)
    try:
        rows.to_sql("probe", engine, index=False)
        with engine.connect() as connection:
            result = connection.exec_driver_sql(written(expression, engine.dialect.name))
            return pd.DataFrame(result.fetchall(), columns=list(result.keys()))
    finally:
        engine.dispose()


@pytest.mark.parametrize("seed", [1, 2])
def test_every_engine_counts_alike(database_url: str, seed: int) -> None:
    rows = random_answers(seed)
    expression = tally(probe(), SKM, ["unit"], pairs=True)
    assert list(expression.selected_columns.keys()) == [
        "unit",
        *AnswerCounter(SKM, pairs=True).measures,
    ]
    stored = counted_by(database_url, rows, expression)
    in_database = read_tally(stored, SKM, ["unit"])
    in_memory = count_frame(rows, SKM, ["unit"], pairs=True)
    columns = in_memory.counted.columns
    pd.testing.assert_frame_equal(
        in_database.counted[columns], in_memory.counted, check_dtype=False
    )
    assert set(map(str, in_database.counted.drop(columns="unit").dtypes)) == {"int64"}
    a = rows[rows.unit == "A"]
    assert in_database.respondents[0] == len(a.dropna(how="all", subset=ITEMS))
    assert in_database.answered("time")[0] == a.time.notna().sum()
    both = a.dropna(subset=["time", "cost"])
    pairs, at = in_database.pairs(), list(combinations(ITEMS, 2)).index(("time", "cost"))
    assert [one[0, at] for one in (pairs.both, pairs.first, pairs.second, pairs.product)] == [
        len(both),
        both.time.sum(),
        both.cost.sum(),
        (both.time * both.cost).sum(),
    ]
    assert in_database.counts("time")[0].tolist() == [(a.time == v).sum() for v in (1, 2, 3, 4)]
    assert not in_database.counted.drop(columns="unit").iloc[2].any()  # zero, not NULL


def test_nothing_counted_is_zero_on_every_engine(database_url: str) -> None:
    counted = counted_by(database_url, random_answers(1)[:0], tally(probe(), SKM, []))
    assert counted.to_numpy().tolist() == [[0] * counted.shape[1]]


def test_experiences_are_counted_alike(database_url: str) -> None:
    chance = np.random.default_rng(3)
    rows = pd.DataFrame(chance.random((200, len(FORMS))) < 0.2, columns=FORMS)
    rows["answer"] = chance.choice(np.array(["some", "none", "declined", None], object), 200)
    rows[FORMS] = rows[FORMS].mask(rows.answer != "some", False)
    told = table("probe", column("answer"), *(column(form, Boolean) for form in FORMS))
    expression = experience_tally(told, SKM, [])
    one = read_experience(counted_by(database_url, rows, expression), SKM)[0]
    assert one.answered == rows.answer.isin(["some", "none"]).sum()
    assert (one.none, one.declined) == (
        (rows.answer == "none").sum(),
        (rows.answer == "declined").sum(),
    )
    assert one.forms == rows[FORMS].sum().to_dict()

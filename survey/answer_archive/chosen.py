"""Which answers of a closed period leave for an archive, and how much of each is told there.

A row of an archive tells unit, period and answers; and where at least five rows of the unit are
alike in them, also service, month and way. The others, and all of a unit under five, stay in the
database as well. Nothing else is told: no person, no day, no hour, no comment, no experience.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnClause, bindparam, cast, column, func, select, table, types
from sqlalchemy.orm import Session

from analysis.arrays import Flags
from analysis.disclosure import few, hidden_groups
from analysis.rulebook.instrument import Instrument
from models import Period, answers_name

TOLD = ("service_id", "month", "channel", "provenance", "batch_id")


@dataclass(frozen=True)
class ChosenRows:
    """The counted answers of a period that an archive takes, a row each, without an order.

    ``rows``: "response_id", "unit_id", ``TOLD`` and a column an item; ``alike`` (n,): those that
    are told whole, and may leave the database; ``left_out``: rows of units under five.
    """

    rows: pd.DataFrame
    alike: Flags
    left_out: int

    @property
    def removable(self) -> pd.DataFrame:
        """Those that may leave the database."""
        return self.rows[self.alike]


def choose(session: Session, period: Period, instrument: Instrument) -> ChosenRows:
    """The rows of the period that count now, by the rule above."""
    rows = _read(session, period, instrument)
    size = rows.groupby("unit_id")["unit_id"].transform("size").to_numpy(np.int64)
    enough = ~np.array([few(one) for one in size.tolist()], bool)
    kept = rows[enough].reset_index(drop=True)
    # Whose answers are gone had some: so much can be told of heads without any.
    answered = kept[list(instrument.allowed)].notna().any(axis=1).to_numpy(bool)
    return ChosenRows(kept, _alike(kept) & answered, int((~enough).sum()))


def _read(session: Session, period: Period, instrument: Instrument) -> pd.DataFrame:
    heads = table(
        "counted_responses",
        *map(column, ("id", "unit_id", "period_id", "local_date", *TOLD[:1], *TOLD[2:])),
    )
    items: list[ColumnClause[Any]] = [column(item) for item in instrument.allowed]
    answers = table(answers_name(instrument.id), column("response_id", types.Uuid), *items)
    month = func.substr(cast(heads.c.local_date, types.Text), 1, 7)
    query = (
        select(
            answers.c.response_id,
            heads.c.unit_id,
            heads.c.service_id,
            month.label("month"),
            heads.c.channel,
            heads.c.provenance,
            heads.c.batch_id,
            *(answers.c[item] for item in instrument.allowed),
        )
        .join_from(heads, answers, answers.c.response_id == heads.c.id)
        .where(heads.c.period_id == bindparam("period"))
    )
    found = session.execute(query, {"period": period.id})
    rows = pd.DataFrame(found.all(), columns=list(found.keys()))
    whole = ["unit_id", "service_id", "batch_id", *instrument.allowed]
    return rows.astype(dict.fromkeys(whole, "Int64") | dict.fromkeys(TOLD[1:4], "string"))


def _alike(rows: pd.DataFrame) -> Flags:
    """(n,) whether a row may be told whole: five are alike, and none is had by subtraction."""
    alike = np.zeros(len(rows), bool)
    for _, of_unit in rows.groupby("unit_id"):
        places = of_unit.index.to_numpy()
        cell = of_unit.groupby(list(TOLD), dropna=False, sort=True).ngroup().to_numpy()
        numbers, sizes = np.unique(cell, return_counts=True)
        hidden = hidden_groups(dict(zip(numbers.tolist(), sizes.tolist(), strict=True)))
        alike[places] = ~np.isin(cell, list(hidden))
    return alike

"""Answers that an engine holds as counts by unit, as ``files`` has those of files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Subquery,
    cast,
    column,
    func,
    select,
    table,
    types,
)

from analysis.command.files import (
    UNIT,
    VISITS,
    Counted,
    CountingOptions,
    find_headings,
    refuse_too_few,
    tell_alike,
)
from analysis.command.groups import CellVisits
from analysis.engines.engine import LINES, AnswerEngine
from analysis.engines.second_pass import second_pass
from analysis.engines.writing import NumberTable
from analysis.errors import SHOWN, BadInput, Place, Problem, Written, bad
from analysis.index.expression import GIVEN, count_given, sum_errors, tally
from analysis.index.tally import Tally, read_tally
from analysis.tables import Notify
from analysis.uncertainty.moments import SecondPass


@dataclass(frozen=True)
class RowChoice:
    """Which rows are counted: of which periods and years, all where none is named."""

    periods: Sequence[str] = ()
    years: Sequence[str] = ()

    @property
    def columns(self) -> dict[str, Sequence[str]]:
        """What is wanted in which column."""
        wanted = {"period": self.periods, "year": self.years}
        return {name: values for name, values in wanted.items() if values}

    def takes(self, period: Mapping[str, str]) -> bool:
        """Whether rows of a period are counted."""
        return all(period[name] in values for name, values in self.columns.items())


@dataclass(frozen=True)
class CountedElsewhere(Counted):
    """Answers that stay where they are; ``again`` reads them a second time."""

    again: SecondPass

    @property
    def rows(self) -> SecondPass:
        """What reads the rows by unit, as ``units`` has them."""
        return self.again


def count_elsewhere(
    engine: AnswerEngine, asked: CountingOptions, choice: RowChoice, tell: Notify
) -> CountedElsewhere:
    """The answers that the engine holds. Raises BadInput."""
    answers, items = _Rows(engine, asked, choice), _items(asked)
    if moved := [one["period"] for one in engine.elsewhere if choice.takes(one)]:
        raise bad("periods_archived", Place(engine.name), periods=sorted(set(moved)))
    rows = answers.selected
    counting = tally(rows, asked.instrument, asked.by, asked.elements, pairs=asked.weighted)
    found = engine.run(counting.add_columns(*count_given(rows, items)))
    if not len(found):
        raise bad("no_rows_chosen", Place(engine.name))
    cells = read_tally(
        found.drop(columns=[GIVEN + item for item in items]),
        asked.instrument,
        asked.by,
        asked.elements,
    )
    answers.refuse_unnamed(found)
    answers.refuse_wrong(found, cells)
    visits = answers.visits()
    tell_alike(cells.regroup([UNIT]).counted[UNIT].tolist(), tell)
    refuse_too_few(cells, visits, asked)

    def sums(lines: NumberTable) -> pd.DataFrame:
        return engine.run(sum_errors(rows, _table(lines), items, [UNIT]), lines)

    return CountedElsewhere(cells, visits, second_pass(sums))


def _items(asked: CountingOptions) -> list[str]:
    return [item for items in asked.items_of.values() for item in items]


def _table(lines: NumberTable) -> FromClause:
    return table(LINES, *map(column, lines.names))


class _Rows:
    """The rows of an engine under the names that expressions use."""

    def __init__(self, engine: AnswerEngine, asked: CountingOptions, choice: RowChoice) -> None:
        """Raises BadInput for columns that are absent or hold no whole numbers."""
        self._engine, self._asked = engine, asked
        self._found = asked.columns([*engine.columns], engine.name)
        self._headings = find_headings(self._found, asked, engine.name)
        whole = [*self._found.items.values()]
        whole += [self._headings[VISITS]] if VISITS in self._headings else []
        if wrong := [heading for heading in whole if engine.columns[heading] != "whole"]:
            places = [Place(engine.name, column=heading) for heading in wrong]
            raise BadInput([Problem("no_whole_numbers", place) for place in places])
        if absent := [name for name in choice.columns if name not in engine.columns]:
            needed = [UNIT, *choice.columns]
            raise bad("absent_columns", Place(engine.name), columns=absent, needed=needed)
        self.selected = self._selected(choice)

    def _selected(self, choice: RowChoice) -> Subquery:
        given = self._engine.rows.c
        texts = [_text(given[self._headings[key]]).label(key) for key in self._asked.by]
        items = [given[heading].label(item) for item, heading in self._found.items.items()]
        visits = [given[self._headings[VISITS]].label(VISITS)] if VISITS in self._headings else []
        wanted = (
            cast(given[name], types.Text).in_(values) for name, values in choice.columns.items()
        )
        chosen = select(*texts, *items, *visits).select_from(self._engine.rows).where(*wanted)
        return chosen.subquery("chosen")

    def refuse_unnamed(self, found: pd.DataFrame) -> None:
        """Raises BadInput for rows without a unit or stratum."""
        for key in self._asked.groups:
            if (found[key].str.strip() == "").any():
                raise bad("unnamed_rows", Place(self._engine.name, column=self._headings[key]))

    def refuse_wrong(self, found: pd.DataFrame, cells: Tally) -> None:
        """Raises BadInput where there are answers that no item allows."""
        problems = []
        for item, heading in self._found.items.items():
            if int(found[GIVEN + item].sum()) > int(cells.counts(item).sum()):
                problems += self._wrong(item, heading)
        if problems:
            raise BadInput(problems[:SHOWN], more=max(len(problems) - SHOWN, 0))

    def _wrong(self, item: str, heading: str) -> list[Problem]:
        allowed, rows = self._asked.instrument.allowed[item], self.selected.c
        value = cast(rows[item], types.Text).label("value")
        wrong = (
            select(rows[UNIT], value, func.count().label("number"))
            .where(rows[item].is_not(None), rows[item].not_in(allowed))
            .group_by(rows[UNIT], value)
        )
        found = self._engine.run(wrong).sort_values([UNIT, "value"])
        place = Place(self._engine.name, column=heading)
        return [
            Problem(
                "answers_not_offered",
                place,
                found=Written(str(value)),
                unit=Written(unit),
                number=number,
                allowed=allowed,
            )
            for unit, value, number in found.to_numpy().tolist()
        ]

    def visits(self) -> CellVisits:
        """The visits that a column tells of each group. Raises BadInput for two numbers of one."""
        if VISITS not in self._headings:
            return {}
        rows, groups = self.selected.c, self._asked.groups
        keys = [rows[key] for key in groups]
        ends: list[ColumnElement[Any]] = [func.min(rows[VISITS]), func.max(rows[VISITS])]
        least, most = (end.label(name) for end, name in zip(ends, ("least", "most"), strict=True))
        told = self._engine.run(select(*keys, least, most).group_by(*keys)).dropna()
        for *group, other, most in told[told["least"] != told["most"]].to_numpy().tolist():
            place = Place(self._engine.name, column=self._headings[VISITS])
            raise bad("other_visits_in_file", place, found=most, group=group, other=other)
        numbers = told["most"].to_numpy(np.int64).tolist()
        return dict(zip(told[groups].itertuples(index=False, name=None), numbers, strict=True))


def _text(cell: ColumnElement[Any]) -> ColumnElement[str]:
    return func.coalesce(cast(cell, types.Text), "")

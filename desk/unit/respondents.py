"""Who answered a unit's survey, beside its visits; no group under five, nor by subtraction."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.disclosure import enough, hidden_groups
from analysis.rulebook.instrument import Instrument
from desk.unit.results import UnitResults
from models import Batch
from models.responses import CHANNELS, PROVENANCES
from reports.contents import NOT_ASKED
from survey.counts import count_people, holder_of

HOW = {"channel": CHANNELS, "provenance": PROVENANCES}
LEFT_EMPTY, IMPORT = "", "import"


@dataclass(frozen=True)
class Respondents:
    """``n`` respondents of so many ``visits``, and how many would be the ``minimum``.

    ``days_left``: until an open period ends, 0 or more; None for a closed one. ``groups``: by
    field ("sex", ..., "channel", "provenance") and value ("": left empty; ``NOT_ASKED``) how
    many; None: too few to be shown. Empty while the period is open: it would have to advance in
    steps.
    """

    n: int | None
    visits: int | None
    minimum: int | None
    days_left: int | None
    groups: Mapping[str, Mapping[str, int | None]]


def asked_of_people(
    session: Session, instrument: Instrument, period: int, units: Collection[int]
) -> pd.DataFrame:
    """``count_people``, with ``NOT_ASKED`` where an imported file had no column for a field.

    Of files of before that is not known: there, where it tells the field of nobody.
    """
    people = count_people(session, instrument, [period], units)
    imported = people.loc[(people["field"] == "channel") & (people["value"] == IMPORT), "source"]
    told = people["value"].notna().groupby([people["source"], people["field"]]).transform("any")
    asked = asked_by_files(session, imported)
    had = [
        field in asked.get(source, ())
        for source, field in zip(people["source"], people["field"], strict=True)
    ]
    silent = people["source"].isin(imported) & ~told & ~pd.Series(had, people.index, dtype=bool)
    return people.assign(value=people["value"].mask(silent, NOT_ASKED))


def asked_by_files(session: Session, sources: Collection[str]) -> Mapping[str, frozenset[str]]:
    """By source, the questions that imported files had columns for; without files of before."""
    batches = Batch.id.in_({int(source) for source in sources})
    rows = session.execute(select(Batch.id, Batch.asked).where(batches))
    return {str(batch): frozenset(json.loads(asked)) for batch, asked in rows if asked}


def respondents(session: Session, results: UnitResults) -> Respondents:
    """Who answered, as far as it may be shown, with all sources in ``results``."""
    unit, period = results.unit, results.period
    n = results.index.n if results.index else None
    groups: dict[str, Mapping[str, int | None]] = {}
    if period.closed_at is not None and n is not None:
        people = asked_of_people(session, results.instrument, period.id, [unit.id])
        groups = {
            field: shown_values(people[people["field"] == field], values)
            for field, values in _values(results.instrument).items()
        }
    return Respondents(n, results.visits, results.minimum, _days_left(results), groups)


def shown_values(people: pd.DataFrame, values: tuple[str, ...]) -> Mapping[str, int | None]:
    """The number of each value that anybody has; None where it may not be shown.

    It may where it is large enough among all citizens and in every imported file, since whoever
    has the file can subtract it.
    """
    told = of_large_sources(people)
    hidden = hidden_values(told)
    whole = told.assign(value=told["value"].fillna(LEFT_EMPTY)).groupby("value")["number"].sum()
    return {
        value: None if value in hidden else int(whole[value])
        for value in (*values, LEFT_EMPTY, NOT_ASKED)
        if value in whole
    }


def of_large_sources(people: pd.DataFrame) -> pd.DataFrame:
    """The rows of ``people`` (see ``count_people``) without units' sources of one to four.

    A unit knows its own, and whoever has a file that: the few would be left.
    """
    held = people.assign(source=people["source"].map(holder_of))
    sizes = held.groupby(["unit_id", "source", "field"])["number"].transform("sum")
    return held[enough(sizes.to_numpy(np.int64))]


def hidden_values(people: pd.DataFrame) -> frozenset[str]:
    """The values that may not be shown: too few have them in a source of a unit; "": left empty."""
    held = people.assign(
        source=people["source"].map(holder_of), value=people["value"].fillna(LEFT_EMPTY)
    )
    hidden: set[str] = set()
    for _, part in held.groupby(["unit_id", "source"]):
        sizes = part.groupby("value")["number"].sum()
        hidden |= hidden_groups({str(value): int(number) for value, number in sizes.items()})
    return frozenset(hidden)


def _values(instrument: Instrument) -> Mapping[str, tuple[str, ...]]:
    asked = {field.key: tuple(field.options) for field in instrument.respondent.fields}
    return asked | HOW


def _days_left(results: UnitResults) -> int | None:
    if results.period.closed_at is not None:
        return None
    return max(0, (results.period.ends - results.period.institution.today).days)

"""Stored answers row by row, for screening and the papers that show rows."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Select, column, select, table, types
from sqlalchemy.orm import Session

from analysis.disclosure import betrays
from analysis.engines.writing import KEPT
from analysis.index.experience import form_column
from analysis.rulebook.instrument import Instrument
from analysis.soundness.disclosed_rows import HeldAnswers
from models import Period, Service, Unit
from models.responses import FORMS, RESPONDENT
from survey.answer_archive.reading import refuse_thinned, run_archived, thinned
from survey.counts import (
    PEOPLE,
    RESPONSES,
    counted_answers,
    holder_of,
    run,
)
from survey.holders import sources_of
from survey.names import NamesThen, names_then

ARRIVAL: dict[str, types.TypeEngine[Any]] = {
    "quarter_hour": types.BigInteger(),
    "completion_time": types.Text(),
    "client_group": types.Text(),
}
RELEASED = ("unit_id", "service_id", "month", "channel", "provenance", "source", *RESPONDENT)


def held_answers(
    session: Session, instrument: Instrument, period_id: int, unit_id: int
) -> HeldAnswers:
    """The counted answers of a unit and who may hold which of them; in any order."""
    items = [item.key for item in instrument.items]
    read = read_items(session, instrument, period_id, unit_id)
    return HeldAnswers(
        answers=read[items].to_numpy(np.float64, na_value=np.nan),
        of=read["source"].map(holder_of).to_numpy(np.str_),
        sources=sources_of(session, period_id, [unit_id]).get(unit_id, {}),
    )


def read_items(
    session: Session, instrument: Instrument, period_id: int, unit_id: int
) -> pd.DataFrame:
    """The counted answers of a unit to every question, one row a response; in any order.

    And the ``source`` of each, see ``survey.counts``.
    """
    stored = run(session, _items(instrument), [period_id], [unit_id])
    gone = thinned(session, [period_id], [unit_id])
    archived = run_archived(session, instrument, _items(instrument), gone)
    return stored if archived is None else pd.concat([stored, archived], ignore_index=True)


@lru_cache(KEPT)
def _items(instrument: Instrument) -> Select[Any]:
    rows = counted_answers(instrument).c
    return select(rows.source, *(rows[item] for item in instrument.allowed))


def read_arrivals(
    session: Session, instrument: Instrument, period_id: int, units: Collection[int]
) -> pd.DataFrame:
    """The counted responses of units with how they came, for screening; in any order.

    Raises BadInput where their answers were moved to an archive, which tells nothing of that.

    Columns: ``unit_id``, ``id``, ``channel``, ``local_date``, those of ``ARRIVAL``, and a column
    an item.
    """
    refuse_thinned(session, period_id, units)
    return run(session, _arrivals(instrument), [period_id], units)


@lru_cache(KEPT)
def _arrivals(instrument: Instrument) -> Select[Any]:
    rows = counted_answers(instrument, columns=RESPONSES | ARRIVAL).c
    wanted = ("unit_id", "id", "channel", "local_date", *ARRIVAL, *instrument.allowed)
    return select(*(rows[name] for name in wanted))


def read_responses(
    session: Session, instrument: Instrument, period_id: int, units: Collection[int]
) -> pd.DataFrame:
    """The counted responses of these units, as ``make_release`` of open data wants them.

    Raises BadInput where answers were moved to an archive, which tells nothing of persons.
    """
    refuse_thinned(session, period_id, units)
    read = run(session, _released(instrument), [period_id], units)
    then = names_then(session, session.get_one(Period, period_id))
    services = session.scalars(select(Service).where(Service.unit_id.in_(units)))
    return read.assign(
        holder=read["source"].map(holder_of),
        known=read["unit_id"].isin(_known_but_for_few(session, instrument, period_id, read)),
        unit=read["unit_id"].map(_unit_names(session, units, then)),
        service=read["service_id"].map({one.id: then.of(one) for one in services}),
    )


@lru_cache(KEPT)
def _released(instrument: Instrument) -> Select[Any]:
    rows = counted_answers(instrument, columns=PEOPLE)
    told = table("experiences", *map(column, ("response_id", "answer", *FORMS)))
    forms = (told.c[form].label(form_column(form)) for form in FORMS)
    return select(
        *(rows.c[name] for name in (*RELEASED, *instrument.allowed)),
        told.c.answer.label("experience"),
        *forms,
    ).select_from(rows.outerjoin(told, rows.c.id == told.c.response_id))


def _known_but_for_few(
    session: Session, instrument: Instrument, period_id: int, read: pd.DataFrame
) -> set[int]:
    """The units of which somebody may know all rows but one to four."""
    silent = read[read[list(instrument.allowed)].isna().all(axis=1)]
    sources = silent["source"].map(holder_of)
    left = silent.groupby(["unit_id", sources]).size().to_dict()
    units = set(read["unit_id"].tolist())
    return {
        unit
        for unit, held in sources_of(session, period_id, units).items()
        if betrays(one.less(int(left.get((unit, source), 0))) for source, one in held.items())
    }


def _unit_names(session: Session, units: Collection[int], then: NamesThen) -> Mapping[int, str]:
    """The names by which the units are told apart: with the code where two have the same."""
    found = list(session.scalars(select(Unit).where(Unit.id.in_(units))))
    names = [then.of(unit) for unit in found]
    return {
        unit.id: name if names.count(name) == 1 else f"{name} ({unit.code})"
        for unit, name in zip(found, names, strict=True)
    }

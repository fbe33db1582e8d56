"""What screening finds of the units of a period, as documents: what may be kept of it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.disclosure import enough
from analysis.index.counting import AnswerCounter, CodedAnswers
from analysis.index.satisfaction import Satisfaction, satisfaction
from analysis.index.tally import Tally
from analysis.rulebook.instrument import Instrument
from analysis.screening.bursts import rhythm as rhythm_of
from analysis.screening.difference import difference
from analysis.screening.joint import joint
from analysis.screening.responses import UNKNOWN, Bools, ScreenedResponses
from analysis.screening.rules import load_rules
from analysis.screening.unit import Flag, Screening, noted, screen_each
from desk.integrity.screening import ScreeningDocument
from models import Comment, Period, Response
from survey.answer_archive.reading import thinned
from survey.periods import asked_instrument
from survey.rows import read_arrivals
from survey.schemes import used_scheme

EPOCH = date(1970, 1, 1)
PATTERNS_SHOWN = 8
HOURS = 24
# So many responses are read and screened together, or those of one unit.
TOGETHER = 50_000
UNIT = "unit_id"


@dataclass(frozen=True)
class _Lot:
    """Some units of a period with all that is looked at: ``rows`` as they are stored, unit by unit
    as in ``responses``, and by unit what was ``found``, how many are ``unusual``, its index."""

    period: Period
    units: Sequence[int]
    rows: pd.DataFrame
    responses: ScreenedResponses
    found: Sequence[Screening]
    unusual: Sequence[int]
    indices: Sequence[Satisfaction]


def documents_of(
    session: Session, period: Period, counted: Mapping[int, int], last: bool
) -> Iterator[tuple[int, ScreeningDocument]]:
    """What is found now of units of a period, each with its id, as ``Report`` describes it.

    ``counted``: by unit how many of its responses count; ``last``: without days and times, for
    the period closes. Nothing of a unit with fewer than five. The units are read and screened
    together, as many as ``TOGETHER`` lets.
    """
    for units in _lots({unit: number for unit, number in counted.items() if enough(number)}):
        lot = _read(session, period, units)
        for at, unit in enumerate(lot.units):
            rhythm = None if last else _rhythm(lot.responses.of(at))
            yield unit, _document(lot, at) | {"rhythm": rhythm}


def _lots(counted: Mapping[int, int]) -> Iterator[list[int]]:
    """The units in lots of at most so many responses, or of one unit."""
    lot: list[int] = []
    number = 0
    for unit in sorted(counted):
        if lot and number + counted[unit] > TOGETHER:
            yield lot
            lot, number = [], 0
        lot.append(unit)
        number += counted[unit]
    if lot:
        yield lot


def _read(session: Session, period: Period, units: Collection[int]) -> _Lot:
    instrument = asked_instrument(period)
    read = read_arrivals(session, instrument, period.id, units)
    large = enough(read.groupby(UNIT)[UNIT].transform("size").to_numpy(np.int64))
    rows = read[large].sort_values(UNIT, kind="stable", ignore_index=True)
    present: list[int] = sorted(set(rows[UNIT].tolist()))
    responses = _responses(rows, instrument, present)
    comments = _comments(session, period, present, rows["id"])
    return _Lot(
        period=period,
        units=present,
        rows=rows,
        responses=responses,
        found=screen_each(responses, _earlier(session, period, instrument, present), comments),
        unusual=responses.count(joint(responses).unusual).tolist(),
        indices=satisfaction(_tally(responses, instrument), used_scheme(period)),
    )


def _tally(responses: ScreenedResponses, instrument: Instrument) -> Tally:
    """The answers of each unit, in their order."""
    counter = AnswerCounter(instrument)
    codes = {
        item.key: np.searchsorted([0, *instrument.allowed[item.key]], given).astype(np.uint8)
        for item, given in zip(instrument.items, responses.answers.T, strict=True)
    }
    counts = counter.count(CodedAnswers(responses.unit, codes), responses.units)
    return counter.tally(counts, pd.DataFrame({UNIT: np.arange(responses.units)}))


def _document(lot: _Lot, at: int) -> ScreeningDocument:
    found, own = lot.found[at], lot.responses.of(at)
    keys = lot.rows["id"].iloc[lot.responses.rows_of(at)]
    return {
        "number": len(own),
        "flags": [_flag(flag, keys) for flag in found.flags],
        "unusual": lot.unusual[at],
        "shares": found.shares,
        "notices": noted(found.shares, load_rules()),
        "patterns": _patterns(own),
        **_indices(lot, at, own),
    }


def _responses(
    rows: pd.DataFrame, instrument: Instrument, units: Sequence[int]
) -> ScreenedResponses:
    """The rows of these units, by unit in their order, as they are screened."""
    items = [item.key for item in instrument.items]
    days = (pd.to_datetime(rows["local_date"]) - pd.Timestamp(EPOCH)).dt.days
    client, _ = pd.factorize(rows["client_group"])
    fast = rows["completion_time"] == load_rules().too_fast.value
    place = np.searchsorted(np.array(units, np.int64), rows[UNIT].to_numpy(np.int64))
    return ScreenedResponses(
        answers=rows[items].fillna(0).to_numpy(np.int64),
        highest=np.array([max(instrument.allowed[item]) for item in items]),
        day=days.fillna(UNKNOWN).to_numpy().astype(np.int64),
        quarter=rows["quarter_hour"].fillna(UNKNOWN).to_numpy(np.int64),
        fast=np.where(rows["completion_time"].isna(), UNKNOWN, fast).astype(np.int64),
        client=client.astype(np.int64),
        vouched=(rows["channel"] != "open_link").to_numpy(bool),
        sizes=np.bincount(place, minlength=len(units)).tolist(),
    )


def _earlier(
    session: Session, period: Period, instrument: Instrument, units: Sequence[int]
) -> ScreenedResponses | None:
    """These units in the period before this one, if it asked the same.

    Without those whose answers are in an archive alone, which does not tell how they came.
    """
    before = session.scalars(
        select(Period)
        .where(Period.institution_id == period.institution_id, Period.ends < period.starts)
        .order_by(Period.ends.desc())
    ).first()
    if before is None or [item.key for item in asked_instrument(before).items] != [
        item.key for item in instrument.items
    ]:
        return None
    asked = asked_instrument(before)
    gone = {one.unit_id for one in thinned(session, [before.id], units)}
    rows = read_arrivals(session, asked, before.id, [unit for unit in units if unit not in gone])
    return _responses(rows.sort_values(UNIT, kind="stable", ignore_index=True), asked, units)


def _comments(
    session: Session, period: Period, units: Collection[int], keys: "pd.Series[Any]"
) -> list[str]:
    """The comments of the responses, "" where there is none."""
    query = (
        select(Comment.response_id, Comment.text)
        .join(Response, Response.id == Comment.response_id)
        .where(Response.unit_id.in_(units), Response.period_id == period.id)
    )
    texts = {key.hex: text for key, text in session.execute(query)}
    return [texts.get(str(key).replace("-", ""), "") for key in keys] if texts else []


def _flag(flag: Flag, keys: "pd.Series[Any]") -> ScreeningDocument:
    return {
        "alarm": flag.alarm,
        "p": flag.p,
        "points": flag.points,
        "number": flag.number,
        "responses": sorted(str(UUID(str(key))) for key in keys[flag.group]),
    }


def _indices(lot: _Lot, at: int, own: ScreenedResponses) -> ScreeningDocument:
    """The index with and without all that is flagged, if at least five are left."""
    flags = lot.found[at].flags
    alike = {"flagged": 0, "without": None, "difference": None, "interval": None}
    if not flags:
        return alike | {"with": _index(lot.indices[at])}
    flagged: Bools = np.any([flag.group for flag in flags], axis=0)
    asked, scheme = asked_instrument(lot.period), used_scheme(lot.period)
    found = difference(own.filled, flagged, asked, scheme)
    told = {"flagged": int(flagged.sum()), "with": _index(found.all_of)}
    if not enough(found.kept.n):
        return alike | told
    return told | {
        "without": _index(found.kept),
        "difference": found.difference,
        "interval": found.interval,
    }


def _index(index: Satisfaction) -> ScreeningDocument | None:
    if index.index is None or not enough(index.n):
        return None
    return {"index": index.shown, "grade": index.band.grade if index.band else None, "n": index.n}


def _patterns(own: ScreenedResponses) -> list[ScreeningDocument]:
    """The most frequent patterns that at least five gave."""
    frequent = own.answers[enough(own.alike)]
    if not len(frequent):
        return []
    patterns, number = np.unique(frequent, axis=0, return_counts=True)
    most = np.argsort(-number, kind="stable")[:PATTERNS_SHOWN]
    return [{"answers": patterns[at].tolist(), "number": int(number[at])} for at in most]


def _rhythm(own: ScreenedResponses) -> ScreeningDocument:
    """The quarter-hours of a day, and the hours over all days, in which at least five came."""
    found = rhythm_of(own)
    names = [(EPOCH + timedelta(days=int(day))).isoformat() for day in found.day]
    cells = [
        [names[day], int(quarter), int(found.counts[day, quarter])]
        for day, quarter in np.argwhere(enough(found.counts))
    ]
    by_hour = found.by_time[0].reshape(HOURS, -1).sum(axis=1)
    hours = [[int(at), int(by_hour[at])] for at in np.flatnonzero(enough(by_hour))]
    return {"cells": cells, "hours": hours}

"""Removing from the database answers that an archive holds: two steps, of which this is the second.

The archive is verified again first, and each unit's rows are compared with it. A unit's answers
go in one transaction with the row that says where they are, so that whatever kills the command
leaves each unit's answers in the database or in an archive that holds, and in none twice.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pandas as pd
import pyarrow.parquet as pq
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from analysis.errors import Place, bad
from analysis.rulebook.instrument import Instrument
from models import (
    AuditEvent,
    Period,
    ThinnedUnit,
    answers_table,
    now,
    reading,
    writing,
)
from models.keeping.lifting import guards_lifted, patiently
from survey.answer_archive.archiving import ACTOR
from survey.answer_archive.chosen import TOLD, ChosenRows, choose
from survey.answer_archive.folder import (
    AnswerManifest,
    ArchivedPart,
    read_manifest,
    verify_parts,
)
from survey.answer_archive.reading import archives_folder
from survey.answer_archive.rules import archive_rules
from survey.periods import asked_instrument
from survey.signing import public_pem

ACT = "thin_answers"
AT_ONCE = 500  # bound values
# The keys of responses by unit.
RowsOfUnits = Mapping[int, Sequence[UUID]]


@dataclass(frozen=True)
class ThinnedPeriods:
    """How much was removed, or would be: periods, units, answers."""

    periods: int = 0
    units: int = 0
    rows: int = 0


@dataclass(frozen=True)
class _Thinning:
    """A period of an archive that is old enough, and its rows that may be removed, by unit."""

    period: int
    institution: int
    instrument: Instrument
    archive: str
    units: RowsOfUnits


def thin(engine: Engine, secret: bytes, folder: Path, dry_run: bool) -> ThinnedPeriods:
    """Removes the answers of all periods of an archive that were closed long enough ago.

    Raises BadInput where the archive does not hold, stands elsewhere than the service looks, or
    the database tells otherwise; a period that was begun is gone on with.
    """
    if folder.absolute().parent != archives_folder().absolute():
        raise bad("archive_elsewhere", Place(str(folder)), folder=str(archives_folder()))
    manifest = read_manifest(folder, public_pem(secret))
    verify_parts(folder, manifest)
    done = ThinnedPeriods()
    for part in manifest.parts:
        with reading(engine) as session:
            one = _compared(session, folder, manifest, part)
        if one is None or not one.units:
            continue
        if not dry_run:
            _remove(engine, one)
        rows = sum(map(len, one.units.values()))
        done = ThinnedPeriods(done.periods + 1, done.units + len(one.units), done.rows + rows)
    return done


def _compared(
    session: Session, folder: Path, manifest: AnswerManifest, part: ArchivedPart
) -> _Thinning | None:
    """What may be removed; None where the period is too young. Raises BadInput."""
    period = session.get(Period, part.period_id)
    if period is None or period.code != part.period or period.closed_at is None:
        raise bad("archive_other_period", Place(str(folder)), period=part.period)
    if period.closed_at > now() - timedelta(days=archive_rules().thin_after_days):
        return None
    instrument = asked_instrument(period)
    gone = {
        one.unit_id: one.archive
        for one in session.scalars(select(ThinnedUnit).where(ThinnedUnit.period_id == period.id))
    }
    if set(gone.values()) - {manifest.sha256}:
        raise bad("archive_other_archive", Place(str(folder)), period=part.period)
    chosen = choose(session, period, instrument)
    held = _held(folder / part.file, instrument)
    units: dict[int, Sequence[UUID]] = {}
    for unit, rows in _by_unit(chosen):
        if unit in gone:
            continue
        if _told(rows, instrument) != _told(held[held["unit_id"] == unit], instrument):
            raise bad("archive_other_rows", Place(str(folder)), period=part.period)
        units[unit] = rows["response_id"].tolist()
    if set(held["unit_id"].tolist()) - units.keys() - gone.keys():
        raise bad("archive_other_rows", Place(str(folder)), period=part.period)
    return _Thinning(period.id, period.institution_id, instrument, manifest.sha256, units)


def _by_unit(chosen: ChosenRows) -> Iterator[tuple[int, pd.DataFrame]]:
    for unit, rows in chosen.removable.groupby("unit_id"):
        yield int(str(unit)), rows


def _held(file: Path, instrument: Instrument) -> pd.DataFrame:
    columns = ["unit_id", *TOLD, "alike", *instrument.allowed]
    rows: pd.DataFrame = pq.read_table(file, columns=columns, partitioning=None).to_pandas()
    return rows[rows["alike"]]


def _told(rows: pd.DataFrame, instrument: Instrument) -> list[tuple[str, ...]]:
    """What is told of the rows, in an order of its own."""
    columns = [*TOLD, *instrument.allowed]
    whole = [name for name in columns if name not in TOLD[1:4]]
    plain = rows[columns].astype(dict.fromkeys(whole, "Int64")).astype("string").fillna("")
    return sorted(plain.itertuples(index=False, name=None))


def _remove(engine: Engine, one: _Thinning) -> None:
    details = {
        "archive": one.archive,
        "period": one.period,
        "units": len(one.units),
        "rows": sum(map(len, one.units.values())),
        "rules": archive_rules().id,
    }
    for at, units in enumerate(_slices(one.units)):
        # Told with the first units, or not at all.
        patiently(partial(_remove_units, engine, one, units, None if at else details))


def _remove_units(
    engine: Engine, one: _Thinning, units: RowsOfUnits, details: dict[str, object] | None
) -> None:
    answers = answers_table(one.instrument.id, one.instrument.allowed)
    with writing(engine) as session, guards_lifted(session, [answers.name]):
        moment = now()
        if details:
            session.add(AuditEvent(created_at=moment, actor=ACTOR, act=ACT, details=details))
        for unit, keys in units.items():
            session.add(
                ThinnedUnit(
                    unit_id=unit,
                    period_id=one.period,
                    institution_id=one.institution,
                    archive=one.archive,
                    rows=len(keys),
                    created_at=moment,
                )
            )
        session.flush()
        gone = [key for keys in units.values() for key in keys]
        for start in range(0, len(gone), AT_ONCE):
            some = gone[start : start + AT_ONCE]
            session.execute(delete(answers).where(answers.c.response_id.in_(some)))


def _slices(units: RowsOfUnits) -> Iterator[RowsOfUnits]:
    """Whole units, as many together as the rules allow rows, and one at least."""
    found: dict[int, Sequence[UUID]] = {}
    for unit, keys in units.items():
        if found and sum(map(len, found.values())) + len(keys) > archive_rules().rows_at_once:
            yield found
            found = {}
        found[unit] = keys
    yield found

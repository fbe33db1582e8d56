"""Answers that are in an archive alone, counted there by the expressions that count the rest."""

import os
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from analysis.engines.writing import written
from analysis.errors import BadInput, Place, bad
from analysis.rulebook.instrument import Instrument
from models import Batch, ThinnedUnit, Withdrawal, answers_name
from models.settings import data_folder
from survey.answer_archive.folder import MANIFEST, AnswerManifest, part_of_period, read_manifest
from survey.pairs import UnitPeriod

# Of a response these stay in the database alone.
NOT_TOLD = ("sex", "age", "education", "occupation", "disability", "completion_time")


def archives_folder() -> Path:
    """Where archives stand that answers may be removed for: ARCHIVES, else in the data folder."""
    return Path(os.environ.get("ARCHIVES") or data_folder() / "archives")


def thinned(
    session: Session,
    periods: Collection[int],
    units: Collection[int],
    but: Collection[UnitPeriod] = (),
) -> Sequence[ThinnedUnit]:
    """Of which of these units and periods answers were removed, but for some."""
    wanted = select(ThinnedUnit).where(
        ThinnedUnit.period_id.in_(periods), ThinnedUnit.unit_id.in_(units)
    )
    return [one for one in session.scalars(wanted) if (one.unit_id, one.period_id) not in but]


def refuse_thinned(session: Session, period_id: int, units: Collection[int]) -> None:
    """Raises BadInput where answers were removed, for who needs them beside what else was told."""
    if thinned(session, [period_id], units):
        raise bad("answers_archived")


def run_archived(
    session: Session,
    instrument: Instrument,
    expression: Select[Any],
    gone: Sequence[ThinnedUnit],
) -> pd.DataFrame | None:
    """What ``survey.counts.run`` finds, of answers that are ``gone``; None where none are.

    Raises BadInput where an archive is gone or another one.
    """
    if not gone:
        return None
    import duckdb  # most never need it

    files = sorted({str(_file(one.archive, one.period_id)) for one in gone})
    withdrawn = session.scalars(
        select(Batch.id)
        .join(Withdrawal, (Withdrawal.batch_id == Batch.id) & Withdrawal.confirmed)
        .where(Batch.period_id.in_({one.period_id for one in gone}))
    ).all()
    with duckdb.connect() as connection:
        pairs = pd.DataFrame(
            {"unit_id": [one.unit_id for one in gone], "period_id": [one.period_id for one in gone]}
        )
        connection.register("asked", pairs)
        for statement, given in _views(instrument, files, list(withdrawn)):
            connection.execute(statement, given)
        found = connection.execute(written(expression, "duckdb"))
        headings = [heading for heading, *_ in found.description]
        return pd.DataFrame(found.fetchall(), columns=headings)


def _views(
    instrument: Instrument, files: Sequence[str], withdrawn: Sequence[int]
) -> list[tuple[str, list[Any]]]:
    """What stands for the tables of the database."""
    unknown = ", ".join(f"NULL::VARCHAR AS {name}" for name in NOT_TOLD)
    items = ", ".join(f'"{item}"' for item in instrument.allowed)
    return [
        (
            "CREATE TEMP TABLE kept AS SELECT row_number() OVER ()::VARCHAR AS id, rows.*"
            " FROM read_parquet(?, hive_partitioning = false) AS rows SEMI JOIN asked"
            " USING (unit_id, period_id)"
            " WHERE alike AND (batch_id IS NULL OR NOT list_contains(?::INTEGER[], batch_id))",
            [[*files], [*withdrawn]],
        ),
        (
            "CREATE TEMP VIEW counted_responses AS SELECT id, unit_id, period_id, service_id,"
            " batch_id, channel::VARCHAR AS channel, provenance::VARCHAR AS provenance,"
            f" month || '-01' AS local_date, NULL::INTEGER AS quarter_hour, {unknown} FROM kept",
            [],
        ),
        (
            f"CREATE TEMP VIEW {answers_name(instrument.id)} AS"
            f" SELECT id AS response_id, {items} FROM kept",
            [],
        ),
    ]


def _file(archive: str, period_id: int) -> Path:
    known = _known(archives_folder(), archive)
    if known is None:
        raise bad("archive_gone", Place(str(archives_folder())), archive=archive)
    return part_of_period(*known, period_id)


def _known(folder: Path, archive: str) -> tuple[Path, AnswerManifest] | None:
    """The archive with this manifest among those of the folder."""
    manifests = sorted(folder.glob(f"*/{MANIFEST}"))
    found = _manifests(tuple((one, one.stat().st_mtime_ns) for one in manifests))
    return found.get(archive)


@lru_cache(4)
def _manifests(
    files: tuple[tuple[Path, int], ...],
) -> Mapping[str, tuple[Path, AnswerManifest]]:
    """Read once, until there are others; what is no archive is none."""
    found = {}
    for file, _ in files:
        try:
            manifest = read_manifest(file.parent, None)
        except BadInput:
            continue
        found[manifest.sha256] = file.parent, manifest
    return found

"""Writing the answers of closed periods into an archive; the database stays as it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from sqlalchemy import Engine, exists, select
from sqlalchemy.orm import Session

from analysis.errors import bad
from analysis.rulebook.instrument import Instrument
from models import (
    AuditEvent,
    Institution,
    Period,
    Service,
    ThinnedUnit,
    Unit,
    now,
    reading,
    writing,
)
from survey.answer_archive.chosen import ChosenRows, choose
from survey.answer_archive.folder import (
    FORMAT,
    AnswerManifest,
    ArchivedPart,
    new_folder,
    write_manifest,
    write_part,
)
from survey.answer_archive.rules import archive_rules, archive_rules_hash
from survey.periods import asked_instrument

ACTOR, ACT = "command line", "archive_answers"
NATION = "nasional"  # the province of those that are in none


@dataclass(frozen=True)
class WrittenArchive:
    """What an archive holds: its manifest's SHA-256, periods, rows, and rows told whole."""

    sha256: str
    periods: int
    rows: int
    alike: int


def archive_answers(
    engine: Engine, secret: bytes, target: Path, until: date | None = None
) -> WrittenArchive:
    """Writes all periods that were closed and end before the day ``until``, all where None.

    Those of which answers were removed already are not written again. Raises BadInput; then
    nothing stands at ``target``.
    """
    with new_folder(target) as folder:
        with reading(engine) as session:
            periods = _periods(session, until)
            if not periods:
                raise bad("no_periods_to_archive")
            parts = [_written(session, folder, period) for period in periods]
        rules = archive_rules()
        manifest = AnswerManifest(
            FORMAT, now().isoformat(), ACTOR, rules.id, archive_rules_hash(), parts
        )
        write_manifest(folder, manifest, secret)
    found = WrittenArchive(manifest.sha256, len(parts), _sum(parts, "rows"), _sum(parts, "alike"))
    with writing(engine) as session:
        details = vars(found) | {"rules": rules.id}
        session.add(AuditEvent(created_at=now(), actor=ACTOR, act=ACT, details=details))
    return found


def _periods(session: Session, until: date | None) -> Sequence[Period]:
    query = select(Period).where(
        Period.closed_at.is_not(None),
        ~exists().where(ThinnedUnit.period_id == Period.id),
    )
    if until is not None:
        query = query.where(Period.ends < until)
    return session.scalars(query.order_by(Period.id)).all()


def _written(session: Session, folder: Path, period: Period) -> ArchivedPart:
    instrument = asked_instrument(period)
    chosen = choose(session, period, instrument)
    province = _province(period.institution)
    place = f"instrument={instrument.id}/year={period.ends.year}/province={province}"
    file = f"{place}/period-{period.id}.parquet"
    digest = write_part(folder / file, _table(session, period, instrument, chosen))
    assert period.closed_at is not None
    return ArchivedPart(
        file=file,
        sha256=digest,
        rows=len(chosen.rows),
        alike=int(chosen.alike.sum()),
        left_out=chosen.left_out,
        period_id=period.id,
        period=period.code,
        institution=period.institution.code,
        closed_at=period.closed_at.isoformat(),
        instrument=instrument.id,
        instrument_sha256=period.instrument_hash,
        scheme_sha256=period.scheme_hash,
    )


def _province(institution: Institution) -> str:
    if institution.kind == "province":
        return institution.code
    return institution.province.code if institution.province else NATION


def _table(
    session: Session, period: Period, instrument: Instrument, chosen: ChosenRows
) -> pa.Table:
    """The rows by unit, in each unit in an order that tells nothing."""
    shuffled = chosen.rows.assign(alike=chosen.alike).sample(
        frac=1, random_state=np.random.default_rng()
    )
    rows = shuffled.sort_values("unit_id", kind="stable")
    alike = rows["alike"]
    of_period = Unit.institution_id == period.institution_id
    units = dict(session.execute(select(Unit.id, Unit.code).where(of_period)).all())
    named = select(Service.id, Service.code).join(Unit, Unit.id == Service.unit_id)
    services = dict(session.execute(named.where(of_period)).all())

    def codes(values: "pd.Series[Any]") -> pa.Array:
        return pa.array(values.astype(object), pa.string(), from_pandas=True).dictionary_encode()

    told = {name: rows[name].where(alike) for name in chosen.rows.columns if name != "response_id"}
    service = told["service_id"].map(services, na_action="ignore")
    columns = {
        "unit": codes(rows["unit_id"].map(units)),
        "institution": codes(pd.Series(period.institution.code, rows.index)),
        "period": codes(pd.Series(period.code, rows.index)),
        "service": codes(service),
        "month": codes(told["month"]),
        "channel": codes(told["channel"]),
        "provenance": codes(told["provenance"]),
        "batch_id": _whole(told["batch_id"], pa.int32()),
        "unit_id": _whole(rows["unit_id"], pa.int32()),
        "period_id": pa.array(np.full(len(rows), period.id, np.int32)),
        "service_id": _whole(told["service_id"], pa.int32()),
        "alike": pa.array(alike.to_numpy(bool)),
        **{item: _whole(rows[item], pa.int8()) for item in instrument.allowed},
    }
    return pa.table(columns)


def _whole(values: "pd.Series[Any]", kind: pa.DataType) -> pa.Array:
    return pa.array(values.astype("Int64"), kind, from_pandas=True)


def _sum(parts: Sequence[ArchivedPart], name: str) -> int:
    return sum(getattr(part, name) for part in parts)

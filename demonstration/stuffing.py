"""The demonstration's dishonest unit: what screening is there to find, plainly marked."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Institution, Period, Unit, now
from survey.periods import asked_instrument
from survey.storage import CheckedResponse, store

DISHONEST = "dinsos-contoh"
CLOSING = 67  # 16.45 to 17.00
ON_A_DAY, DAYS = 8, 3
COMMENT = "Isian buatan untuk data contoh: semua nilai empat, dikirim dari satu perangkat"


def stuff(session: Session, institution: Institution) -> None:
    """All 4 from one device at 16:45 to 17:00, on up to three days of the running period."""
    unit = session.scalars(
        select(Unit).where(Unit.institution_id == institution.id, Unit.code == DISHONEST)
    ).one()
    running = select(Period).where(
        Period.institution_id == institution.id, Period.closed_at.is_(None)
    )
    period = session.scalars(running).one()
    instrument, today = asked_instrument(period), now().date()
    days = sorted({max(period.starts, today - timedelta(days=back)) for back in range(DAYS)})
    rows = [
        CheckedResponse(
            answers=dict.fromkeys(instrument.allowed, 4),
            channel="open_link",
            provenance="self",
            service_id=unit.services[0].id,
            comment=COMMENT,
            language="id",
            local_date=day,
            quarter_hour=CLOSING,
            completion_time="under_15_s",
            client_group=f"{day:%Y%m%d}".zfill(64),
        )
        for day in days
        for _ in range(ON_A_DAY)
    ]
    store(session, unit, period, instrument, rows)

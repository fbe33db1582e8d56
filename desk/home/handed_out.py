"""Which reports were taken away: the trace of papers knows."""

from collections.abc import Collection
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import AuditEvent, Period

ACT, REPORTS = "hand_out_paper", ("report_pdf", "report_docx")


def reports_handed_out(session: Session, period: Period, of: Collection[str]) -> dict[str, date]:
    """By code of unit or institution, the day on which its report was last taken away."""
    told = {name: AuditEvent.details[name].as_string() for name in ("paper", "period", "of")}
    query = (
        select(told["of"], func.max(AuditEvent.created_at))
        .where(
            AuditEvent.act == ACT,
            AuditEvent.created_at >= period.opened_at,
            told["paper"].in_(REPORTS),
            told["period"] == period.code,
            told["of"].in_(of),
        )
        .group_by(told["of"])
    )
    zone = ZoneInfo(period.institution.timezone)
    return {code: moment.astimezone(zone).date() for code, moment in session.execute(query)}

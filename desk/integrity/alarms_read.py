"""Which alarms of screening a person has seen: the trace tells, since looking is noted in it."""

import json
from collections import defaultdict

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from accounts.actors import Actor
from desk.audit import log
from desk.integrity.screening import current_screening
from models import AuditEvent, Busy, reading, writing_at_once


def note_alarms_read(engine: Engine, actor: Actor, unit_id: int, period_id: int) -> None:
    """Notes, before somebody looks, that the alarms of a unit's period are seen; each once.

    Not where the database is too busy for it: they then count as unseen still. Raises Forbidden.
    """
    with reading(engine) as session:
        unit, period, kept = current_screening(session, actor, unit_id, period_id)
        raised = {flag["alarm"] for flag in json.loads(kept.document)["flags"]} if kept else set()
        place = unit.code, period.code
        if not raised - alarms_read(session, actor).get(place, set()):
            return
    try:
        with writing_at_once(engine) as session:
            log(
                session, actor, "read_alarms", unit=place[0], period=place[1], alarms=sorted(raised)
            )
    except Busy:
        return


def alarms_read(session: Session, actor: Actor) -> dict[tuple[str, str], set[str]]:
    """The alarms that the actor has seen, by codes of unit and period."""
    events = session.scalars(
        select(AuditEvent.details).where(
            AuditEvent.act == "read_alarms",
            AuditEvent.actor == actor.name,
            AuditEvent.user_id == actor.user_id,
        )
    )
    seen: dict[tuple[str, str], set[str]] = defaultdict(set)
    for details in events:
        seen[details["unit"], details["period"]].update(details["alarms"])
    return seen

"""The trace of every act."""

from sqlalchemy.orm import Session

from accounts.actors import Actor
from models import AuditEvent, now


def log(session: Session, actor: Actor, act: str, **details: object) -> None:
    """Writes that the actor did ``act``; committed together with what was done."""
    session.add(
        AuditEvent(
            created_at=now(),
            user_id=actor.user_id or None,
            actor=actor.name,
            act=act,
            details=details,
        )
    )

"""What was derived of a year, kept in memory while nothing was done since that could change it.

Whatever changes a score is an act, and each act writes its event into the trace, in the same
transaction and one after the other. Citizens' answers count once their period has closed, which
is an act as well. So the newest event that a transaction sees, but for those of acts that change
no score, names the state of all that scores rest on. The events since then tell what of it may
have changed, where all of them do. Nothing is approved by what is kept.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Pool, select
from sqlalchemy.orm import Session

from models import AuditEvent

HARMLESS = ("log_in", "log_out", "begin_job", "stop_job", "hand_out_paper", "read_alarms")
Derived = TypeVar("Derived")
State = tuple[int, str]
MOST_EVENTS = 200  # after so many all is derived anew


class ToldEvent(NamedTuple):
    """What an event tells of an act that may have changed a score."""

    act: str
    details: Mapping[str, Any]


Amend = Callable[[Derived, Sequence[ToldEvent]], Derived | None]


class KeptResults(Generic[Derived]):
    """The latest results of a kind, ``most`` of each database."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        # Of an engine and of those that look through it with options of their own.
        self._by_pool: WeakKeyDictionary[
            Pool, OrderedDict[Hashable, tuple[State | None, Derived]]
        ] = WeakKeyDictionary()

    def get(
        self,
        session: Session,
        key: Hashable,
        derive: Callable[[], Derived],
        amend: Amend[Derived],
    ) -> Derived:
        """What was derived under the key, anew where the session sees another state than then.

        ``amend``: derives anew what the events since then may have changed; None: it cannot tell.
        """
        pool, state = session.get_bind().engine.pool, _state(session)
        with self._lock:
            of_pool = self._by_pool.setdefault(pool, OrderedDict())
            known = of_pool.get(key)
        if known is not None and known[0] == state:
            return known[1]
        events = known and _events_since(session, known[0])
        derived = (amend(known[1], events) if known and events else None) or derive()
        with self._lock:
            of_pool[key] = state, derived
            of_pool.move_to_end(key)
            while len(of_pool) > self._most:
                of_pool.popitem(last=False)
        return derived


def _state(session: Session) -> State | None:
    """The newest event that may have changed a score."""
    newest = (
        select(AuditEvent.id, AuditEvent.hash)
        .where(AuditEvent.act.not_in(HARMLESS))
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )
    found = session.execute(newest).one_or_none()
    return None if found is None else (found.id, found.hash)


def _events_since(session: Session, state: State | None) -> list[ToldEvent] | None:
    """Those of acts that may have changed a score; None where they are many, or the session does
    not see the state any more, or not yet."""
    if state is None:
        return None
    since = (
        select(AuditEvent.id, AuditEvent.hash, AuditEvent.act, AuditEvent.details)
        .where(AuditEvent.id >= state[0], AuditEvent.act.not_in(HARMLESS))
        .order_by(AuditEvent.id)
        .limit(MOST_EVENTS + 2)
    )
    found = session.execute(since).all()
    if not found or (found[0].id, found[0].hash) != state or len(found) > MOST_EVENTS + 1:
        return None
    return [ToldEvent(one.act, one.details) for one in found[1:]]

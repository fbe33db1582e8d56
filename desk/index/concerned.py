"""Which institutions' scores an act may have changed, as its event in the trace tells.

Named here are acts that change no more than what is stored of the units, or of the institution,
that their events name. Whatever is not named may have changed every score.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from desk.index.kept import ToldEvent
from models import Institution, Response, Unit

# By the key of their details that names the place.
ACTS = {
    "units": ("assess", "assess_oneself"),
    "unit": (
        *("interview", "reconcile", "sign_off", "propose_waiver", "confirm_waiver"),
        *("import", "begin_keying", "store_keying", "count_late", "undo_batch"),
        *("propose_withdrawal", "confirm_withdrawal", "decline_withdrawal"),
        *("issue_tokens", "record_visits", "write_finding", "plan_follow_up", "note_step"),
    ),
    "institution": (
        *("open_period", "close_period", "load_bundle", "make_bundle"),
        *("enter_secondary", "withdraw_secondary", "declare"),
    ),
    "responses": ("exclude",),
}
SEVERAL = ("units", "responses")
OF_UNITS = select(Unit.institution_id)
# Whose it is that is named, and the name.
WHOSE: Mapping[str, Select[*tuple[Any, ...]]] = {
    "units": OF_UNITS.add_columns(Unit.id),
    "unit": OF_UNITS.add_columns(Unit.code),
    "institution": select(Institution.id, Institution.code),
    "responses": OF_UNITS.add_columns(Response.id).join(Response, Response.unit_id == Unit.id),
}
MOST_NAMED = 500  # so many places or responses are looked up


def institutions_concerned(session: Session, events: Sequence[ToldEvent]) -> set[int] | None:
    """Their ids; None where it may be any."""
    named: dict[str, set[Any]] = {kind: set() for kind in WHOSE}
    for act, told in events:
        kind = next((kind for kind, acts in ACTS.items() if act in acts), None)
        if kind is None or not told.get(kind):
            return None
        named[kind] |= set(told[kind] if kind in SEVERAL else [told[kind]])
    found: set[int] = set()
    for kind, names in named.items():
        if len(names) > MOST_NAMED:
            return None
        whose = WHOSE[kind]
        keys = {UUID(one) for one in names} if kind == "responses" else names
        query = whose.where(whose.selected_columns[1].in_(keys))
        known = session.execute(query).all() if keys else []
        if len(known) < len(keys):
            return None
        found |= {institution for institution, _ in known}
    return found

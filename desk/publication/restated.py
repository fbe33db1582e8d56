"""Whether a person stated anew what an accepted objection names of theirs.

The same again counts only with new words beside it, a note or a reason: else nobody could tell
that it was looked at. An interview has none; there the users are asked again.
"""

from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from models import (
    Assessment,
    Declaration,
    Interview,
    Objection,
    Publication,
    Reconciliation,
    ToMend,
    Unit,
)

# A table, who stated a row of it, what that was, and the words beside it.
STATEMENTS: tuple[tuple[Any, str, str, str], ...] = (
    (Assessment, "assessor_id", "judgement", "note"),
    (Reconciliation, "user_id", "judgement", "reason"),
    (Declaration, "user_id", "holds", "reason"),
)


def stated_anew() -> ColumnElement[bool]:
    """The condition on ``ToMend``, in a query with its objection, unit and publication."""
    return or_(*(_otherwise(*one) for one in STATEMENTS), _interviewed_again())


def _otherwise(model: Any, who: str, what: str, words: str) -> ColumnElement[bool]:
    """Whether the latest that the person stated differs from the latest before the decision."""

    def latest(*until: ColumnElement[bool]) -> Any:
        found = select(func.max(model.id)).where(
            getattr(model, who) == ToMend.person_id,
            model.year == Publication.year,
            *_place(model),
            *until,
        )
        return found.correlate(ToMend, Objection, Unit, Publication).scalar_subquery()

    late, early = aliased(model), aliased(model)
    new_words = and_(
        getattr(late, words) != getattr(early, words), func.length(getattr(late, words)) > 0
    )
    return exists().where(
        late.id == latest(),
        early.id == latest(model.created_at <= Objection.decided_at),
        or_(getattr(late, what) != getattr(early, what), new_words),
    )


def _place(model: Any) -> list[ColumnElement[bool]]:
    if model is Declaration:
        return [model.institution_id == Unit.institution_id, model.fact == ToMend.item]
    return [
        model.unit_id == Objection.unit_id,
        model.item == ToMend.item,
        model.subject == ToMend.subject,
    ]


def _interviewed_again() -> ColumnElement[bool]:
    return exists().where(
        Interview.interviewer_id == ToMend.person_id,
        Interview.year == Publication.year,
        Interview.unit_id == Objection.unit_id,
        Interview.area == ToMend.item,
        cast(Interview.respondent, String) == ToMend.subject,
        Interview.created_at > Objection.decided_at,
    )

"""How many comments wait for a person's label, for all units of the person together."""

from sqlalchemy import ColumnElement, Uuid, and_, case, column, exists, func, or_, select, table
from sqlalchemy.orm import Session

from accounts.actors import Actor, run_by
from analysis.disclosure import enough
from desk.comments.labels import current_version
from desk.comments.reading import SERIOUS
from models import Comment, CommentLabel, CommentReview, Experience, Response, Unit


def comments_to_review(session: Session, actor: Actor) -> int:
    """How many of the comments that the actor may read have no review yet that is the actor's.

    An analyst's counts whoever of them gave it. Those who run units are told of what lies open
    in their reading rooms, see ``desk.comments.reading``: of no source with fewer than five.
    """
    version = current_version(session)
    if version is None:
        return 0
    waits = case((_reviewed(actor), 0), else_=1)
    of_version = and_(
        CommentLabel.response_id == Comment.response_id, CommentLabel.version_id == version.id
    )
    query = (
        select(func.sum(waits))
        .select_from(Comment)
        .join(CommentLabel, of_version)
        .join(Response, Response.id == Comment.response_id)
        .where(Comment.readers.is_not(None))
    )
    staff = bool(actor.units or actor.institutions)
    if actor.analyst and not staff:
        return int(session.scalar(query) or 0)
    by_room = (
        query.join(Unit, Unit.id == Response.unit_id)
        .where(run_by(actor), _open_to_unit())
        .group_by(Response.unit_id, Response.period_id, Response.batch_id)
        .add_columns(func.count())
    )
    return sum(int(number) for number, size in session.execute(by_room) if enough(size))


def _reviewed(actor: Actor) -> ColumnElement[bool]:
    by = (
        CommentReview.role == "analyst" if actor.analyst else CommentReview.user_id == actor.user_id
    )
    return exists().where(by, CommentReview.response_id == Comment.response_id)


def _open_to_unit() -> ColumnElement[bool]:
    """Whether a unit may read a comment: its writer lets it, and nothing in it is serious."""
    corrected, corrected_second = (
        select(told)
        .where(CommentReview.role == "analyst", CommentReview.response_id == Comment.response_id)
        .order_by(CommentReview.id.desc())
        .limit(1)
        .scalar_subquery()
        for told in (CommentReview.label, CommentReview.secondary)
    )
    second = case((corrected.is_not(None), corrected_second), else_=CommentLabel.secondary)
    ticked = exists().where(
        Experience.response_id == Comment.response_id,
        or_(*(getattr(Experience, form) for form in SERIOUS)),
    )
    counted = table("counted_responses", column("id", Uuid))
    return and_(
        Comment.readers == "unit",
        or_(~CommentLabel.withheld, corrected.is_not(None)),
        or_(~CommentLabel.abstained, corrected.is_not(None)),
        func.coalesce(corrected, CommentLabel.label).not_in(SERIOUS),
        func.coalesce(second, "").not_in(SERIOUS),
        ~ticked,
        exists().where(counted.c.id == Comment.response_id),
    )

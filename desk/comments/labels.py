"""What is known of comments: what the version of the triage that holds read, and reviews."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.triage.corpus import NEUTRAL
from analysis.triage.reading import sentiment_of
from models import CommentLabel, CommentReview, TriageChoice, TriageVersion

AT_ONCE = 10_000  # a statement has no room for more keys


@dataclass(frozen=True)
class Labelled:
    """The label of a comment, as the triage gives it or an analyst corrected it.

    ``label``: a form of maladministration, "praise" or "neutral"; ``abstained``: only the best
    guess of a model that was not sure; ``elements``: keys of the elements it is about;
    ``sentiment``: "positive", "neutral" or "negative"; ``aspect``: "unspecific" or "elsewhere",
    where a neutral one tells of no service; ``urgent``: read before the others; ``withheld``: it
    may be of what its writer could be punished for.
    """

    label: str
    secondary: str | None = None
    abstained: bool = False
    elements: tuple[str, ...] = ()
    sentiment: str = "neutral"
    aspect: str | None = None
    urgent: bool = False
    withheld: bool = False


Labels = Callable[[Session, Collection[UUID]], Mapping[UUID, Labelled]]


def current_version(session: Session) -> TriageVersion | None:
    """The version that holds; None before the first."""
    return session.scalar(
        select(TriageVersion)
        .join(TriageChoice, TriageChoice.version_id == TriageVersion.id)
        .order_by(TriageChoice.id.desc())
        .limit(1)
    )


def stored_labels(session: Session, responses: Collection[UUID]) -> Mapping[UUID, Labelled]:
    """The labels of comments, by their responses; those that nothing has read are absent."""
    version = current_version(session)
    if version is None:
        return {}
    found: dict[UUID, Labelled] = {}
    keys = list(responses)
    for some in (keys[at : at + AT_ONCE] for at in range(0, len(keys), AT_ONCE)):
        read = select(CommentLabel).where(
            CommentLabel.version_id == version.id, CommentLabel.response_id.in_(some)
        )
        found |= {
            one.response_id: Labelled(
                one.label,
                one.secondary,
                one.abstained,
                tuple(one.elements.split()),
                one.sentiment,
                one.aspect,
                one.urgent,
                one.withheld,
            )
            for one in session.scalars(read)
        }
        reviewed = (
            select(CommentReview)
            .where(CommentReview.role == "analyst", CommentReview.response_id.in_(some))
            .order_by(CommentReview.id)
        )
        for one in session.scalars(reviewed):
            if one.response_id in found:
                read_so = found[one.response_id]
                found[one.response_id] = replace(
                    read_so,
                    label=one.label,
                    secondary=one.secondary,
                    abstained=False,
                    sentiment=sentiment_of(one.label, read_so.sentiment),
                    aspect=read_so.aspect if one.label == NEUTRAL else None,
                    urgent=False,
                    withheld=False,
                )
    return found

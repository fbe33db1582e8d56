"""What triage says of comments: the one place where the reading room asks it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session


class Triaged(Protocol):
    """The label of a comment, as triage gives it or a reader confirmed it.

    ``label``: a form of maladministration, "praise" or "neutral"; ``abstained``: only the best
    guess of a model that was not sure; ``elements``: keys of the elements it is about;
    ``sentiment``: "positive", "neutral" or "negative".
    """

    @property
    def label(self) -> str: ...
    @property
    def secondary(self) -> str | None: ...
    @property
    def abstained(self) -> bool: ...
    @property
    def elements(self) -> Sequence[str]: ...
    @property
    def sentiment(self) -> str: ...


Labels = Callable[[Session, Collection[UUID]], Mapping[UUID, Triaged]]


def stored_labels(session: Session, responses: Collection[UUID]) -> Mapping[UUID, Triaged]:
    """The labels of comments, by their responses; those nobody has labelled yet are absent."""
    return {}

"""The triage of comments, taught a comment a frame: enough to see who may do what, and quick."""

from collections.abc import Sequence
from functools import cache, lru_cache

import pytest

from analysis.triage.corpus import LabelledComment, corpus
from analysis.triage.model import WEIGHT_OF_REVIEWED, Model, fit


@lru_cache(32)
def _fitted(comments: tuple[LabelledComment, ...], weight: float) -> Model:
    return fit(comments, weight)


def _fit(comments: Sequence[LabelledComment], weight: float = WEIGHT_OF_REVIEWED) -> Model:
    """As ``fit``, once for the same comments: the same come in many tests."""
    return _fitted(tuple(comments), weight)


@cache
def few() -> tuple[LabelledComment, ...]:
    """One comment a frame, drawn once."""
    return tuple(corpus(each=1))


def teach_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has the desk learn from few frames, and read by them."""
    monkeypatch.setattr("desk.comments.triage.corpus", few)
    monkeypatch.setattr("desk.comments.triage.fit", _fit)
    monkeypatch.setattr("analysis.triage.learning.fit", _fit)
    monkeypatch.setattr("desk.comments.reading.seed_model", lambda: _fit(few()))

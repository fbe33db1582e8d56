"""The triage of comments, taught a comment a frame: enough to see who may do what, and quick."""

from collections.abc import Sequence
from functools import lru_cache, partial

import pytest

from analysis.triage.corpus import LabelledComment, corpus
from analysis.triage.model import Model, fit


@lru_cache(32)
def _fitted(comments: tuple[LabelledComment, ...]) -> Model:
    return fit(comments)


def _fit(comments: Sequence[LabelledComment]) -> Model:
    """As ``fit``, once for the same comments: the same come in many tests."""
    return _fitted(tuple(comments))


few = partial(corpus, each=1)


def teach_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has the desk learn from few frames, and read by them."""
    monkeypatch.setattr("desk.comments.triage.corpus", few)
    monkeypatch.setattr("desk.comments.triage.fit", _fit)
    monkeypatch.setattr("desk.comments.reading.seed_model", lambda: _fit(few()))

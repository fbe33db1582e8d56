"""A small model, fitted once for all that is read by one."""

import pytest

from analysis.triage.corpus import corpus
from analysis.triage.model import Model, fit


@pytest.fixture(scope="session")
def model() -> Model:
    """A model of a small corpus: one comment a frame."""
    return fit(corpus(each=1))

"""What a refusal says, in English as the command line tells it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from analysis.errors import BadInput
from locales.refusals import sentences


@contextmanager
def refusing(match: str) -> Iterator[pytest.ExceptionInfo[BadInput]]:
    """Expects a refusal in whose sentences the pattern is found."""
    with pytest.raises(BadInput) as refused:
        yield refused
    assert re.search(match, in_english(refused.value)), in_english(refused.value)


def in_english(error: BadInput) -> str:
    """The sentences, one a line."""
    return "\n".join(sentences("en", error))

"""One seed for all that the tests leave to chance; the head of each run tells it.

``SEED=... make test`` draws the same again. Keys, codes and passwords stay random: the product
takes them from the operating system.
"""

import os
import random
from secrets import randbelow

import hypothesis
import pytest

# In the environment, so that all test processes of a run have the same.
SEED = os.environ.setdefault("SEED", str(randbelow(2**32)))

# Two test processes on two cores: a slow example is no failure.
hypothesis.settings.register_profile("project", deadline=None, print_blob=True)
hypothesis.settings.register_profile(
    "quick", parent=hypothesis.settings.get_profile("project"), max_examples=10
)
hypothesis.settings.load_profile("project")


def pytest_report_header() -> str:
    """The seed, and how to draw the same again."""
    return f"seed: {SEED} (the same again: SEED={SEED} make test)"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Gives the seed to all properties."""
    for item in items:
        if isinstance(item, pytest.Function) and hypothesis.is_hypothesis_test(item.function):
            hypothesis.seed(int(SEED))(item.function)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Seeds ``random`` for each test by itself, whatever ran before it."""
    random.seed(f"{SEED} {item.nodeid}")

"""What is loaded for all tests is not searched for garbage again and again while they run."""

import gc

SELDOM = (10_000, 20, 100)


def pytest_collection_finish() -> None:
    """Keeps all tests, and the modules that they need, out of the search."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)

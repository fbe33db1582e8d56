"""What is loaded for all tests is not searched for garbage again and again, nor while it loads."""

import gc

SELDOM = (10_000, 20, 100)


def pytest_configure() -> None:
    """Loads without a search: nothing of it is garbage."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Keeps all tests, and the modules that they need, out of the search from now on."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)
    gc.enable()

"""What a test needs beside Python, marked by the fixtures it asks for; so nobody has to remember.

``make quick`` leaves out what is marked. It holds what it says: a test that opens a database, or
starts a service on one, without asking for it is refused.
"""

import sys

import pytest

MARKS = {
    "app": {"database"},
    "browser": {"browser"},
    "demonstration_folder": {"database"},
    "office": {"office"},
    "migrated_file": {"database"},
    "migrated_cluster": {"database", "postgres"},
}
ENGINES = {
    "sqlite": {"database"},
    "postgresql": {"database", "postgres"},
    "duckdb": set[str](),
    "spark": {"spark"},
}
# Which take seconds to make, so that one process makes them for all that ask for one.
MADE_ONCE = {"sender", "believing", "bundles"}
SERVICES = {"app.py", "light.py"}
SERVICE_BEGINS = "tests.begun"  # told by whoever forks one
REFUSED = "This test opens a database, but asks for none: take a fixture or mark it `database`."

running: list[pytest.Item] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks each test with all that it needs; those of one server or browser share one worker.

    What takes seconds comes first, so that no process ends long after the others.
    """
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        for mark in needs(item, fixtures):
            item.add_marker(mark)
        if "app" in fixtures:
            item.add_marker(pytest.mark.xdist_group("journeys"))
        elif item.get_closest_marker("spark"):  # one Java
            item.add_marker(pytest.mark.xdist_group("spark"))
        elif item.get_closest_marker("model"):  # one fit
            item.add_marker(pytest.mark.xdist_group("model"))
        elif MADE_ONCE & fixtures:
            item.add_marker(pytest.mark.xdist_group("federation"))
        elif "browser" in fixtures:
            item.add_marker(pytest.mark.xdist_group(item.path.name))
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def needs(item: pytest.Item, fixtures: set[str]) -> set[str]:
    """The marks of a test, by its fixtures and those that they ask for."""
    found = set().union(*(MARKS.get(fixture, set()) for fixture in fixtures))
    for fixture in fixtures & {"database_url", "holder"}:  # which ask for others when they run
        found |= ENGINES[item.callspec.params[fixture]]  # type: ignore[attr-defined]
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> object:
    """Notes which test is running."""
    running.append(item)
    try:
        return (yield)
    finally:
        running.pop()


def refuse_unasked(event: str, details: tuple[object, ...]) -> None:
    """Raises where a test that is not marked opens a database, itself or by a service."""
    if running and opens(event, details) and not running[-1].get_closest_marker("database"):
        raise AssertionError(REFUSED)


def opens(event: str, details: tuple[object, ...]) -> bool:
    """Whether the audited event opens a database."""
    if event == "subprocess.Popen":
        command = details[1]
        return isinstance(command, list) and not SERVICES.isdisjoint(map(str, command))
    return event in ("sqlite3.connect", SERVICE_BEGINS)


sys.addaudithook(refuse_unasked)

"""Which tests may be begun again, and how often in a run.

A real browser and a real server, on two cores with a second test process, miss a beat now and
then: a journey that fails is begun once more. More than two in a run are no accident.
"""

import pytest
from _pytest.terminal import TerminalReporter

MOST = 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Lets what draws in a browser be begun once more, and no other test."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Says how many were begun again."""
    number = begun_again(terminalreporter)
    verdict = "which is too many" if number > MOST else f"of {MOST} at most"
    terminalreporter.line(f"begun again: {number}, {verdict}")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fails the run in which too many were begun again."""
    reporter = session.config.pluginmanager.getplugin("terminalreporter")
    if reporter is not None and begun_again(reporter) > MOST:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def begun_again(reporter: TerminalReporter) -> int:
    """The number of tests in this run that were begun again."""
    return len(reporter.stats.get("rerun", []))

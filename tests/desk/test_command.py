"""``python -m desk`` with what it does not know: a sentence, and 2."""

from importlib import import_module

import pytest

from desk.__main__ import KINDS, main
from desk.comments import triage
from desk.work import DONE_BY, work_of


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["nosuch"], '"nosuch"'),
        (["1", "2", "3"], '"1 2 3"'),
        (["nosuch", "ani"], '"nosuch"'),
        (["999999"], "999999"),
    ],
)
def test_an_unknown_work_is_refused(
    arguments: list[str],
    found: str,
    sqlite_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    assert main(arguments) == 2
    assert f"work: found {found}, expected" in capsys.readouterr().err.splitlines()[-1]


def test_without_anything_it_tells_how(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "python -m desk register FILE" in capsys.readouterr().err


def test_the_kinds_that_ask_nothing_are_those_of_the_triage() -> None:
    assert set(KINDS) == set(triage.WORKS)
    assert set(KINDS) < set(DONE_BY)


def test_each_kind_is_done_by_the_module_that_is_loaded_for_it() -> None:
    modules = [import_module(name) for name in set(DONE_BY.values())]
    done = {kind: work for module in modules for kind, work in module.WORKS.items()}
    assert {kind: work_of(kind) for kind in DONE_BY} == done

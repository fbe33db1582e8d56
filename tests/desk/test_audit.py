"""Every act that is traced, and every detail of it, has its words in both languages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from locales import LANGUAGES, texts

ROOT = Path(__file__).parent.parent.parent
FOLDERS = ("desk", "survey", "accounts")
POSITIONAL = 3  # session, actor, act


def calls() -> Iterator[ast.Call]:
    for folder in FOLDERS:
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "log":
                    yield node


def acts(call: ast.Call) -> Iterator[str]:
    """The act, or both where one of two is logged."""
    for node in ast.walk(call.args[POSITIONAL - 1]):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_act_and_detail_has_words(language: str) -> None:
    found = list(calls())
    assert {"open_period", "begin_job", "plan_follow_up"} <= {
        act for call in found for act in acts(call)
    }
    wanted = {f"audit.act_{act}" for call in found for act in acts(call)}
    wanted |= {f"audit.key_{word.arg}" for call in found for word in call.keywords if word.arg}
    assert wanted - texts(language).keys() == set()

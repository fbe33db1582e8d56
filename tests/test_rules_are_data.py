"""No rule is named in code: schemes and instruments are found by what they ask, or by a default."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
PRODUCT = ("accounts", "analysis", "desk", "interface", "models", "reports", "screens", "survey")
# Frozen copies of what stood there on their day.
MIGRATIONS = ROOT / "models" / "migrations" / "versions"
OTHER = {".css", ".html", ".js", ".sql", ".typ"}


def files(*kinds: str) -> list[Path]:
    found = [path for folder in PRODUCT for path in sorted((ROOT / folder).rglob("*"))]
    found += sorted(ROOT.glob("*.py"))
    return [path for path in found if path.suffix in kinds and MIGRATIONS not in path.parents]


def ids() -> set[str]:
    """Of every file of rules that comes with the program: schemes, instruments and the others."""
    contents = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in files(".yaml"))
    found = [one.get("id") for one in contents if isinstance(one, dict)]
    return {name for name in found if isinstance(name, str)}


def texts(code: str) -> Iterator[str]:
    """The texts in a module, but for what its docstrings say."""
    tree = ast.parse(code)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented)
        if node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def named(text: str, names: set[str]) -> set[str]:
    """Which of the names stand in the text as a whole."""
    return {name for name in names if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)}


def test_the_ids_are_known() -> None:
    assert {"skm-2017", "ombudsman-2022", "standards-2016", "spak-2021"} <= ids()
    assert {"screening-2026", "open-data-2026", "certainty-2026", "forms-2026"} <= ids()


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('FIRST = "ombudsman-2022"', {"ombudsman-2022"}),
        ('FILE = f"{folder}/skm-2017.yaml"', {"skm-2017"}),
        ('def one() -> None:\n    """As in skm-2017."""', set()),
        ('"""As in skm-2017."""\nOTHER = "skm-2017-overall"', {"skm-2017-overall"}),
    ],
)
def test_an_id_in_code_is_found(code: str, found: set[str]) -> None:
    assert {name for text in texts(code) for name in named(text, ids())} == found


def test_no_code_names_a_scheme_or_an_instrument() -> None:
    modules = {path: "\n".join(texts(path.read_text(encoding="utf-8"))) for path in files(".py")}
    others = {path: path.read_text(encoding="utf-8") for path in files(*OTHER)}
    known = ids()
    faults = {
        str(path.relative_to(ROOT)): found
        for path, text in {**modules, **others}.items()
        if (found := named(text, known))
    }
    assert faults == {}


def test_the_ministry_is_named_where_owners_are_listed_only() -> None:
    """What a scheme is for is told by what it asks, not by whose it is."""
    places = [
        str(path.relative_to(ROOT))
        for path in files(".py")
        for text in texts(path.read_text(encoding="utf-8"))
        if text == "kemenpanrb"
    ]
    assert places == ["analysis/rulebook/scheme.py"]

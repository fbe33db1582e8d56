"""What holds of every function of the product, read from its source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = (
    "accounts",
    "analysis",
    "demonstration",
    "desk",
    "locales",
    "models",
    "reports",
    "screens",
    "survey",
)
MOST_PARAMETERS = 5

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> Iterator[Path]:
    """The product's modules; migrations are frozen copies of their day."""
    for one in sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py")):
        if "versions" not in one.parts:
            yield one
    yield from sorted(ROOT.glob("*.py"))


def parameters(function: Function) -> list[str]:
    """The names of all parameters but ``self`` and ``cls``."""
    given = function.args
    several = [one for one in (given.vararg, given.kwarg) if one]
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, *several]
    return [one.arg for one in every if one.arg not in ("self", "cls")]


@pytest.mark.parametrize("module", list(modules()), ids=lambda one: str(one.relative_to(ROOT)))
def test_no_function_takes_more_than_five_parameters(module: Path) -> None:
    """A call of six is read by counting, and two of one type change places unseen.

    What belongs together is one frozen command object with names of the field, such as
    ``NewPeriod``; a dataclass takes as many fields as it has.
    """
    tree = ast.parse(module.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, Function)]
    long = {
        f"{one.name}, line {one.lineno}": parameters(one)
        for one in functions
        if len(parameters(one)) > MOST_PARAMETERS
    }
    assert long == {}

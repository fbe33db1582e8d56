"""What holds of every function of the product, read from its source."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = (
    "accounts",
    "analysis",
    "demonstration",
    "desk",
    "interface",
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


def test_no_function_takes_more_than_five_parameters() -> None:
    """A call of six is read by counting, and two of one type change places unseen.

    What belongs together is one frozen command object with names of the field, such as
    ``NewPeriod``; a dataclass takes as many fields as it has.
    """
    long = {
        f"{module.relative_to(ROOT)}:{node.lineno} {node.name}": parameters(node)
        for module in modules()
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, Function) and len(parameters(node)) > MOST_PARAMETERS
    }
    assert long == {}


def public_types(module: Path) -> Iterator[str]:
    """The names of the classes and type aliases at a module's top level."""
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        match node:
            case ast.ClassDef(name=name):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), annotation=ast.Name(id="TypeAlias")):
                pass
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if is_type(name, value):
                pass
            case _:
                continue
        if not name.startswith("_"):
            yield name


def is_type(name: str, value: ast.expr) -> bool:
    """Whether ``value`` is a type, by how it and its name are written: ``Why = Literal["few"]``."""
    union = isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr)
    written = union or isinstance(value, ast.Subscript | ast.Attribute | ast.Name)
    return written and name[0].isupper() and not name.isupper()


def test_no_public_type_name_stands_twice() -> None:
    """One name, one meaning: who reads ``Step`` must not ask which of five it is."""
    places: dict[str, list[str]] = defaultdict(list)
    for module in modules():
        for name in public_types(module):
            places[name].append(str(module.relative_to(ROOT)))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}

"""What many tests begin with: built once on each engine, and copied for each test.

A fixture that is ``kept`` takes an empty database, or what another kept one has built, and nothing
else. Its value is the same object for all tests, so none changes it.
"""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from inspect import signature
from pathlib import Path
from typing import Any, Protocol

import pytest
from _pytest.fixtures import FixtureFunctionDefinition
from sqlalchemy import Engine

from tests.postgres import Cluster

EMPTY = "migrated"


@dataclass(frozen=True)
class Kept:
    """A state of the database: what builds it, and the one that it is built on."""

    name: str
    build: Callable[..., Any]
    below: "Kept | None"

    @property
    def chain(self) -> "list[Kept]":
        """All that it stands on, lowest first, and itself."""
        return [*(self.below.chain if self.below else ()), self]


Values = dict[Kept | None, Any]

states: dict[FixtureFunctionDefinition, Kept] = {}  # by the fixture that gives it
begun: dict[str, Values] = {}  # what the running test's databases began with, by engine


def kept(build: Callable[..., Any], autouse: bool = False) -> FixtureFunctionDefinition:
    """Makes a fixture of it, which builds once on each engine."""
    (given,) = signature(build).parameters
    below = _state(build.__module__, given)
    state = Kept(f"{build.__module__}.{build.__name__}", build, below)

    @wraps(build)
    def fixture(**asked: Any) -> Any:
        for values in begun.values():
            if state in values and asked[given] is values[state.below]:
                return values[state]
        return build(**asked)

    definition = pytest.fixture(fixture, autouse=autouse)
    states[definition] = state
    return definition


def kept_for_all(build: Callable[..., Any]) -> FixtureFunctionDefinition:
    """Makes a fixture of it that all tests of the module begin with."""
    return kept(build, autouse=True)


def _state(module: str, fixture: str) -> Kept | None:
    """What the fixture of this name keeps that the module sees: its own, an imported one, or one
    of a conftest beside or above it."""
    folders = module.split(".")[:-1]
    above = (".".join([*folders[:at], "conftest"]) for at in range(len(folders), 0, -1))
    seen = (getattr(sys.modules.get(place), fixture, None) for place in (module, *above))
    definition = next((one for one in seen if isinstance(one, FixtureFunctionDefinition)), None)
    return states.get(definition) if definition else None


class Shelf(Protocol):
    """Where the databases of one engine stand, and what was built in those that are kept."""

    values: Values
    engine: Engine

    def begin(self, name: str) -> None:
        """Puts a copy of the database of this name where the test's own stands."""

    def keep(self, name: str) -> None:
        """Keeps the test's database as it is now."""

    def end(self) -> None:
        """Removes the test's database."""


@contextmanager
def database(shelf: Shelf, request: pytest.FixtureRequest) -> Iterator[None]:
    """The database of a test, as the kept fixture that it asks for has left it, or else empty."""
    asked = (_state(request.module.__name__, name) for name in request.fixturenames)
    chain = max((one.chain for one in asked if one), key=len, default=[])
    for state in chain:
        if state not in shelf.values:
            _build(shelf, state)
    shelf.begin(chain[-1].name if chain else EMPTY)
    begun[shelf.engine.dialect.name] = {one: shelf.values[one] for one in (None, *chain)}
    try:
        yield
    finally:
        del begun[shelf.engine.dialect.name]
        shelf.engine.dispose()
        shelf.end()


def _build(shelf: Shelf, state: Kept) -> None:
    shelf.begin(state.below.name if state.below else EMPTY)
    try:
        built = state.build(shelf.values[state.below])
        shelf.engine.dispose()
        shelf.keep(state.name)
        shelf.values[state] = built
    finally:
        shelf.engine.dispose()
        shelf.end()


class Files:
    """SQLite's: each in its turn at the same address, as the statements are compiled for one."""

    def __init__(self, folder: Path, file: Path, engine: Engine) -> None:
        self.folder, self.file, self.engine = folder, file, engine
        self.values: Values = {None: engine}

    def begin(self, name: str) -> None:
        shutil.copyfile(self.folder / f"{name}.sqlite3", self.file)

    def keep(self, name: str) -> None:
        shutil.copyfile(self.file, self.folder / f"{name}.sqlite3")

    def end(self) -> None:
        for left in self.file.parent.iterdir():  # its log too
            left.unlink()


class Templates:
    """PostgreSQL's: databases that are copied by the server."""

    def __init__(self, cluster: Cluster, name: str, engine: Engine) -> None:
        self.cluster, self.name, self.engine = cluster, name, engine
        self.values: Values = {None: engine}

    def begin(self, name: str) -> None:
        self.cluster.create(self.name, template=name)

    def keep(self, name: str) -> None:
        self.cluster.create(name, template=self.name)

    def end(self) -> None:
        self.cluster.drop(self.name)

"""Rules are data: how a YAML file of rules is read, checked and refused."""

from collections.abc import Hashable
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from analysis.errors import BadInput, Problem, bad, quote

Standing = Literal["stated", "inferred", "assumed"]
Language = Literal["id", "en"]  # the languages of rules


class Rule(BaseModel):
    """Base of everything that is read from a rule file: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


def without_brackets(title: str) -> str:
    """The title without what stands in brackets at its end.

    >>> without_brackets("Indeks Kepuasan Masyarakat (IKM)")
    'Indeks Kepuasan Masyarakat'
    """
    return title.partition(" (")[0]


class Text(Rule):
    """A text that people see, in Indonesian and English; a bare string serves both.

    >>> Text(id="Baik", en="Good")["id"]
    'Baik'
    """

    id: str
    en: str

    @model_validator(mode="before")
    @classmethod
    def _same_in_both(cls, content: object) -> object:
        return {"id": content, "en": content} if isinstance(content, str) else content

    def __getitem__(self, language: str) -> str:
        """The text in the language; in Indonesian where it has no text of that language."""
        return self.en if language == "en" else self.id


class Source(Rule):
    """Where a value was read: title and year, and the article where known."""

    title: str
    year: int


class Validity(Rule):
    """First and last day on which a rule file is in force; no last day: still in force."""

    start: date = Field(alias="from")
    end: date | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end and self.end < self.start:
            raise broken(str(self.end), f"a last day on or after the first, {self.start}", "to")
        return self


R = TypeVar("R", bound=Rule)


def rule_hash(text: str) -> str:
    """The SHA-256 by which a rule file is known once it was used, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def find_rules(name: str, kind: str, folder: Path) -> Path:
    """The file of the rules with this id in ``folder``, or the YAML file of this path.

    Raises BadInput, which says what ``kind`` of rules, for an id that is not there.
    """
    if name.endswith((".yaml", ".yml")):
        return Path(name)
    if name not in (ids := rule_ids(folder)):
        raise bad(kind, quote(name), f"one of {', '.join(ids)}, or a YAML file")
    return folder / f"{name}.yaml"


def newest_rules(folder: Path, kind: str) -> Path:
    """The file of the newest rules of a kind of which one is in force: ``kind-YEAR.yaml``."""
    return max(folder.glob(f"{kind}-[0-9][0-9][0-9][0-9].yaml"))


def rule_ids(folder: Path) -> list[str]:
    """Ids of the rules that come with the program in ``folder``."""
    return sorted(path.stem for path in folder.glob("*.yaml"))


def read_rules(path: Path) -> str:
    """The text of a file of rules. Raises BadInput naming the file."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise bad(path.name, error.strerror or "an error", "a readable YAML file") from error
    except UnicodeDecodeError as error:
        raise bad(path.name, f"byte {error.start} not in UTF-8", "a YAML file in UTF-8") from error


def parse_yaml(text: str, name: str) -> dict[str, Any]:
    """The mapping in ``text``. Raises BadInput, also for duplicate keys and impossible dates."""
    try:
        content = yaml.load(text, Loader=_StrictLoader)  # a SafeLoader: builds no objects
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise bad(name, " ".join(str(error).split()), "well-formed YAML") from error
    if not isinstance(content, dict):
        raise bad(name, type(content).__name__, "a mapping of keys")
    return content


def check(model: type[R], content: dict[str, Any], name: str) -> R:
    """``content`` as ``model``. Raises BadInput naming file, key, found and expected."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise BadInput([_problem(name, detail) for detail in error.errors()]) from error


def broken(found: str, expected: str, key: str = "") -> PydanticCustomError:
    """What a validator of a rule raises, where its input alone would not say what is wrong.

    ``key``: the one at fault among the keys of the rule, where it is one.
    """
    context = {"key": key, "found": found, "expected": expected}
    return PydanticCustomError("broken", "{expected}", context)


def _problem(name: str, detail: Any) -> Problem:
    at_fault = detail["ctx"]["key"] if detail["type"] == "broken" else ""
    key = ".".join(str(part) for part in (*detail["loc"], at_fault) if part != "")
    found, expected = detail["input"], detail["msg"].removeprefix("Value error, ")
    short = quote(str(found)) if isinstance(found, str | int | float) else type(found).__name__
    if detail["type"] == "missing":
        short = "nothing"
    if detail["type"] == "extra_forbidden":
        expected = "no such key"
    if detail["type"] == "broken":
        short = detail["ctx"]["found"]
    return Problem(f"{name}: {key}" if key else name, short, expected)


class _StrictLoader(yaml.SafeLoader):
    """YAML 1.1 keeps the last of two equal keys silently; a rule file may not hide one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        self.flatten_mapping(node)
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for position, key in enumerate(keys):
            if key in keys[:position]:
                raise yaml.constructor.ConstructorError(
                    None, None, f"duplicate key {key!r}", node.start_mark
                )
        return super().construct_mapping(node, deep)

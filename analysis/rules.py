"""Rules are data: how a YAML file of rules is read, checked and refused."""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date
from hashlib import sha256
from itertools import accumulate, chain
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from analysis.errors import BadInput, Place, Problem, Value, Written, bad
from analysis.given import content_of

LINE_ENDS = re.compile("\r\n|\r")
RuleLanguage = Literal["id", "en"]  # the languages of rules


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

    title: Text
    year: int

    def cited(self, language: str) -> str:
        """The source as a reader of the language sees it.

        >>> Source(title=Text(id="Pilihan sendiri", en="Own choice"), year=2026).cited("en")
        'Own choice (2026)'
        """
        return f"{self.title[language]} ({self.year})"


class Validity(Rule):
    """First and last day on which a rule file is in force; no last day: still in force."""

    start: date = Field(alias="from")
    end: date | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end and self.end < self.start:
            raise broken("ends_before_start", "to", end=self.end, start=self.start)
        return self

    def covers(self, year: int) -> bool:
        """Whether it is in force on any day of the year.

        >>> [Validity(**{"from": date(2021, 1, 1), "to": date(2021, 12, 31)}).covers(year)
        ...  for year in (2020, 2021, 2022)]
        [False, True, False]
        """
        return self.start.year <= year and (self.end is None or year <= self.end.year)


R = TypeVar("R", bound=Rule)

# Our code for each type of error that pydantic tells; what of its context is the limit.
BY_TYPE = {
    "missing": "key_missing",
    "extra_forbidden": "key_unknown",
    "string_type": "no_text",
    "string_pattern_mismatch": "other_pattern",
    "int_type": "no_whole",
    "int_parsing": "no_whole",
    "int_from_float": "no_whole",
    "float_type": "number_expected",
    "float_parsing": "number_expected",
    "value_error": "number_expected",  # of analysis.exact
    "bool_type": "no_truth",
    "bool_parsing": "no_truth",
    "date_type": "no_date",
    "date_parsing": "no_date",
    "date_from_datetime_parsing": "no_date",
    "date_from_datetime_inexact": "no_date",
    "list_type": "no_list",
    "tuple_type": "no_list",
    "dict_type": "keys_expected",
    "model_type": "keys_expected",
    "literal_error": "unknown_choice",
    "greater_than": "not_above",
    "greater_than_equal": "below_least",
    "less_than": "not_below",
    "less_than_equal": "above_most",
    "too_short": "too_few",
    "too_long": "too_many",
}
MOST_NODES = 10_000
DEEPEST = 100  # brackets within each other
BRACKETS = re.compile(r"[][{}]")
OF_OTHER_TYPE = "value_unfit"
LIMITS = ("expected", "pattern", "gt", "ge", "lt", "le", "min_length", "max_length")
CHOICE = re.compile("'([^']*)'")


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
        raise bad("unknown_rules", Place(key=kind), found=Written(name), known=ids)
    return folder / f"{name}.yaml"


def newest_rules(folder: Path, kind: str) -> Path:
    """The file of the newest rules of a kind of which one is in force: ``kind-YEAR.yaml``."""
    return max(folder.glob(f"{kind}-[0-9][0-9][0-9][0-9].yaml"))


def rule_ids(folder: Path) -> list[str]:
    """Ids of the rules that come with the program in ``folder``."""
    return sorted(path.stem for path in folder.glob("*.yaml"))


def read_rules(path: Path) -> str:
    """The text of a file of rules, whatever ends its lines. Raises BadInput naming the file."""
    try:
        return "\n".join(LINE_ENDS.split(content_of(path).decode()))
    except UnicodeDecodeError as error:
        raise bad("no_utf8", Place(path.name), byte=error.start) from error


def parse_yaml(text: str, name: str) -> dict[str, Any]:
    """The mapping in ``text``. Raises BadInput, also for duplicate keys and impossible dates."""
    if (deep := _depth(text)) > DEEPEST:  # which libyaml would take its time for
        raise bad("deep_yaml", Place(name), found=deep, most=DEEPEST)
    try:
        loader = _StrictLoader(text)  # a SafeLoader: builds no objects
        node = loader.get_single_node()
        if node is not None and (found := _size(node, {})) > MOST_NODES:
            raise bad("large_yaml", Place(name), found=found, most=MOST_NODES)
        content = loader.construct_document(node) if node is not None else None
    except BadInput:  # a ValueError too
        raise
    except _KeyTwice as error:
        raise bad("key_twice", Place(name, line=error.line), key=error.key) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise bad("malformed_yaml", Place(name, line=line)) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise bad("malformed_yaml", Place(name)) from error
    if not isinstance(content, dict):
        raise bad("no_mapping", Place(name))
    return content


def check(model: type[R], content: dict[str, Any], name: str, written: object = None) -> R:
    """``content`` as ``model``. Raises BadInput naming file, key, found and expected.

    ``written``: what the author wrote, where ``content`` is more than that.
    """

    def place(*keys: object) -> Place:
        return Place(name, key=".".join(map(str, keys if written is None else _own(keys, written))))

    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise BadInput([problem_of(detail, place) for detail in error.errors()]) from error


def _own(keys: Iterable[object], written: Any) -> Iterator[object]:
    """The keys without "value" where the author wrote the value alone."""
    for key in keys:
        if key == "value" and not (isinstance(written, dict) and key in written):
            continue
        yield key
        try:
            written = written[key]
        except (KeyError, IndexError, TypeError):
            written = None


def check_known(named: Iterable[str], known: Iterable[str], key: str = "source") -> None:
    """Refuses keys, of sources where nothing else is said, that the file does not list."""
    if unknown := sorted(set(named) - set(known)):
        raise broken("unknown_keys", key, found=unknown, known=sorted(known))


def broken(code: str, key: str = "", /, **values: Value) -> PydanticCustomError:
    """What a validator raises, where its input alone would not say what is wrong.

    ``key``: the one at fault among the keys of the rule, where it is one.
    """
    return PydanticCustomError("broken", "broken", {"code": code, "key": key, "values": values})


def problem_of(detail: ErrorDetails, place_of: Callable[..., Place]) -> Problem:
    """What pydantic found, in our words; ``place_of`` the keys on the way to it."""
    told: dict[str, Any] = detail.get("ctx", {})
    if detail["type"] == "broken":
        keys = (*detail["loc"], *filter(None, [told["key"]]))
        return Problem(told["code"], place_of(*keys), **told["values"])
    limit = next((told[name] for name in LIMITS if name in told), "")
    if detail["type"] == "literal_error":  # "'up' or 'down'"
        limit = CHOICE.findall(limit) or limit
    return Problem(
        BY_TYPE.get(detail["type"], OF_OTHER_TYPE),
        place_of(*detail["loc"]),
        found=Written(str(detail["input"])),
        limit=limit,
    )


def _depth(text: str) -> int:
    """How many brackets are open at most, wherever they stand."""
    steps = (1 if bracket in "[{" else -1 for bracket in BRACKETS.findall(text))
    return max(accumulate(steps), default=0)


class _KeyTwice(yaml.YAMLError):
    def __init__(self, key: str, line: int) -> None:
        self.key, self.line = key, line


def _size(node: yaml.Node, known: dict[int, int]) -> int:
    """How many nodes there are once every alias is written out, which nobody has to do."""
    if id(node) not in known:
        known[id(node)] = 1  # of a node that holds itself
        parts = node.value if isinstance(node, yaml.CollectionNode) else []
        pairs = chain.from_iterable(parts) if isinstance(node, yaml.MappingNode) else parts
        known[id(node)] = 1 + sum(_size(part, known) for part in pairs)
    return known[id(node)]


class _StrictLoader(yaml.CSafeLoader):
    """YAML 1.1 keeps the last of two equal keys silently; a rule file may not hide one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        self.flatten_mapping(node)
        seen: set[Hashable] = set()
        for part, _ in node.value:
            key = self.construct_object(part, deep=True)
            if not isinstance(key, Hashable):
                continue  # the loader itself refuses it
            if key in seen:
                raise _KeyTwice(str(key), part.start_mark.line + 1)
            seen.add(key)
        return super().construct_mapping(node, deep)

"""Schemes: the dated rules by which indicators become a score and a grade, as a tree."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import Field, model_validator

from analysis.errors import bad
from analysis.exact import Exact, half_up
from analysis.rules import (
    Rule,
    Source,
    Standing,
    Text,
    Validity,
    broken,
    check,
    find_rules,
    parse_yaml,
    read_rules,
    rule_hash,
    rule_ids,
)

SCHEMES = Path(__file__).resolve().parent / "schemes"
ROOT = "score"
RESERVED = {ROOT, "institution", "unit", "province"}

Mean = Literal["arithmetic", "geometric", "harmonic"]
Zone = Literal["green", "yellow", "red"]
Evidence = Literal["judgement", "satisfaction_index", "perceived_maladministration"]
T = TypeVar("T")


class Sourced(Rule, Generic[T]):
    """A value with its standing and the key of its source."""

    value: T
    standing: Standing
    source: str


class Normalisation(Rule):
    """How a raw indicator becomes 0-100: linear from ``between`` to ``onto``.

    identity: 0-100 as it is. ladder: from judgements 0-4. goalposts: from the ends given.
    min_max: from the smallest and the largest value present.
    """

    kind: Literal["identity", "ladder", "goalposts", "min_max"]
    between: tuple[Exact, Exact] = (Fraction(0), Fraction(100))
    onto: tuple[Exact, Exact] = (Fraction(0), Fraction(100))

    @model_validator(mode="before")
    @classmethod
    def _short(cls, content: Any) -> Any:
        content = {"kind": content} if isinstance(content, str) else content
        ladder = isinstance(content, dict) and content.get("kind") == "ladder"
        return {"between": (0, 4), **content} if ladder else content

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        for low, high in (self.between, self.onto):
            if low >= high:
                raise broken(f"{float(low):g} to {float(high):g}", "a low end below its high end")
        return self


class Number(Rule):
    """The number of an element in the regulation's list and on its model form."""

    list: int
    form: int


class Node(Rule):
    """A node of the tree: an indicator (no children) or the mean of its children."""

    key: str
    name: Text
    weight: Sourced[Exact]
    mean: Sourced[Mean]
    total: Sourced[Exact] | None = None
    direction: Literal["up", "down"] = "up"
    normalise: Sourced[Normalisation]
    evidence: Evidence | None = None
    number: Number | None = None
    children: list["Node"] = []

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.weight.value <= 0:
            raise broken(f"weight {float(self.weight.value):g}", "a weight above 0")
        check_weights(self.children, self.total)
        return self

    @property
    def span(self) -> tuple[Fraction, Fraction] | None:
        """The smallest and largest value that may be given; None where any may be."""
        if self.children:
            return reach(self)
        return None if self.normalise.value.kind == "min_max" else self.normalise.value.between


class Band(Rule):
    """A band of the rounded score, both edges included."""

    start: Exact = Field(alias="from")
    end: Exact = Field(alias="to")
    label: Text
    grade: str | None = None
    zone: Zone | None = None


class MinimumSample(Rule):
    """Constants of the Krejcie and Morgan sample size."""

    chi_square: Exact
    proportion: Exact
    margin: Exact


class Scheme(Rule):
    """The root of a tree with its bands; ``yaml`` is the file's own text."""

    id: str
    title: Text
    owner: Literal["kemenpanrb", "ombudsman", "project", "custom"]
    valid: Validity
    sources: dict[str, Source]
    note: Text | None = None
    decimals: Sourced[Annotated[int, Field(ge=0, le=6)]]
    mean: Sourced[Mean]
    total: Sourced[Exact] | None = None
    bands: Sourced[list[Band]] | None = None
    minimum_sample: Sourced[MinimumSample] | None = None
    headline: Sourced[Literal["pooled", "averaged"]] | None = None
    children: list[Node] = Field(min_length=1)
    yaml: str

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        taken = set(RESERVED)
        for key in (node.key for node in self.nodes()):
            if key.casefold() in taken:
                raise broken(f"key {key}", f"each key once, and none of {sorted(RESERVED)}")
            taken.add(key.casefold())
        if unknown := {value.source for value in self.values()} - set(self.sources):
            found = f"source {', '.join(sorted(unknown))}"
            raise broken(found, f"sources among {', '.join(sorted(self.sources))}")
        check_weights(self.children, self.total)
        if self.bands:
            check_bands(self.bands.value, self.decimals.value, reach(self))
        return self

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the file's text."""
        return rule_hash(self.yaml)

    def nodes(self) -> Iterator[Node]:
        """All nodes below the root, parents first."""
        pending = list(self.children)
        while pending:
            node = pending.pop(0)
            yield node
            pending[:0] = node.children

    def indicators(self) -> list[Node]:
        """The nodes without children."""
        return [node for node in self.nodes() if not node.children]

    def values(self) -> Iterator[Sourced[Any]]:
        """Every sourced value of the scheme."""
        for holder in (self, *self.nodes()):
            for field in type(holder).model_fields:
                if isinstance(value := getattr(holder, field), Sourced):
                    yield value

    @cached_property
    def standings(self) -> list[Standing]:
        """The standings that occur among the values, the weakest first."""
        present = {value.standing for value in self.values()}
        weakest_first: tuple[Standing, ...] = ("assumed", "inferred", "stated")
        return [standing for standing in weakest_first if standing in present]

    def round(self, score: Fraction) -> Decimal:
        """The score as it is shown and graded."""
        return half_up(score, self.decimals.value)

    def band(self, score: Fraction) -> Band | None:
        """The band of the rounded score; None where the scheme has no bands.

        Raises ValueError for a score outside ``span``.
        """
        if not self.bands:
            return None
        shown = Fraction(self.round(score))
        for band in self.bands.value:
            if band.start <= shown <= band.end:
                return band
        raise ValueError(f"{self.id}: no band holds {shown}")

    @property
    def span(self) -> tuple[Fraction, Fraction]:
        """The smallest and the largest score that may be given."""
        if not self.bands:
            return reach(self)
        edges = [edge for band in self.bands.value for edge in (band.start, band.end)]
        return min(edges), max(edges)


def reach(node: Scheme | Node) -> tuple[Fraction, Fraction]:
    """The smallest and the largest value that a node may have after normalisation."""
    if isinstance(node, Node) and not node.children:
        return node.normalise.value.onto
    lows, highs = zip(*map(reach, node.children), strict=True)
    return min(lows), max(highs)


def check_weights(children: list[Node], total: Sourced[Exact] | None) -> None:
    """Refuses weights that miss a declared total."""
    weights = sum((child.weight.value for child in children), Fraction(0))
    if total and total.value != weights:
        expected = f"the declared total {float(total.value):g}"
        raise broken(f"weights that add up to {float(weights):g}", expected)


def check_bands(bands: list[Band], decimals: int, reached: tuple[Fraction, Fraction]) -> None:
    """Refuses bands that overlap, leave a gap, run backwards, or miss a possible score."""
    step = Fraction(1, 10**decimals)
    ordered = sorted(bands, key=lambda band: band.start)
    for band in ordered:
        if band.end < band.start:
            found = f"a band from {float(band.start):g} to {float(band.end):g}"
            raise broken(found, "its 'from' not above its 'to'")
    for lower, upper in pairwise(ordered):
        if upper.start != lower.end + step:
            found = f"a band from {float(upper.start):g} after one to {float(lower.end):g}"
            raise broken(found, f"one from {float(lower.end + step):g}")
    low, high = reached
    if not ordered or ordered[0].start > low or ordered[-1].end < high:
        raise broken("bands that miss a score", f"bands from {float(low):g} to {float(high):g}")


SOURCED = (
    "weight",
    "mean",
    "total",
    "normalise",
    "decimals",
    "bands",
    "minimum_sample",
    "headline",
)
HANDED_DOWN = ("mean", "normalise")
DEFAULTS = {"mean": "arithmetic", "normalise": "identity", "decimals": 2}


def parse_scheme(text: str, name: str) -> Scheme:
    """The scheme written in ``text``; ``name`` is said in errors. Raises BadInput."""
    content = parse_yaml(text, name)
    for key in ("standing", "source"):
        if key not in content:
            raise bad(f"{name}: {key}", "nothing", f"the file's own {key}")
    try:
        content = resolve({**DEFAULTS, **content}, {})
    except RecursionError as error:
        raise bad(name, "an anchor that contains itself", "a tree of nodes") from error
    content.pop("normalise")  # the root has no raw value of its own
    return check(Scheme, {**content, "yaml": text}, name)


def resolve(content: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """A node's ``content`` with standing and source beside each of its sourced values.

    A value that names none has its node's, a node that names none has its parent's. The
    mean and the normalisation also pass down to nodes that declare none.
    """
    origin = {key: content.get(key, above.get(key)) for key in ("standing", "source")}
    handed = {key: above[key] for key in HANDED_DOWN if key in above}
    result = {**handed, **{key: value for key, value in content.items() if key not in origin}}
    for key in set(SOURCED) & set(result):
        value = result[key]
        if not (isinstance(value, dict) and "value" in value):
            value = {"value": value}
        result[key] = {**origin, **value}
    if isinstance(result.get("children"), list):
        passed = {**origin, **{key: result[key] for key in HANDED_DOWN}}
        result["children"] = [
            resolve({"weight": 1, "name": child.get("key"), **child}, passed)
            if isinstance(child, dict)
            else child
            for child in result["children"]
        ]
    return result


@cache
def load_scheme(name: str) -> Scheme:
    """The scheme with this id, or the one in the YAML file of this path.

    Raises BadInput for an unknown id or a file that breaks a rule.
    """
    path = find_rules(name, "scheme", SCHEMES)
    return parse_scheme(read_rules(path), path.name)


def scheme_ids() -> list[str]:
    """Ids of the schemes that come with the program."""
    return rule_ids(SCHEMES)

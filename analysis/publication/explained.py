"""A publication's document read as steps: each value with what it is the mean of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.index.composite import Scores
from analysis.index.satisfaction import restrict
from analysis.publication.publication import Document, with_ranges
from analysis.rulebook.instrument import Instrument, parse_instrument
from analysis.rulebook.scheme import ROOT, Node, Scheme, parse_scheme
from analysis.uncertainty.change import Figure
from analysis.uncertainty.score_error import (
    SURVEYED,
    Surveys,
    index_surveys,
    instead,
    institution_figures,
    share_surveys,
)


@dataclass(frozen=True)
class Part:
    """One term of a mean: its node, its value on the scheme's scale and its weight."""

    node: Node
    value: Fraction | None
    weight: Fraction


@dataclass(frozen=True)
class Step:
    """A node of the tree as the mean of its parts; the root where ``node`` is None.

    ``equal``: whether all parts weigh the same.
    """

    node: Node | None
    depth: int
    value: Fraction | None
    mean: str
    parts: list[Part]

    @property
    def equal(self) -> bool:
        return len({part.weight for part in self.parts}) == 1


@dataclass(frozen=True)
class Item:
    """How often an item was answered with each value, and the mean of the answers."""

    element: Node
    key: str
    counts: Mapping[int, int]

    @property
    def mean(self) -> Fraction | None:
        answered = sum(self.counts.values())
        total = sum(value * number for value, number in self.counts.items())
        return Fraction(total, answered) if answered else None


def scheme_of(document: Document) -> Scheme:
    """The document's scheme, with the minima and maxima that it states."""
    scheme = parse_scheme(document["scheme"]["text"], document["scheme"]["id"])
    ranges = document.get("ranges", {})
    return with_ranges(
        scheme,
        {key: (Fraction(one["min"]), Fraction(one["max"])) for key, one in ranges.items()},
    )


def steps(scheme: Scheme, unit: Document) -> list[Step]:
    """The steps of a unit's score, top down: the root first, then each mean below it."""
    values = {key: _fraction(text) for key, text in unit["nodes"].items()}
    found: list[Step] = []

    def descend(parent: Scheme | Node, depth: int) -> None:
        node = parent if isinstance(parent, Node) else None
        parts = [Part(one, values.get(one.key), one.weight.value) for one in parent.children]
        own = values.get(node.key if node else ROOT)
        found.append(Step(node, depth, own, parent.mean.value, parts))
        for child in parent.children:
            if child.children:
                descend(child, depth + 1)

    descend(scheme, 0)
    return found


def instrument_of(document: Document, unit: Document) -> tuple[Instrument, Scheme] | None:
    """What the unit's citizens were asked, and the scheme of its index over what was asked."""
    if not unit["survey"]:
        return None
    asked = document["instruments"][unit["survey"]["rules"]]
    instrument = parse_instrument(asked["text"], asked["id"])
    index = parse_scheme(asked["scheme"]["text"], asked["scheme"]["id"])
    return instrument, restrict(index, list(instrument.items_of))


def items(document: Document, unit: Document) -> list[Item]:
    """The counts of each item's answers; none where they are withheld or nothing was asked."""
    asked = instrument_of(document, unit)
    if asked is None or unit["survey"]["answers"] is None:
        return []
    instrument, index = asked
    counts = unit["survey"]["answers"]
    return [
        Item(node, key, dict(zip(instrument.allowed[key], counts[key], strict=True)))
        for node in index.children
        for key in instrument.items_of[node.key]
    ]


def figures(document: Document, scheme: Scheme) -> dict[str, Figure]:
    """Each institution's score with its sampling error, from nothing but the document."""
    units = document["units"]
    nodes = {
        key: [_fraction(unit["nodes"].get(key)) for unit in units] for key in units[0]["nodes"]
    }
    surveys = {
        node.key: _surveys(units, node.evidence)
        for node in scheme.indicators()
        if node.evidence in SURVEYED
    }
    codes = [unit["institution"] for unit in units]
    return institution_figures(Scores(scheme, nodes), codes, surveys)


def _surveys(units: Sequence[Document], evidence: str) -> Surveys:
    told = [unit["survey"] or {} for unit in units]
    if evidence == "satisfaction_index":
        squares = [one.get("squares") for one in told]
        return index_surveys(
            [one.get("respondents", 0) for one in told],
            [None if text is None else float(text) for text in squares],
        )
    interviews = [(unit.get("interviews") or {}).get(evidence) or {} for unit in units]
    experienced = [one.get("experienced") or {} for one in told]
    return instead(
        [bool(one) for one in interviews],
        index_surveys(
            [one.get("respondents", 0) for one in interviews],
            [float(one["squares"]) if one else None for one in interviews],
        ),
        share_surveys(
            [one.get("answered", 0) for one in experienced],
            [one.get("none", 0) for one in experienced],
        ),
    )


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)

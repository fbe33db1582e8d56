"""A publication's document read as steps: each value with what it is the mean of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.index.composite import UnitScores
from analysis.index.satisfaction import restrict
from analysis.publication.publication import with_ranges
from analysis.publication.published_scores import PublishedScores, PublishedUnit
from analysis.rulebook.instrument import Instrument
from analysis.rulebook.scheme import ROOT, Node, Scheme
from analysis.uncertainty.change import MeanEstimate
from analysis.uncertainty.score_error import (
    SURVEYED,
    Surveys,
    index_surveys,
    instead,
    institution_figures,
    share_surveys,
)


@dataclass(frozen=True)
class MeanTerm:
    """One term of a mean: its node, its value on the scheme's scale and its weight."""

    node: Node
    value: Fraction | None
    weight: Fraction


@dataclass(frozen=True)
class ExplainedNode:
    """A node of the tree as the mean of its parts; the root where ``node`` is None.

    ``equal``: whether all parts weigh the same.
    """

    node: Node | None
    depth: int
    value: Fraction | None
    mean: str
    parts: list[MeanTerm]

    @property
    def equal(self) -> bool:
        return len({part.weight for part in self.parts}) == 1


@dataclass(frozen=True)
class AnsweredItem:
    """How often an item was answered with each value, and the mean of the answers."""

    element: Node
    key: str
    counts: Mapping[int, int]

    @property
    def mean(self) -> Fraction | None:
        answered = sum(self.counts.values())
        total = sum(value * number for value, number in self.counts.items())
        return Fraction(total, answered) if answered else None


def scheme_of(document: PublishedScores) -> Scheme:
    """The document's scheme, with the minima and maxima that it states."""
    ranges = {key: (one.min, one.max) for key, one in document.ranges.items()}
    return with_ranges(document.scheme.as_scheme(), ranges)


def steps(scheme: Scheme, unit: PublishedUnit) -> list[ExplainedNode]:
    """The steps of a unit's score, top down: the root first, then each mean below it."""
    values = unit.nodes
    found: list[ExplainedNode] = []

    def descend(parent: Scheme | Node, depth: int) -> None:
        node = parent if isinstance(parent, Node) else None
        parts = [MeanTerm(one, values.get(one.key), one.weight.value) for one in parent.children]
        own = values.get(node.key if node else ROOT)
        found.append(ExplainedNode(node, depth, own, parent.mean.value, parts))
        for child in parent.children:
            if child.children:
                descend(child, depth + 1)

    descend(scheme, 0)
    return found


def instrument_of(
    document: PublishedScores, unit: PublishedUnit
) -> tuple[Instrument, Scheme] | None:
    """What the unit's citizens were asked, and the scheme of its index over what was asked."""
    if unit.survey is None:
        return None
    asked = document.instruments[unit.survey.rules]
    instrument = asked.as_instrument()
    return instrument, restrict(asked.scheme.as_scheme(), list(instrument.items_of))


def items(document: PublishedScores, unit: PublishedUnit) -> list[AnsweredItem]:
    """The counts of each item's answers; none where they are withheld or nothing was asked."""
    asked = instrument_of(document, unit)
    counts = unit.survey.answers if unit.survey else None
    if asked is None or counts is None:
        return []
    instrument, index = asked
    return [
        AnsweredItem(node, key, dict(zip(instrument.allowed[key], counts[key], strict=True)))
        for node in index.children
        for key in instrument.items_of[node.key]
    ]


def figures(document: PublishedScores, scheme: Scheme) -> dict[str, MeanEstimate]:
    """Each institution's score with its sampling error, from nothing but the document."""
    units = document.units
    nodes = {key: [unit.nodes.get(key) for unit in units] for key in units[0].nodes}
    surveys = {
        node.key: _surveys(units, node.evidence)
        for node in scheme.indicators()
        if node.evidence in SURVEYED
    }
    codes = [unit.institution for unit in units]
    return institution_figures(UnitScores(scheme, nodes), codes, surveys)


def _surveys(units: Sequence[PublishedUnit], evidence: str) -> Surveys:
    told = [unit.survey for unit in units]
    if evidence == "satisfaction_index":
        squares = [one.squares if one else None for one in told]
        return index_surveys(
            [one.respondents if one else 0 for one in told],
            [None if one is None else float(one) for one in squares],
        )
    interviews = [(unit.interviews or {}).get(evidence) for unit in units]
    experienced = [one and one.experienced for one in told]
    return instead(
        [one is not None for one in interviews],
        index_surveys(
            [one.respondents if one else 0 for one in interviews],
            [float(one.squares) if one else None for one in interviews],
        ),
        share_surveys(
            [one.answered if one else 0 for one in experienced],
            [one.none if one else 0 for one in experienced],
        ),
    )

"""The arithmetic of scores in words, for every kind of mean and of scale."""

from fractions import Fraction

import pytest

from analysis.publication.explained import ExplainedNode, MeanTerm
from screens.publication.formulas import mean_of, normalised
from tests.analysis.uncertainty.test_score_error import tree

NODE = tree("arithmetic", "arithmetic").children[0]


def step(mean: str, weights: tuple[int, int]) -> ExplainedNode:
    values = zip((Fraction(50), Fraction(80)), weights, strict=True)
    parts = [MeanTerm(NODE, value, Fraction(weight)) for value, weight in values]
    return ExplainedNode(None, 0, Fraction(60), mean, parts)


@pytest.mark.parametrize(
    ("mean", "weights", "told"),
    [
        ("arithmetic", (1, 1), "(50,00 + 80,00) / 2"),
        ("arithmetic", (1, 3), "(1 × 50,00 + 3 × 80,00) / 4"),
        ("geometric", (1, 3), "(50,00^1 × 80,00^3)^(1/4)"),
        ("harmonic", (1, 3), "4 / (1/50,00 + 3/80,00)"),
    ],
)
def test_means(mean: str, weights: tuple[int, int], told: str) -> None:
    assert mean_of(step(mean, weights)) == told


@pytest.mark.parametrize(
    ("between", "onto", "down", "raw", "value", "told"),
    [
        ((0, 4), (0, 100), False, "3", "75", "3,00 × 25 = 75,00"),
        ((0, 100), (0, 100), False, "60", "60", "60,00"),
        ((0, 100), (0, 100), True, "60", "40", "100 + (60,00 − 0) × −1 = 40,00"),
        ((25, 100), (0, 100), False, "85", "80", "(85,00 − 25) × 100 / 75 = 80,00"),
        ((1, 5), (5, 15), False, "2", "15/2", "5 + (2,00 − 1) × 2,50 = 7,50"),
    ],
)
def test_scales(
    between: tuple[int, int],
    onto: tuple[int, int],
    down: bool,
    raw: str,
    value: str,
    told: str,
) -> None:
    ends = {"between": tuple(map(Fraction, between)), "onto": tuple(map(Fraction, onto))}
    rule = NODE.normalise.value.model_copy(update={"kind": "goalposts", **ends})
    turned = NODE.weight.model_copy(update={"value": "down"}) if down else None
    update = {"normalise": NODE.normalise.model_copy(update={"value": rule}), "direction": turned}
    assert normalised(NODE.model_copy(update=update), Fraction(raw), Fraction(value)) == told

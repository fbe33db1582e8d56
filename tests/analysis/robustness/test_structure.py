"""How parts hang together, against figures computed by hand."""

import numpy as np
import pytest

from analysis.errors import Problem
from analysis.index.institutions import Result
from analysis.robustness.structure import ScoreStructure, nominal_weights, structure
from analysis.robustness.tree import ranked_units
from analysis.rulebook.scheme import load_scheme, parse_scheme
from tests.analysis.robustness.test_choices import COINR_SCHEME, flat, tree
from tests.analysis.robustness.test_data import scored

PERCEPTION = load_scheme("perception-2022")


def of(result: Result) -> ScoreStructure:
    found = structure(ranked_units(result))
    assert isinstance(found, ScoreStructure)
    return found


def test_effective_weights_add_up_and_are_not_the_nominal_ones() -> None:
    """b varies ten times as much as a: of the variance of (a + b) / 2 it makes 100 of 101."""
    found = of(flat(a=[51, 49, 51, 49], b=[60, 60, 40, 40]))
    a, b = found.effects
    assert (a.nominal, b.nominal) == (0.5, 0.5)
    assert a.effective == pytest.approx(1 / 101)
    assert b.effective == pytest.approx(100 / 101)
    assert b.correlation == pytest.approx(np.sqrt(100 / 101))
    assert b.main_effect == pytest.approx(100 / 101)
    assert found.correlations == pytest.approx(np.eye(2))


def test_effective_weights_of_a_tree_add_up_to_one() -> None:
    found = of(tree(COINR_SCHEME))
    assert sum(one.effective or 0 for one in found.effects) == pytest.approx(1)
    assert sum(one.nominal for one in found.effects) == pytest.approx(1)
    weights = nominal_weights(COINR_SCHEME, ["input_1"])
    assert weights["input_1"] == pytest.approx(32.37 / 78.46 * 1.22 / 5.17)


def test_under_other_means_there_is_no_part_of_the_variance() -> None:
    written = COINR_SCHEME.yaml.replace("mean: arithmetic", "mean: geometric")
    found = of(tree(parse_scheme(written, "coinr.yaml")))
    assert {one.effective for one in found.effects} == {None}
    assert all(one.correlation is not None for one in found.effects)


def test_components_of_two_are_one_and_less_their_correlation() -> None:
    found = of(flat(a=[1, 2, 3, 4], b=[2, 1, 4, 3]))
    assert found.components
    assert found.components.eigenvalues.tolist() == pytest.approx([1.6, 0.4])
    assert found.components.shares.tolist() == pytest.approx([0.8, 0.2])
    assert found.components.loadings[:, 0].tolist() == pytest.approx([np.sqrt(0.8)] * 2)
    assert found.components.kept == 1


def test_components_keep_all_variance() -> None:
    found = of(tree(COINR_SCHEME))
    assert found.components
    assert found.components.eigenvalues.sum() == pytest.approx(12)
    again = found.components.loadings @ found.components.loadings.T
    assert again == pytest.approx(found.correlations)


def test_alpha_of_a_dimension() -> None:
    """Of four items: 4/3 (1 - sum of variances / variance of the sum)."""
    result = tree(COINR_SCHEME)
    table = np.array([ranked_units(result).of(f"input_{at}") for at in range(1, 5)])
    expected = 4 / 3 * (1 - table.var(axis=1).sum() / table.sum(axis=0).var())
    assert of(result).alphas["input"] == pytest.approx(expected)
    single = of(flat(a=[1, 2, 3], b=[4, 4, 4]))
    alpha = single.alphas["a"]
    assert isinstance(alpha, Problem)
    assert alpha.code == "one_indicator"


def test_what_is_constant_is_left_out_of_the_matrices() -> None:
    found = of(flat(a=[1, 2, 3], b=[4, 4, 4], c=[1, 3, 2]))
    assert (found.keys, found.constant) == (["a", "c"], ["b"])
    assert found.effects[1].effective is None


def test_a_green_score_hides_a_red_part() -> None:
    result = scored(
        PERCEPTION,
        ["X", "Y", "Z"],
        standards=[100, 95, 30],
        satisfaction=[98, 85, 70],
        competence=[25, 90, 20],
    )
    (hidden,) = of(result).hidden
    assert (result.units[hidden.unit].institution, hidden.node) == ("X", "competence")
    assert hidden.value == 25


def test_few_units_and_scores_alone_have_no_structure() -> None:
    few = structure(ranked_units(flat(a=[1, 2], b=[1, 2])))
    alone = structure(ranked_units(scored(PERCEPTION, ["X", "Y", "Z"], score=[1, 2, 3])))
    assert isinstance(few, Problem)
    assert isinstance(alone, Problem)
    assert (few.code, alone.code) == ("few_units", "choices_without_parts")

"""What ranks become under other choices, against runs computed one by one."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from analysis.arrays import Floats
from analysis.errors import Problem
from analysis.index.composite import MEANS, Column
from analysis.index.institutions import Assessed, Result, score_institutions
from analysis.robustness.choices import (
    ChoiceSpace,
    all_choices,
    choice_space,
    chosen,
    chosen_design,
    rank_quantiles,
    ranks_of,
    scores_of,
)
from analysis.robustness.robustness import ChoiceRobustness, experiment, robustness
from analysis.robustness.rules import RobustnessRules, load_robustness, parse_robustness
from analysis.robustness.sobol import sobol_design
from analysis.robustness.tree import ranked_units, shares_of
from analysis.rulebook.scheme import ROOT, Scheme, parse_scheme
from tests.analysis.conftest import COINR, DATA, read_csv

RULES = load_robustness()
RECORDED = json.loads((DATA / "publications" / "robustness-before-units.json").read_text())
BEFORE = parse_robustness(RECORDED["robustness"]["rules"]["text"], "before.yaml")
COINR_SCHEME = parse_scheme(COINR.replace("[0, 100]", "[1, 100]"), "coinr.yaml")


def tree(scheme: Scheme, rows: int = 40) -> Result:
    """COINr's units, two an institution."""
    table = read_csv(DATA / "coinr" / "tree_public_data.csv")[:rows]
    columns: dict[str, Column] = {
        node.key: [Fraction(row[node.key]) for row in table] for node in scheme.indicators()
    }
    names = [f"I{at // 2:02}" for at in range(len(table))]
    units = [row["unit"] for row in table]
    return score_institutions(scheme, Assessed(names, units, columns))


def space_of(result: Result, rules: RobustnessRules = RULES) -> ChoiceSpace:
    found = choice_space(ranked_units(result), rules)
    assert not isinstance(found, Problem)
    return found


def flat(**columns: Sequence[int]) -> Result:
    children = ", ".join(f"{{key: {key}}}" for key in columns)
    scheme = parse_scheme(
        f"""\
id: flat
title: Flat
owner: custom
valid: {{from: 2024-01-01}}
sources: {{book: {{title: A book, year: 2024}}}}
standing: assumed
source: book
children: [{children}]
""",
        "flat.yaml",
    )
    size = len(next(iter(columns.values())))
    given: dict[str, Column] = {
        key: [Fraction(one) for one in column] for key, column in columns.items()
    }
    names = [f"I{at}" for at in range(size)]
    return score_institutions(scheme, Assessed(names, names, given))


def by_hand(
    space: ChoiceSpace, weights: Mapping[str, Floats], scale: str, mean: str, out: str | None
) -> Floats:
    """One run: of each unit the mean of parts, of each institution the mean of its two units."""
    units = space.units
    columns = {key: units.of(key) for key in space.indicators if key != out}
    if scale == "min_max":
        columns = {k: 1 + 99 * (v - v.min()) / (v.max() - v.min()) for k, v in columns.items()}
    if scale == "z_score":
        columns = {k: (v - v.mean()) / v.std() for k, v in columns.items()}
    if scale == "rank":
        columns = {
            k: (v[:, None] > v).sum(axis=1) + ((v[:, None] == v).sum(axis=1) + 1) / 2
            for k, v in columns.items()
        }
    parts, kept = [], []
    for child, weight in zip(units.scheme.children, weights[ROOT], strict=True):
        own = weights.get(child.key, shares_of(child))
        chosen = dict(zip([one.key for one in child.children], own, strict=True))
        below = [one for one in child.children if one.key in columns]
        if below:
            share = np.array([chosen[one.key] for one in below])
            parts.append(
                sum(columns[o.key] * s for o, s in zip(below, share, strict=True)) / share.sum()
            )
            kept.append(weight)
    w = np.array(kept) / sum(kept)
    table = np.array(parts)
    total = {
        "arithmetic": lambda: w @ table,
        "geometric": lambda: np.prod(table ** w[:, None], axis=0),
        "harmonic": lambda: 1 / (w @ (1 / table)),
    }[mean]()
    found: Floats = np.asarray(total).reshape(-1, 2).mean(axis=1)
    return found


@pytest.mark.parametrize("rules", [RULES, BEFORE])
def test_a_design_chooses_what_its_runs_would(rules: RobustnessRules) -> None:
    space = space_of(tree(COINR_SCHEME), rules)
    design = sobol_design(64, space.dimensions, 5)
    rows = [design.a, design.b, *(design.mixed(columns) for columns in space.factors.values())]
    alone = [chosen(space, one, 30) for one in rows]
    found = chosen_design(space, design, 30)
    for one, other in zip(alone, found, strict=True):
        for name in ("weights", "scale", "mean", "left_out"):
            assert (getattr(one, name) == getattr(other, name)).all()
        assert one.inner.keys() == other.inner.keys()
        assert all((one.inner[key] == other.inner[key]).all() for key in one.inner)
    together = np.split(scores_of(space, all_choices(found)), len(found))
    for one, scores in zip(alone, together, strict=True):
        assert scores == pytest.approx(scores_of(space, one), rel=1e-12)


def test_processors_and_pieces_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    space = space_of(tree(COINR_SCHEME), RULES)
    runs = chosen(space, sobol_design(256, space.dimensions, 4).a, 100)
    scores = scores_of(space, runs)
    ranks = ranks_of(scores, inverted=False)
    monkeypatch.setattr("analysis.processors.threads", lambda: 1)
    assert (scores_of(space, runs) == scores).all()
    monkeypatch.setattr("analysis.robustness.choices.AT_ONCE", 200)
    assert scores_of(space, runs) == pytest.approx(scores, rel=1e-12)
    assert (ranks_of(scores, inverted=False) == ranks).all()


@pytest.mark.parametrize("rules", [RULES, BEFORE])
def test_runs_are_what_each_is_by_itself(rules: RobustnessRules) -> None:
    space = space_of(tree(COINR_SCHEME), rules)
    assert bool(space.inner) is (rules is RULES)
    runs = chosen(space, sobol_design(256, space.dimensions, 4).a, 100)
    found, seen = scores_of(space, runs), set()
    out = [*space.indicators, None]
    for at in range(256):
        scale, mean = space.scales[runs.scale[at]], space.means[runs.mean[at]]
        left = out[runs.left_out[at]]
        seen |= {(scale, mean), left}
        weights = {ROOT: runs.weights[at], **{key: one[at] for key, one in runs.inner.items()}}
        assert found[at] == pytest.approx(by_hand(space, weights, scale, mean, left))
    assert seen >= {
        *out,
        ("z_score", "arithmetic"),
        ("min_max", "geometric"),
        ("legal", "harmonic"),
    }
    assert not seen & {(s, m) for s in ("z_score", "rank") for m in ("geometric", "harmonic")}


def test_weights_are_dirichlet_about_the_schemes_own() -> None:
    """Variance of a share p: p (1 - p) / (concentration + 1)."""
    space = space_of(tree(COINR_SCHEME))
    uniform = sobol_design(4096, space.dimensions, 4).a
    parents = {ROOT: space.units.scheme} | {node.key: node for node in space.inner}
    assert set(parents) == {ROOT, *(node.key for node in space.units.scheme.children)}
    for concentration in (30.0, 100.0, 300.0):
        runs = chosen(space, uniform, concentration)
        for key, parent in parents.items():
            own, weights = shares_of(parent), {ROOT: runs.weights, **runs.inner}[key]
            spread = own * (1 - own) / (concentration + 1)
            assert weights.sum(axis=1) == pytest.approx(1)
            assert weights.mean(axis=0) == pytest.approx(own, abs=0.002)
            assert weights.var(axis=0) == pytest.approx(spread, rel=0.05)


def test_a_geometric_node_is_one_under_drawn_weights_too() -> None:
    """Beside an indicator, under each mean at the root, by hand."""
    rules = parse_scheme(
        """\
id: inner
title: Inner
owner: custom
valid: {from: 2024-01-01}
sources: {book: {title: A book, year: 2024}}
standing: assumed
source: book
normalise: {kind: goalposts, between: [0, 100]}
children:
- {key: n, mean: geometric, weight: 3, children: [{key: a}, {key: b}, {key: c}]}
- {key: d}
""",
        "inner.yaml",
    )
    a, b, c, d = np.array([[90, 40.0], [50, 20], [70, 80], [30, 60]])
    given: dict[str, Column] = {
        key: [Fraction(one) for one in column]
        for key, column in zip("abcd", (a, b, c, d), strict=True)
    }
    space = space_of(score_institutions(rules, Assessed(["P", "Q"], ["P", "Q"], given)))
    runs = chosen(space, sobol_design(256, space.dimensions, 4).a, 30)
    found, seen = scores_of(space, runs), set()
    for at in range(256):
        left = [*space.indicators, None][runs.left_out[at]]
        if space.scales[runs.scale[at]] != "legal" or left not in (None, "b"):
            continue
        weights = runs.inner["n"][at] * np.array([1, left is None, 1])
        inner = np.exp(weights @ np.log([a, b, c]) / weights.sum())
        own, mean = runs.weights[at], space.means[runs.mean[at]]
        seen.add((left, mean))
        expected = {
            "arithmetic": own @ np.array([inner, d]),
            "geometric": np.exp(own @ np.log([inner, d])),
            "harmonic": 1 / (own @ (1 / np.array([inner, d]))),
        }[mean]
        assert found[at] == pytest.approx(expected)
    assert len(seen) == 6


def test_by_rules_of_before_ranks_are_what_they_were() -> None:
    """What publications state that were sealed before weights were drawn within every node."""
    asked = replace(experiment(1024, 3), rules=BEFORE)
    found = robustness(tree(COINR_SCHEME), [], asked)
    assert isinstance(found.choices, ChoiceRobustness)
    quantiles = {str(key): one.tolist() for key, one in found.choices.quantiles.items()}
    assert quantiles == RECORDED["choices"]["quantiles"]
    weights = found.sobol["weights"].rank_shift
    assert weights
    assert [weights.first, weights.total] == pytest.approx(RECORDED["choices"]["weights"], abs=1e-5)


def test_half_of_the_runs_leave_nothing_out_and_the_others_each_alike() -> None:
    space = space_of(tree(COINR_SCHEME))
    runs = chosen(space, sobol_design(4096, space.dimensions, 4).a, 100)
    counts = np.bincount(runs.left_out, minlength=13) / 4096
    assert counts[12] == pytest.approx(0.5, abs=0.001)
    assert counts[:12] == pytest.approx(1 / 24, abs=0.002)


def test_values_of_0_meet_the_arithmetic_mean_alone_on_the_own_scale() -> None:
    space = space_of(flat(a=[0, 50, 90], b=[0, 60, 80], c=[0, 30, 40]))
    assert space.positive == {"legal": False, "min_max": True, "z_score": False, "rank": False}


def test_a_constant_indicator_has_no_min_max_and_no_z_score() -> None:
    space = space_of(flat(a=[10, 50, 90], b=[60, 60, 60]))
    assert space.scales == ["legal", "rank"]
    assert {why.code for why in space.refused.values()} == {"scale_of_constant"}


def test_geometric_nodes_inside_meet_no_scale_below_0() -> None:
    written = COINR_SCHEME.yaml.replace("weight: 32.37", "weight: 32.37\n  mean: geometric")
    space = space_of(tree(parse_scheme(written, "coinr.yaml")))
    assert space.scales == ["legal", "min_max"]
    assert space.refused["rank"].values["nodes"] == ["input"]


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (flat(a=[10, 20]), "choices_of_one"),
        (flat(a=[10], b=[20]), "choices_of_one"),
    ],
)
def test_one_part_or_institution_leaves_nothing_to_choose(result: Result, code: str) -> None:
    found = choice_space(ranked_units(result), RULES)
    assert isinstance(found, Problem)
    assert found.code == code


def test_the_table_of_ranks() -> None:
    """One that is best in everything stays first; the factors have their parts."""
    result = flat(a=[90, 80, 40, 10], b=[90, 40, 80, 20], c=[90, 50, 55, 30])
    found = robustness(result, [], experiment(1024, 3))
    assert isinstance(found.choices, ChoiceRobustness)
    assert set(found.choices.quantiles) == {30.0, 100.0, 300.0}
    assert found.choices.same[[0, 3]].tolist() == [1, 1]
    assert 0 < found.choices.same[1] < 1
    assert found.choices.quantiles[100.0][:, [0, -1]].tolist() == [[1, 1], [2, 3], [2, 3], [4, 4]]
    assert set(found.sobol) == {
        *("citizens", "assessors", "weights", "normalisation", "mean", "left_out")
    }
    assert found.sobol["left_out"].rank_shift
    assert found.sobol["left_out"].question == "choices"


def test_in_an_inverted_scheme_the_lowest_is_first() -> None:
    result = flat(a=[90, 80, 10], b=[90, 40, 20])
    inverted = parse_scheme(f"{result.scheme.yaml}direction: down\n", "flat.yaml")
    found = robustness(replace(result, scheme=inverted), [], experiment(256, 3))
    assert found.ranks.tolist() == [3, 2, 1]
    assert isinstance(found.choices, ChoiceRobustness)
    assert found.choices.same.tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("scores", "inverted", "expected"),
    [
        ([[9.0, 8, 8, 7]], False, [[1, 2, 2, 4]]),
        ([[9.0, 8, 8 + 1e-10, 7]], False, [[1, 2, 2, 4]]),
        ([[1.0, 3, 2]], True, [[1, 3, 2]]),
    ],
)
def test_ranks_share_ties(
    scores: list[list[float]], inverted: bool, expected: list[list[int]]
) -> None:
    assert ranks_of(np.array(scores), inverted).tolist() == expected


def test_quantiles_of_ranks() -> None:
    ranks = np.array([[1, 2]] * 3 + [[2, 1]])
    assert rank_quantiles(ranks, [0.25, 0.5, 0.75, 0.76, 1.0]).tolist() == [
        [1, 1, 1, 2, 2],
        [1, 2, 2, 2, 2],
    ]


def test_means_are_those_of_the_exact_rule() -> None:
    space = space_of(tree(COINR_SCHEME), BEFORE)
    table = np.stack([space.units.of(one.key) for one in space.units.scheme.children], axis=1)
    for mean in ("geometric", "harmonic"):
        exact = MEANS[mean]([Fraction(float(one)) for one in table[0]], [1, 2, 3])
        runs = chosen(space, np.zeros((1, space.dimensions)), 100)
        place = np.array([space.means.index(mean)])
        own = replace(runs, weights=np.array([[1, 2, 3]]) / 6, mean=place, left_out=np.array([12]))
        other = MEANS[mean]([Fraction(float(one)) for one in table[1]], [1, 2, 3])
        assert scores_of(space, own)[0, 0] == pytest.approx(float(exact + other) / 2)

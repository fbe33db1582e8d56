"""Errors of the data against closed forms, and where they come from."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import norm

from analysis.errors import Problem
from analysis.index.composite import Column
from analysis.index.institutions import Assessed, Result, score_institutions
from analysis.index.preparing import BesideValues
from analysis.robustness.cells import ErrorCell, given_errors, judged_errors, unknown_errors
from analysis.robustness.data import estimates
from analysis.robustness.robustness import DataRobustness, Robustness, experiment, robustness
from analysis.robustness.tree import ranked_units
from analysis.rulebook.scheme import Scheme, load_scheme, parse_scheme
from tests.refusing import refusing

PERCEPTION = load_scheme("perception-2022")
OMBUDSMAN = load_scheme("ombudsman-2022")
LINEAR = parse_scheme(
    """\
id: linear
title: Two parts
owner: custom
valid: {from: 2024-01-01}
sources: {book: {title: A book, year: 2024}}
standing: assumed
source: book
children: [{key: a, weight: 60}, {key: b, weight: 40}]
bands:
- {grade: A, from: 52.00, to: 100.00, label: Good, zone: green}
- {grade: B, from: 0.00, to: 51.99, label: Bad, zone: red}
""",
    "linear.yaml",
)


def scored(scheme: Scheme, institutions: Sequence[str], **columns: Sequence[object]) -> Result:
    given: dict[str, Column] = {
        key: [None if one is None else Fraction(str(one)) for one in column]
        for key, column in columns.items()
    }
    names = [f"u{at}" for at in range(len(institutions))]
    return score_institutions(scheme, Assessed(institutions, names, given))


def of(result: Result, cells: Sequence[ErrorCell], draws: int = 16384) -> Robustness:
    return robustness(result, cells, experiment(draws, 5))


def errors(result: Result, **given: Sequence[float | None]) -> list[ErrorCell]:
    columns: dict[str, Column] = {
        key: [None if one is None else Fraction(str(one)) for one in column]
        for key, column in given.items()
    }
    return given_errors(ranked_units(result), columns, {})


def data(found: Robustness) -> DataRobustness:
    assert not isinstance(found.data, Problem)
    return found.data


def test_a_linear_index_with_normal_errors_is_the_closed_form() -> None:
    """Mid-scale, where the bounded scale is all but the plain one."""
    result = scored(LINEAR, ["X", "X", "Y"], a=[50, 52, 55], b=[50, 51, 50])
    cells = errors(result, a=[0.5, 0.4, 0.8], b=[0.6, 0.5, None])
    found = of(result, cells)
    x = np.sqrt(0.36 * 0.5**2 + 0.16 * 0.6**2 + 0.36 * 0.4**2 + 0.16 * 0.5**2) / 2
    y = 0.6 * 0.8
    assert data(found).errors.tolist() == pytest.approx([x, y])
    means = [50.8, 53.0]
    green = [
        1 - norm.cdf((51.995 - mean) / error) for mean, error in zip(means, (x, y), strict=True)
    ]
    for at, expected in enumerate(green):
        zones = found.zones(at)
        assert zones
        assert zones["green"] == pytest.approx(expected, abs=0.008)
        assert sum(zones.values()) == pytest.approx(1)
    assert data(found).above[1, 0] == pytest.approx(norm.cdf(2.2 / np.hypot(x, y)))
    q = found.experiment.rules.quantiles.value
    assert data(found).quantiles[0].tolist() == pytest.approx(
        [50.8 + x * norm.ppf(at) for at in q], abs=0.03
    )


def test_the_parts_of_two_sources_are_their_variances() -> None:
    scheme = parse_scheme(
        LINEAR.yaml.replace("key: b,", "key: b, normalise: ladder,"), "linear.yaml"
    )
    result = scored(scheme, ["X", "Y"], a=[50, 60], b=[2, 2])
    cells = [*errors(result, a=[1.0, 1.0]), *judged_errors(ranked_units(result), 0.1, ["a"])]
    citizens, judged = (0.6 * 1.0) ** 2, (0.4 * 25 * 0.1) ** 2
    found = of(result, cells).sobol
    for name, part in (("citizens", citizens), ("assessors", judged)):
        one = found[name].score
        assert one
        assert one.first == pytest.approx(part / (citizens + judged), abs=0.03)
        assert one.total == pytest.approx(part / (citizens + judged), abs=0.03)
        assert found[name].question == "data"


def test_values_stay_on_their_scale_and_zones_at_their_ends() -> None:
    result = scored(LINEAR, ["X", "Y"], a=[100, 0], b=[100, 0])
    found = data(of(result, errors(result, a=[3, 3], b=[3, 3]), 1024))
    assert found.quantiles.min() >= 0
    assert found.quantiles.max() <= 100
    assert found.bands.tolist() == [[0, 1], [1, 0]]


def test_assessors_err_by_a_share_of_a_rung_an_item() -> None:
    """14 items of equal weight: 25 x 0.25 / sqrt(14) points."""
    keys = [node.key for node in PERCEPTION.children[0].children]
    result = scored(
        PERCEPTION,
        ["X"],
        **{key: [2] for key in keys},
        satisfaction=[70],
        competence=[80],
    )
    cells = judged_errors(ranked_units(result), 0.25)
    assert [(cell.key, cell.source) for cell in cells] == [
        ("standards", "assessors"),
        ("competence", "assessors"),
    ]
    assert cells[0].error.tolist() == pytest.approx([6.25 / np.sqrt(14)])
    assert unknown_errors(ranked_units(result), cells) == ["satisfaction"]


def test_a_finished_score_errs_with_all_that_was_judged_below_it() -> None:
    result = scored(OMBUDSMAN, ["X", "Y"], score=[90, 80])
    units = ranked_units(result)
    (cell,) = judged_errors(units, 0.25)
    parts = [(21.85, 8), (32.37, 14), (21.54, 3)]
    rough = 6.25 * np.sqrt(sum((weight / 100) ** 2 / items for weight, items in parts))
    assert cell.key == "score"
    assert cell.error.tolist() == pytest.approx([rough, rough], rel=1e-3)
    assert unknown_errors(units, [cell]) == ["output"]


def test_errors_come_in_raw_units_and_weigh_by_the_scale() -> None:
    """IKM 25-100 onto 0-100: 0.75 raw points are one of the scale."""
    result = scored(
        PERCEPTION, ["X", "Y"], standards=[80, 70], satisfaction=[70, 85], competence=[80, 60]
    )
    (cell,) = errors(result, satisfaction=[0.75, 1.5])
    assert cell.error.tolist() == pytest.approx([1, 2])
    found = estimates(ranked_units(result), [cell], inverted=False)
    assert found.errors.tolist() == pytest.approx([24.24 / 78.46, 2 * 24.24 / 78.46])


@pytest.mark.parametrize(("mean", "power"), [("geometric", 1), ("harmonic", 2)])
def test_other_means_move_by_their_slope(mean: str, power: int) -> None:
    scheme = parse_scheme(LINEAR.yaml.replace("children:", f"mean: {mean}\nchildren:"), "x.yaml")
    result = scored(scheme, ["X", "Y"], a=[40, 60], b=[63, 70])
    (cell,) = errors(result, a=[0.01, 0.01])
    value = float(result.institutions[0].score or 0)
    expected = 0.6 * (value / 40) ** power
    found = estimates(ranked_units(result), [cell], inverted=False)
    assert found.errors[0] == pytest.approx(0.01 * expected, rel=1e-4)


def test_without_any_error_nothing_is_said_of_the_data() -> None:
    result = scored(LINEAR, ["X", "Y"], a=[50, 60], b=[50, 60])
    found = of(result, [], 1024)
    assert isinstance(found.data, Problem)
    assert found.zones(0) is None
    assert found.sobol["citizens"].score is None
    assert found.sobol["citizens"].rank_shift is None


def test_institutions_without_a_score_are_not_ranked() -> None:
    result = scored(LINEAR, ["X", "Y", "Z"], a=[50, None, 60], b=[50, 50, 60])
    assert of(result, errors(result, a=[1, 1, 1]), 1024).units.names == ["X", "Z"]


def test_where_nothing_has_a_score_it_is_refused() -> None:
    result = scored(LINEAR, ["X"], a=[None], b=[50])
    with refusing("found none that has a score"):
        of(result, [], 1024)


def test_an_error_of_a_part_and_of_what_it_is_made_of_is_refused() -> None:
    result = scored(PERCEPTION, ["X"], standards=[80], satisfaction=[70], competence=[80])
    with refusing("found a standard error of score and of satisfaction below it"):
        errors(result, score=[1], satisfaction=[1])


def test_many_units_are_drawn_in_blocks_as_they_are_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = [f"I{at // 2}" for at in range(12)]
    result = scored(LINEAR, names, a=[50 + at for at in range(12)], b=[50] * 12)
    whole = of(result, errors(result, a=[1] * 12), 1024)
    monkeypatch.setattr("analysis.robustness.data.AT_ONCE", 100)
    parts = of(result, errors(result, a=[1] * 12), 1024)
    assert data(whole).bands.tolist() == data(parts).bands.tolist()
    assert data(whole).quantiles.tolist() == data(parts).quantiles.tolist()


@pytest.mark.parametrize(
    ("operation", "covered", "unknown"),
    [
        ("missing: {kind: group_mean, by: island}", ["a", "b"], []),
        ("per: {column: people}", ["b"], ["a"]),
        ("outliers: {kind: winsorise}", ["b"], ["a"]),
    ],
)
def test_judgements_under_a_builders_operation_stop_nothing(
    operation: str, covered: list[str], unknown: list[str]
) -> None:
    ladder = LINEAR.yaml.replace("{key: a, ", f"{{key: a, {operation}, ").replace(
        "children: [", "normalise: ladder\nchildren: ["
    )
    scheme = parse_scheme(ladder, "ladder.yaml")
    beside = BesideValues(
        texts={"island": ["Java"] * 3},
        numbers={"people": [Fraction(1)] * 3},
        who=[("x", "u0"), ("y", "u1"), ("z", "u2")],
    )
    columns = {key: [Fraction(one) for one in (1, 2, 3)] for key in ("a", "b")}
    units = ranked_units(
        score_institutions(
            scheme, Assessed(["x", "y", "z"], ["u0", "u1", "u2"], columns, beside=beside)
        )
    )
    cells = judged_errors(units, 0.25)
    assert [cell.key for cell in cells] == covered
    assert unknown_errors(units, cells) == unknown

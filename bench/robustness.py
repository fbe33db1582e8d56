"""How long robustness takes: .venv/bin/python -m bench.robustness

Institutions of seven units each, three dimensions, errors of citizens and assessors, and the four
choices: six factors. Processor seconds of one core, each part apart, and the most memory; then
with half and twice as many runs, and half and twice as many institutions. Then the same with each
indicator known, so that weights are drawn within dimensions too; what is said of each unit; and
what a weight's slider takes of 586 institutions and 1,000 draws. Set OMP_NUM_THREADS=1 for a
single core.
"""

import resource
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from time import process_time
from typing import TypeVar

import numpy as np

from analysis.arrays import Floats
from analysis.index.composite import Column
from analysis.index.institutions import Assessed, score_institutions
from analysis.robustness.cells import ErrorCell, given_errors, judged_errors
from analysis.robustness.choices import (
    ChoiceSpace,
    all_choices,
    choice_space,
    chosen_design,
    ranks_of,
    scores_of,
)
from analysis.robustness.data import all_runs, data_runs, estimates
from analysis.robustness.each_unit import robust_units
from analysis.robustness.rank_sets import rank_sets
from analysis.robustness.robustness import OF_CHOICES, OF_DATA, experiment
from analysis.robustness.rules import load_robustness
from analysis.robustness.sliders import drawn_parts, moved_table
from analysis.robustness.sobol import Bootstrap, SobolRuns, sobol_design, sobol_indices
from analysis.robustness.tree import RankedUnits, ranked_units
from analysis.rulebook.scheme import Scheme, load_scheme, scheme_ids

UNITS, DRAWS, SEED, ROUNDS = 7, 8192, 1, 3
T = TypeVar("T")


def main() -> int:
    print("| institutions | evaluations | s of evaluations | s of the bootstrap | s of rank sets |")
    print("|---|---|---|---|---|")
    for institutions, draws in (
        (586, DRAWS),
        (586, DRAWS // 2),
        (586, DRAWS * 2),
        (293, DRAWS),
        (1172, DRAWS),
    ):
        units, cells = nation(institutions)
        taken = [
            min(one)
            for one in zip(*(parts(units, cells, draws) for _ in range(ROUNDS)), strict=True)
        ]
        told = " | ".join(f"{seconds:.2f}" for seconds in taken)
        print(f"| {institutions} | {draws:,} | {told} |")
        if (institutions, draws) == (586, DRAWS):
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nMost memory of the first line: {most:.0f} MiB")
    told = " | ".join(f"{seconds:.2f}" for seconds in parts(*nation(586, True), DRAWS))
    print(f"The first line where weights are drawn within dimensions too: {told}")
    units, cells = nation(586)
    at = np.arange(len(units.places))
    alone = replace(
        units, names=list(map(str, at)), institution=at, starts=at, shares=np.ones(len(at))
    )
    asked = experiment(DRAWS, SEED)
    of_units = min(timed(lambda: robust_units(alone, cells, asked, ()))[1] for _ in range(ROUNDS))
    print(f"Sets and probabilities of all {len(at):,} units: {of_units:.2f} s")
    drawn, once = timed(lambda: drawn_parts(units, cells, 1000, SEED))
    weights = np.array([0.5, 0.3, 0.2])
    moved = min(timed(lambda: moved_table(drawn, weights))[1] for _ in range(ROUNDS))
    print(f"A slider, 586 institutions and 1,000 draws: {1000 * moved:.0f} ms each time that it is")
    print(f"moved, after {1000 * once:.0f} ms once")
    return 0


def parts(units: RankedUnits, cells: list[ErrorCell], draws: int) -> tuple[float, float, float]:
    """Processor seconds of the evaluations, of the bootstrap, and of the rank sets."""
    rules = load_robustness()
    space = choice_space(units, rules)
    assert isinstance(space, ChoiceSpace)

    def evaluated() -> tuple[SobolRuns, SobolRuns, Floats]:
        legal = ranks_of(units.of_institutions(units.of("score"))[None], inverted=False)[0]
        data = data_runs(units, cells, draws // OF_DATA, SEED)
        design = sobol_design(draws // OF_CHOICES, space.dimensions, SEED)
        concentration = rules.concentration.value
        parts = chosen_design(space, design, concentration)
        a, b, *mixed = np.split(scores_of(space, all_choices(parts)), len(parts))
        choices = SobolRuns(a, b, dict(zip(space.factors, mixed, strict=True)))
        ranks = ranks_of(all_runs(choices), inverted=False)
        return data, choices, np.abs(ranks - legal).mean(axis=1)

    (data, choices, _), seconds = timed(evaluated)
    bootstrap = Bootstrap(rules.bootstrap.value, rules.level.value, SEED)
    _, of_bootstrap = timed(lambda: [sobol_indices(one, bootstrap) for one in (data, choices)])
    given = estimates(units, cells, inverted=False)
    number = rules.rank_draws.value.of(len(units.names))
    _, of_sets = timed(lambda: rank_sets(given, rules.level.value, number, SEED))
    return seconds, of_bootstrap, of_sets


def nation(institutions: int, judged: bool = False) -> tuple[RankedUnits, list[ErrorCell]]:
    """Invented units of institutions, with a standard error of 1.5 of the satisfaction index.

    ``judged``: each item by itself, on the ladder; else the values of the dimensions.
    """
    scheme = perception()
    chance = np.random.default_rng(SEED)
    base = np.repeat(chance.normal(78, 8, institutions), UNITS)
    drawn = base[:, None] + chance.normal(0, 5, (len(base), len(scheme.children)))
    units, columns = scored(scheme, drawn)
    if judged:
        rungs = {
            node.key: _rungs(base / 25 + chance.normal(0, 0.7, len(base)))
            for node in scheme.indicators()
            if node.key not in columns
        }
        kept = {key: column for key, column in columns.items() if key not in _above(scheme)}
        units, columns = _scored(scheme, {**kept, **rungs})
    sampled = {scheme.children[1].key: [Fraction(3, 2)] * len(base)}
    return units, [
        *given_errors(units, sampled, columns),
        *judged_errors(units, load_robustness().share_of_rung.value, list(sampled)),
    ]


def scored(scheme: Scheme, drawn: Floats) -> tuple[RankedUnits, dict[str, Column]]:
    """Units of seven an institution with these values (units, k) of the dimensions."""
    columns: dict[str, Column] = {
        node.key: _values(drawn[:, at], float(node.span[0]) if node.span else 0.0)
        for at, node in enumerate(scheme.children)
    }
    return _scored(scheme, columns)


def _scored(scheme: Scheme, columns: dict[str, Column]) -> tuple[RankedUnits, dict[str, Column]]:
    count = len(next(iter(columns.values())))
    names = [f"I{at // UNITS:04}" for at in range(count)]
    given = Assessed(names, [f"U{at:05}" for at in range(count)], columns)
    return ranked_units(score_institutions(scheme, given)), columns


def _above(scheme: Scheme) -> set[str]:
    return {node.key for node in scheme.nodes() if node.children}


def perception() -> Scheme:
    """This project's own scheme, of three dimensions."""
    return next(one for one in map(load_scheme, scheme_ids()) if one.owner == "project")


def _values(drawn: Floats, least: float) -> list[Fraction | None]:
    inside = np.clip(drawn, least + 0.01, 100)
    return [Fraction(round(100 * value), 100) for value in inside.tolist()]


def _rungs(drawn: Floats) -> list[Fraction | None]:
    return [Fraction(rung) for rung in np.clip(np.rint(drawn), 1, 4).astype(int).tolist()]


def timed(act: Callable[[], T]) -> tuple[T, float]:
    """What it gives, and the processor seconds that it took."""
    start = process_time()
    found = act()
    return found, process_time() - start


if __name__ == "__main__":
    raise SystemExit(main())

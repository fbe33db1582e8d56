"""What the errors of the data leave open of scores under the scheme's own rule.

Each institution's errors are drawn from one scrambled Sobol sequence whose dimensions are its
units' errors; the institutions take its points in orders of their own, those of A and of B apart,
so that they are independent, and each sees the whole sequence.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from scipy.special import ndtri

from analysis.arrays import Floats, Places
from analysis.robustness.cells import SOURCES, ErrorCell
from analysis.robustness.rank_sets import RankEstimates
from analysis.robustness.sobol import SobolRuns, sobol_design
from analysis.robustness.tree import RankedUnits, node_values, root_values

# Beyond so many dimensions, further ones are drawn at random: the sequence is no better there.
MOST_DIMENSIONS = 128
# Values of runs x units at once: what stays near the processor.
AT_ONCE = 2**17
# A score that is exactly on an edge belongs above it, whatever its last binary digits.
ROUNDING = 1e-9


def data_runs(units: RankedUnits, cells: Sequence[ErrorCell], n: int, seed: int) -> SobolRuns:
    """Institutions' scores (n, institutions) with errors drawn, the factors being their sources."""
    local = np.arange(len(units.places)) - units.starts[units.institution]
    tables = _normal_tables(n, (int(local.max()) + 1) * max(len(cells), 1), seed)
    rows = np.tile(np.arange(n, dtype=np.intp), (2, len(units.names), 1))
    orders = np.random.default_rng([seed, 1]).permuted(rows, axis=-1).swapaxes(1, 2)
    parts = [
        _block_runs(part, own, tables, (orders[:, :, names], local[where]))
        for part, own, where, names in _blocks(units, cells, n)
    ]
    each = [np.concatenate(arrays, axis=1) for arrays in zip(*parts, strict=True)]
    return SobolRuns(each[0], each[1], dict(zip(SOURCES, each[2:], strict=True)))


def drawn_nodes(
    units: RankedUnits, cells: Sequence[ErrorCell], keys: Sequence[str], asked: tuple[int, int]
) -> Floats:
    """(draws, units, k) the values of these nodes with errors drawn, (draws, seed) as asked for.

    Drawn at random, for any number of draws. What no error is below stands as it was scored.
    """
    draws, seed = asked
    chance = np.random.default_rng([seed, 3])
    drawn = {
        cell.key: cell.drawn(chance.standard_normal((draws, len(units.places)))) for cell in cells
    }
    values = [node_values(units, key, drawn) for key in keys]
    shape = draws, len(units.places)
    return np.stack([np.broadcast_to(one, shape) for one in values], axis=-1)


def estimates(units: RankedUnits, cells: Sequence[ErrorCell], inverted: bool) -> RankEstimates:
    """The institutions' scores, the best the highest, with their standard errors.

    By central differences along the tree, independent from cell to cell and unit to unit;
    degrees of freedom after Satterthwaite.
    """
    score = units.of_institutions(root_values(units, {})[0])
    variance = np.zeros(len(score))
    squared = np.zeros(len(score))
    for cell in cells:
        step = _step(cell)
        ends = root_values(units, {cell.key: units.of(cell.key) + np.stack([-step, step])})
        with np.errstate(invalid="ignore", divide="ignore"):
            moved = (ends[1] - ends[0]) / (2 * step) * cell.error
        each = np.where(step > 0, np.nan_to_num(moved), 0.0) ** 2
        variance += np.add.reduceat(each * units.shares**2, units.starts)
        squared += np.add.reduceat(each**2 * units.shares**4 / cell.freedom, units.starts)
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = np.where(squared > 0, variance**2 / squared, np.inf)
    return RankEstimates(-score if inverted else score, np.sqrt(variance), freedom)


def band_shares(scores: Floats, edges: Floats) -> Floats:
    """(institutions, bands) the share of runs in each of the ascending bands, by their edges."""
    counts = [(scores >= edge - ROUNDING).mean(axis=0) for edge in edges]
    least, none = np.ones(scores.shape[1]), np.zeros(scores.shape[1])
    reached = np.stack([least, *counts, none], axis=1)
    shares: Floats = reached[:, :-1] - reached[:, 1:]
    return shares


def quantiles_of(scores: Floats, at: Sequence[float]) -> Floats:
    """(institutions, quantiles) of the runs' scores."""
    found: Floats = np.quantile(scores, at, axis=0).T
    return found


def all_runs(runs: SobolRuns) -> Floats:
    """Every run, each of which is as likely as another."""
    return np.concatenate([runs.a, runs.b, *runs.mixed.values()])


def _normal_tables(n: int, dimensions: int, seed: int) -> tuple[Floats, Floats]:
    """Standard normal values (n, dimensions) of the runs A and B."""
    first = min(dimensions, MOST_DIMENSIONS)
    design = sobol_design(n, first, seed)
    chance = np.random.default_rng([seed, 2])
    further = chance.standard_normal((2, n, dimensions - first))
    least = np.finfo(float).tiny
    one, other = (
        np.concatenate([ndtri(np.maximum(points, least)), more], axis=1)
        for points, more in zip((design.a, design.b), further, strict=True)
    )
    return one, other


def _blocks(
    units: RankedUnits, cells: Sequence[ErrorCell], n: int
) -> Iterator[tuple[RankedUnits, list[ErrorCell], slice, slice]]:
    """Some institutions at a time, with their errors and where they stand among all."""
    count = len(units.names)
    size = max(1, AT_ONCE * count // max(1, n * len(units.places)))
    for first in range(0, count, size):
        end = min(first + size, count)
        part = units.block(first, end)
        start = int(units.starts[first])
        where = slice(start, start + len(part.places))
        yield part, [cell.block(where) for cell in cells], where, slice(first, end)


def _block_runs(
    units: RankedUnits,
    cells: Sequence[ErrorCell],
    tables: tuple[Floats, Floats],
    at: tuple[Places, Places],
) -> list[Floats]:
    """The scores of A, of B, and of A with each source from B."""
    orders, local = at
    one, other = (
        {
            cell.key: cell.drawn(table[order[:, units.institution], local * len(cells) + number])
            for number, cell in enumerate(cells)
        }
        for table, order in zip(tables, orders, strict=True)
    )

    def scored(drawn: Mapping[str, Floats]) -> Floats:
        found = units.of_institutions(root_values(units, drawn))
        return np.broadcast_to(found, (orders.shape[1], found.shape[1]))

    source = {cell.key: cell.source for cell in cells}
    mixed = [
        {key: other[key] if source[key] == name else one[key] for key in one} for name in SOURCES
    ]
    return [scored(drawn) for drawn in (one, other, *mixed)]


def _step(cell: ErrorCell) -> Floats:
    """Half an error, or as far as the scale goes both ways where that is less."""
    step = cell.error / 2
    if cell.span is None:
        return step
    low, high = cell.span
    room = np.maximum(np.minimum(cell.centre - low, high - cell.centre), (high - low) * 1e-6)
    return np.minimum(step, room)

"""Whether the items of a questionnaire measure one thing together."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import least_squares, minimize
from scipy.special import fdtri

from analysis.arrays import Floats
from analysis.complete import complete_cases
from analysis.errors import Problem
from analysis.rulebook.conventions import conventions

LEVEL = 0.95
FEWEST_ITEMS = 3
# Smaller than this, an eigenvalue of correlations or a part of a variance is rounding error.
NOTHING_LEFT = 1e-10
# A part of an item's variance that one factor leaves unexplained; at 0 it explains too much.
LEAST_UNIQUE = 1e-4

# None can be had where there is a problem.
ReliabilityFigure = float | Problem


@dataclass(frozen=True)
class ItemFigures:
    """One item: its correlation with the sum of the others, one-factor loading, and KMO."""

    item: str
    item_rest: ReliabilityFigure
    loading: ReliabilityFigure
    kmo: ReliabilityFigure


@dataclass(frozen=True)
class Reliability:
    """Figures about the items together and each; a refusal where there is no figure.

    ``n`` responses answered every varying item, ``left_out`` did not. ``constant`` items, with
    no two different answers, take no part. ``interval``: Feldt's for alpha, at ``level``.
    """

    n: int
    left_out: int
    constant: tuple[str, ...]
    alpha: ReliabilityFigure
    interval: tuple[float, float] | Problem
    level: float
    omega: ReliabilityFigure
    kmo: ReliabilityFigure
    items: tuple[ItemFigures, ...]


def reliability(answers: pd.DataFrame) -> Reliability:
    """The reliability of the items in ``answers``, (n, k), a missing answer being NaN or NA.

    Only complete cases count. Refused, with the reason: fewer than 3 varying items, too few
    respondents (5 an item, a convention), items that determine one another (all but alpha),
    answers that one factor does not fit (omega, loadings).
    """
    cases = complete_cases(answers)
    items = list(cases.table.columns)
    refused = _too_little(cases.n, len(items))
    figures = _refused(refused, items) if refused else _figures(cases.table)
    of_constant = [_item(item, Problem("constant")) for item in cases.constant]
    by_item = {one.item: one for one in [*figures.items, *of_constant]}
    return Reliability(
        n=cases.n,
        left_out=cases.left_out,
        constant=cases.constant,
        alpha=figures.alpha,
        interval=figures.interval,
        level=LEVEL,
        omega=figures.omega,
        kmo=figures.kmo,
        items=tuple(by_item[item] for item in answers.columns),
    )


@dataclass(frozen=True)
class _Figures:
    alpha: ReliabilityFigure
    interval: tuple[float, float] | Problem
    omega: ReliabilityFigure
    kmo: ReliabilityFigure
    items: list[ItemFigures]


def _too_little(n: int, k: int) -> Problem | None:
    if k < FEWEST_ITEMS:
        return Problem("few_items", n=k, needed=FEWEST_ITEMS)
    needed = conventions().respondents_per_item.value * k
    return Problem("few_respondents", n=n, needed=needed) if n < needed else None


def _refused(why: Problem, items: list[str]) -> _Figures:
    return _Figures(why, why, why, why, [_item(item, why) for item in items])


def _item(item: str, why: Problem) -> ItemFigures:
    return ItemFigures(item, why, why, why)


def _figures(table: pd.DataFrame) -> _Figures:
    n, k = table.shape
    covariance = np.cov(table.to_numpy(), rowvar=False)
    spread = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(spread, spread)
    alpha = cronbach_alpha(covariance)
    factor = _one_factor(correlation, spread)
    kmo, kmo_of = _kmo(correlation)
    columns = zip(table.columns, _item_rest(covariance), factor.loadings, kmo_of, strict=True)
    return _Figures(
        alpha=alpha,
        interval=alpha if isinstance(alpha, Problem) else feldt_interval(alpha, n, k),
        omega=factor.omega,
        kmo=kmo,
        items=[ItemFigures(*column) for column in columns],
    )


def cronbach_alpha(covariance: Floats) -> ReliabilityFigure:
    """Cronbach's alpha from (k, k) covariances: k/(k-1) (1 - sum of variances / of all)."""
    k, variances, total = len(covariance), np.trace(covariance), covariance.sum()
    if total <= NOTHING_LEFT * variances:
        return Problem("same_index")
    return float(k / (k - 1) * (1 - variances / total))


def feldt_interval(alpha: float, n: int, k: int) -> tuple[float, float]:
    """The interval of alpha of k items and n respondents (Feldt, 1965).

    1 - (1 - alpha) F, F being quantiles with n - 1 and (n - 1)(k - 1) degrees of freedom.
    """
    tails = [(1 + LEVEL) / 2, (1 - LEVEL) / 2]
    low, high = 1 - (1 - alpha) * fdtri(n - 1, (n - 1) * (k - 1), tails)
    return float(low), float(high)


def _item_rest(covariance: Floats) -> list[ReliabilityFigure]:
    """The correlation of each item with the sum of the others."""
    variances = np.diag(covariance)
    shared = covariance.sum(axis=1) - variances
    rest = covariance.sum() - 2 * shared - variances
    unusable = rest <= NOTHING_LEFT * variances
    values = shared / np.sqrt(variances * np.where(unusable, 1, rest))
    pairs = zip(values.tolist(), unusable, strict=True)
    return [Problem("same_index") if missing else value for value, missing in pairs]


def _kmo(correlation: Floats) -> tuple[ReliabilityFigure, list[ReliabilityFigure]]:
    """Kaiser-Meyer-Olkin, of all items and of each.

    Sum of squared correlations / the same and that of squared partial correlations.
    """
    k = len(correlation)
    if _determined(correlation):
        return Problem("determined"), [Problem("determined")] * k
    inverse = np.linalg.inv(correlation)
    scale = np.sqrt(np.diag(inverse))
    off = ~np.eye(k, dtype=bool)
    plain = (correlation**2 * off).sum(axis=1)
    partial = ((inverse / np.outer(scale, scale)) ** 2 * off).sum(axis=1)
    of_each = [_share(*pair) for pair in zip(plain.tolist(), partial.tolist(), strict=True)]
    return _share(float(plain.sum()), float(partial.sum())), of_each


def _share(plain: float, partial: float) -> ReliabilityFigure:
    both = plain + partial
    return plain / both if both > NOTHING_LEFT else Problem("unrelated")


def _determined(correlation: Floats) -> bool:
    return bool(np.linalg.eigvalsh(correlation)[0] < NOTHING_LEFT)


@dataclass(frozen=True)
class _Factor:
    omega: ReliabilityFigure
    loadings: list[ReliabilityFigure]


def _one_factor(correlation: Floats, spread: Floats) -> _Factor:
    if _determined(correlation):
        return _Factor(Problem("determined"), [Problem("determined")] * len(spread))
    least, likely = minres_loadings(correlation), ml_loadings(correlation)
    return _Factor(
        omega=Problem("improper") if likely is None else omega(likely, spread),
        loadings=[Problem("improper")] * len(spread) if least is None else [*map(float, least)],
    )


def omega(loadings: Floats, spread: Floats) -> float:
    """McDonald's omega from one factor's standardised loadings and the standard deviations.

    (sum of loadings)^2 / (the same + sum of unexplained variances), in the items' own units.
    """
    common = float((loadings * spread).sum()) ** 2
    return common / (common + float(((1 - loadings**2) * spread**2).sum()))


def minres_loadings(correlation: Floats) -> Floats | None:
    """Loadings on one factor that leave the least squares of residual correlations.

    None where an item would share all its variance, or more, with the factor.
    """
    rows, columns = np.triu_indices(len(correlation), k=1)

    def residuals(loadings: Floats) -> Floats:
        left: Floats = correlation[rows, columns] - loadings[rows] * loadings[columns]
        return left

    fit = least_squares(residuals, _start(correlation), xtol=1e-15, ftol=1e-15, gtol=1e-15)
    return _upright(fit.x)


def ml_loadings(correlation: Floats) -> Floats | None:
    """Standardised loadings of the one-factor model by maximum likelihood.

    Minimises log|S| + trace(R / S), S = loadings loadings' + diag(unexplained). None where no
    proper solution is found.
    """
    k, start = len(correlation), _start(correlation)

    def misfit(parameters: Floats) -> tuple[float, Floats]:
        loadings, unexplained = parameters[:k], parameters[k:]
        model = np.outer(loadings, loadings) + np.diag(unexplained)
        inverse = np.linalg.inv(model)
        slope = inverse - inverse @ correlation @ inverse
        value = np.linalg.slogdet(model)[1] + np.trace(correlation @ inverse)
        return float(value), np.concatenate([2 * slope @ loadings, np.diag(slope)])

    fit = minimize(
        misfit,
        np.concatenate([start, np.maximum(1 - start**2, 0.1)]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(None, None)] * k + [(LEAST_UNIQUE, None)] * k,
        options={"ftol": 1e-16, "gtol": 1e-10, "maxiter": 10_000},
    )
    return _upright(fit.x[:k])


def _start(correlation: Floats) -> Floats:
    """Half of what the first principal component says."""
    values, vectors = np.linalg.eigh(correlation)
    start: Floats = vectors[:, -1] * np.sqrt(values[-1] / 2)
    return start


def _upright(loadings: Floats) -> Floats | None:
    """Loadings that are mostly positive; None where they leave nothing unexplained."""
    if (1 - loadings**2 <= 2 * LEAST_UNIQUE).any():
        return None
    upright: Floats = loadings if loadings.sum() >= 0 else -loadings
    return upright

"""The command ``robustness``: what scores, zones and ranks are worth."""

import argparse
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from analysis.command.files import tell_alike
from analysis.command.report import CommandReport, as_columns, scored, tell, tell_unknown
from analysis.errors import Problem
from analysis.index.composite import Column
from analysis.index.institutions import Result, read_assessed, score_institutions
from analysis.robustness.cells import ErrorCell, given_errors, judged_errors
from analysis.robustness.reading import disagreement, error_headings, read_double, read_errors
from analysis.robustness.robustness import (
    ChoiceRobustness,
    DataRobustness,
    Experiment,
    FactorIndices,
    Robustness,
    experiment,
    robustness,
)
from analysis.robustness.sobol import SobolIndex
from analysis.robustness.structure import PrincipalComponents, ScoreStructure, structure
from analysis.robustness.tree import RankedUnits, of_year, ranked_units
from analysis.rulebook.scheme import load_scheme
from analysis.tables import open_table
from locales.refusals import sentence

# What follows from many draws is told to so many decimals, the same on every machine.
DECIMALS = 6
# Of more institutions only the next one's is told, not every pair's.
MOST_PAIRS_OF = 100
# Of units whose errors were left blank so many are named.
TOLD = 5
OF_DATA = (
    "rank_set",
    "rank_set_simultaneous",
    "standard_error",
    "score_quantiles",
    "zone_probability",
    "band_probability",
    "above_next",
)


def _robustness(options: argparse.Namespace) -> CommandReport:
    asked = experiment(options.draws, options.seed)
    scheme, name = load_scheme(options.scheme), options.file.name
    rung = asked.rules.share_of_rung.value
    if options.double is not None:
        double = open_table(options.double, tell)
        rung = disagreement(read_double(double, options.double.name))
    table = open_table(options.file, tell)
    assessed, unknown = read_assessed(table, scheme, name)
    used = set(error_headings(table.headings, scheme).values())
    tell_alike([*assessed.units, *assessed.institutions], tell)
    tell_unknown(name, [heading for heading in unknown if heading not in used])
    errors = read_errors(table, scheme, name, options.unit_of_input)
    result = score_institutions(scheme, assessed, options.unit_of_input)
    own = "assumed" if options.double is None else options.double.name
    given = _GivenErrors(errors, assessed.columns, rung, own)
    years = sorted({one.year or 0 for one in result.institutions})
    if len(years) == 1:
        return _of_one(result, given, asked)
    return {
        "scheme": scheme.id,
        "years": [
            {"year": year} | _of_one(of_year(result, year), given, asked)
            for year in years
            if any(one.score is not None for one in of_year(result, year).institutions)
        ],
    }


@dataclass(frozen=True)
class _GivenErrors:
    """The file's columns of errors and of values, and how far a judgement strays, by what."""

    errors: Mapping[str, Column]
    values: Mapping[str, Column]
    rung: float
    by: str


def _of_one(result: Result, given: _GivenErrors, asked: Experiment) -> CommandReport:
    """The document of a single year."""
    units = ranked_units(result)
    cells = given_errors(units, given.errors, given.values)
    cells += judged_errors(units, given.rung, list(given.errors)) if given.rung > 0 else []
    blanks = _blanks(units, result, given.errors)
    unsure = {one["institution"] for one in blanks}
    found = robustness(result, cells, asked, unsure)
    return of_robustness(found, result, cells, unsure) | {
        "judgements": {"share_of_rung": given.rung, "by": given.by},
        "without_given_error": blanks,
    }


def _blanks(
    units: RankedUnits, result: Result, errors: Mapping[str, Column]
) -> list[dict[str, str]]:
    """The units whose error was left blank: of their institutions it is not told how sure they are.

    Nobody's rank set leaves these out.
    """
    return [
        {
            "node": key,
            "institution": result.units[place].institution,
            "unit": result.units[place].unit,
        }
        for key, column in errors.items()
        for place in sorted(units.places.tolist())
        if column[place] is None
    ]


def of_robustness(
    found: Robustness,
    result: Result,
    cells: Sequence[ErrorCell],
    unsure: Collection[str] = (),
) -> CommandReport:
    """The document: settings, and what each of the two questions has for an answer.

    ``unsure``: institutions with errors of which nothing is known.
    """
    ranked = set(found.units.names)
    choices = found.choices
    return {
        "scheme": result.scheme.id,
        "standings": result.scheme.standings,
        "settings": _settings(found, cells),
        "institutions": [_institution(found, result, at, unsure) for at in _by_rank(found)],
        "unranked": [
            one.institution for one in result.institutions if one.institution not in ranked
        ],
        **({"no_errors": sentence("en", found.data)} if isinstance(found.data, Problem) else {}),
        "pairwise": _pairwise(found),
        "choices": None if isinstance(choices, Problem) else _choices(found, choices),
        **({"no_choices": sentence("en", choices)} if isinstance(choices, Problem) else {}),
        "sobol": {name: _factor(one) for name, one in found.sobol.items()},
        "structure": _structure(structure(found.units), result),
    }


def _settings(found: Robustness, cells: Sequence[ErrorCell]) -> CommandReport:
    asked, choices, rules = found.experiment, found.choices, found.experiment.rules
    told = {
        "rules": rules.id,
        "draws": asked.draws,
        "seed": asked.seed,
        "level": rules.level.value,
        "errors": {cell.key: cell.source for cell in cells},
        "without_error": found.unknown,
        "concentration": rules.concentration.value,
        "none_left_out": rules.none_left_out.value,
        "bootstrap": rules.bootstrap.value,
        "standing": "assumed",
    }
    if isinstance(choices, Problem):
        return told
    return told | {
        "scales": list(choices.space.scales),
        "scales_refused": {
            scale: sentence("en", why) for scale, why in choices.space.refused.items()
        },
        "means": list(choices.space.means),
        "left_out": list(choices.space.indicators),
    }


def _by_rank(found: Robustness) -> list[int]:
    return sorted(range(len(found.units.names)), key=lambda at: (int(found.ranks[at]), at))


def _institution(
    found: Robustness, result: Result, at: int, unsure: Collection[str]
) -> CommandReport:
    name = found.units.names[at]
    one = next(each for each in result.institutions if each.institution == name)
    return {
        "institution": name,
        **scored(one.score, one.band, result.scheme),
        "rank": one.rank,
        **dict.fromkeys(OF_DATA),
        **(
            {}
            if isinstance(found.data, Problem) or name in unsure
            else _sure(found, found.data, at)
        ),
    }


def _sure(found: Robustness, data: DataRobustness, at: int) -> CommandReport:
    order = _by_rank(found)
    place = order.index(at)
    after = order[place + 1] if place + 1 < len(order) else None
    return {
        "rank_set": data.sets.marginal[at].tolist(),
        "rank_set_simultaneous": data.sets.simultaneous[at].tolist(),
        "standard_error": _short(data.errors[at]),
        "score_quantiles": _quantiles(found.experiment, data.quantiles[at].tolist()),
        "zone_probability": found.zones(at),
        "band_probability": found.band_probabilities(at),
        "above_next": None if after is None else _short(data.above[at, after]),
    }


def _pairwise(found: Robustness) -> CommandReport | None:
    order = _by_rank(found)
    if len(order) > MOST_PAIRS_OF or isinstance(found.data, Problem):
        return None
    above = found.data.above[order][:, order]
    return {
        "institutions": [found.units.names[at] for at in order],
        "above": [
            [None if at == to else _short(value) for to, value in enumerate(row)]
            for at, row in enumerate(above.tolist())
        ],
    }


def _choices(found: Robustness, choices: ChoiceRobustness) -> CommandReport:
    return {
        "mean_rank_shift": _short(choices.shift),
        "institutions": [
            {
                "institution": found.units.names[at],
                "rank": int(found.ranks[at]),
                "same_rank": _short(choices.same[at]),
                "rank_quantiles": _quantiles(
                    found.experiment,
                    choices.quantiles[found.experiment.rules.concentration.value][at].tolist(),
                ),
                "by_concentration": {
                    f"{concentration:g}": _quantiles(found.experiment, ranks[at].tolist())
                    for concentration, ranks in choices.quantiles.items()
                },
            }
            for at in _by_rank(found)
        ],
    }


def _structure(found: ScoreStructure | Problem, result: Result) -> CommandReport:
    if isinstance(found, Problem):
        return {"reason": sentence("en", found)}
    return {
        "effects": [
            {
                "indicator": one.key,
                "nominal": _short(one.nominal),
                "effective": one.effective if one.effective is None else _short(one.effective),
                "correlation": None if one.correlation is None else _short(one.correlation),
                "main_effect": None if one.main_effect is None else _short(one.main_effect),
            }
            for one in found.effects
        ],
        "correlations": {
            "indicators": list(found.keys),
            "matrix": [[_short(value) for value in row] for row in found.correlations.tolist()],
        },
        "principal_components": _components(found.components, found.keys),
        "cronbach_alpha": {
            key: None if isinstance(one, Problem) else _short(one)
            for key, one in found.alphas.items()
        },
        "hidden": [
            {
                "institution": result.units[one.unit].institution,
                "unit": result.units[one.unit].unit,
                "part": one.node,
                "value": _short(one.value),
            }
            for one in found.hidden
        ],
    }


def _components(found: PrincipalComponents | None, keys: Sequence[str]) -> CommandReport | None:
    if found is None:
        return None
    return {
        "eigenvalues": [_short(one) for one in found.eigenvalues.tolist()],
        "shares": [_short(one) for one in found.shares.tolist()],
        "kept": found.kept,
        "loadings": {
            key: [_short(one) for one in row]
            for key, row in zip(keys, found.loadings[:, : max(found.kept, 1)].tolist(), strict=True)
        },
    }


def _quantiles(asked: Experiment, values: Sequence[float]) -> Mapping[str, float]:
    at = asked.rules.quantiles.value
    return {f"{one:g}": _short(value) for one, value in zip(at, values, strict=True)}


def _factor(one: FactorIndices) -> CommandReport:
    return {
        "question": one.question,
        **_index(one.rank_shift),
        "of": "mean rank shift",
        "score": _index(one.score),
    }


def _index(one: SobolIndex | None) -> CommandReport:
    if one is None:
        return {"first": None, "total": None, "interval": None}
    return {
        "first": _short(one.first),
        "total": _short(one.total),
        "interval": {
            "first": [_short(end) for end in one.first_interval],
            "total": [_short(end) for end in one.total_interval],
        },
    }


def _short(value: float) -> float:
    """Without the sign of nothing."""
    return value if isinstance(value, int) else round(float(value), DECIMALS) + 0.0


def as_text(document: CommandReport) -> str:
    """Tables for a terminal: what the data leave open, the choices, and their parts in it."""
    if "years" in document:
        each = [f"year {one['year']}\n\n{as_text(one)}" for one in document["years"]]
        return "\n\n".join(each)
    parts = [
        f"scheme {document['scheme']}, {document['settings']['draws']} draws,"
        f" seed {document['settings']['seed']} (how it is measured is assumed)",
        f"institutions, under the errors of the data\n{as_columns(_lines(document))}",
    ]
    if unknown := document["settings"]["without_error"]:
        parts.append(f"too sure: no error is known of {', '.join(unknown)}")
    if blanks := document.get("without_given_error", []):
        parts.append(f"not told how sure: no error is given of {_few(blanks)}")
    if document.get("no_errors"):
        parts.append(f"no sets, no probabilities: {document['no_errors']}")
    if document["choices"] is None:
        parts.append(f"choices: none, {document['no_choices']}")
    else:
        rows = [
            {
                "institution": row["institution"],
                "rank": row["rank"],
                "same_rank": row["same_rank"],
                **{f"q{at}": value for at, value in row["rank_quantiles"].items()},
            }
            for row in document["choices"]["institutions"]
        ]
        parts.append(f"ranks under other choices\n{as_columns(rows)}")
    parts.append(f"factors, of the mean rank shift\n{as_columns(_factors(document))}")
    found = document["structure"]
    if found.get("effects"):
        parts.append(f"what moves the score\n{as_columns(found['effects'])}")
    if found.get("hidden"):
        parts.append(f"red parts under a green score\n{as_columns(found['hidden'])}")
    return "\n\n".join(parts)


def _few(blanks: Sequence[Mapping[str, str]]) -> str:
    named = [f"{one['node']} of {one['institution']}, {one['unit']}" for one in blanks[:TOLD]]
    more = [f"{len(blanks) - TOLD} more"] if len(blanks) > TOLD else []
    return "; ".join([*named, *more])


def _lines(document: CommandReport) -> list[CommandReport]:
    return [
        {
            "institution": row["institution"],
            "score": row["score"],
            "zone": row["zone"],
            "rank": row["rank"],
            "rank_set": _range(row["rank_set"]),
            "of_all": _range(row["rank_set_simultaneous"]),
            "standard_error": row["standard_error"],
            "probability": row["zone_probability"] or row["band_probability"],
            "above_next": row["above_next"],
        }
        for row in document["institutions"]
    ]


def _range(ends: Sequence[int] | None) -> str | None:
    return "-".join(map(str, ends)) if ends else None


def _factors(document: CommandReport) -> list[CommandReport]:
    return [
        {"question": row["question"], "factor": name, "first": row["first"], "total": row["total"]}
        for name, row in document["sobol"].items()
    ]


COMMANDS = {"robustness": _robustness}

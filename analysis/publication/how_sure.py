"""What published scores, zones and ranks are worth: recomputed from the document and its seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import sqrt

import numpy as np

from analysis.arrays import Floats
from analysis.errors import Place, Problem, bad
from analysis.exact import half_up
from analysis.index.composite import UnitScores
from analysis.index.institutions import InstitutionScore, Result, UnitScore
from analysis.publication.evidence import ScoreEvidence, StatedRobustness, StatedUnit
from analysis.publication.published_scores import (
    PublishedCertainty,
    PublishedRobustness,
    PublishedScores,
    SobolPart,
    UnitCertainty,
)
from analysis.robustness.cells import ErrorCell, judged_errors, sampled_error
from analysis.robustness.each_unit import robust_units, scored_units
from analysis.robustness.robustness import (
    ChoiceRobustness,
    DataRobustness,
    Experiment,
    FactorIndices,
    Robustness,
    robustness,
)
from analysis.robustness.rules import parse_robustness
from analysis.robustness.tree import RankedUnits, ranked_units
from analysis.rulebook.scheme import Node, Scheme
from analysis.uncertainty.intervals import Sampled, bounded
from analysis.uncertainty.score_error import (
    SURVEYED,
    Surveys,
    index_surveys,
    instead,
    share_surveys,
)

# So coarse that no machine's last digits decide.
SHOWN_DECIMALS = 2
MOST_DRAWS = 2**16


@dataclass(frozen=True)
class SureResult:
    """Of the institutions by code, of the whole, and of the units; None: the rules say nothing."""

    institutions: Mapping[str, PublishedCertainty]
    whole: PublishedRobustness
    units: Mapping[str, UnitCertainty] | None


def how_sure(evidence: ScoreEvidence, stated: StatedRobustness, result: Result) -> SureResult:
    """What follows of the result. Raises BadInput where nothing can be drawn as it is stated."""
    found = robust_result(evidence, stated, result)
    unknown = {unit.institution for unit in _unsurveyed(evidence, result)}
    institutions = {
        code: PublishedCertainty(
            rank_set=_set(found.data, at),
            rank_set_of_all=_set(found.data, at, "simultaneous"),
            probability=_probability(found, at),
            choice_ranks=_choice_ranks(found.choices, at),
        )
        for at, code in enumerate(found.units.names)
        if code not in unknown
    }
    factors = {name: _part(one) for name, one in found.sobol.items()}
    return SureResult(
        institutions,
        PublishedRobustness(
            **{name: getattr(stated, name) for name in stated.model_fields_set},
            factors={name: one for name, one in factors.items() if one},
        ),
        _of_units(evidence, stated, result),
    )


def ranked_document(
    document: PublishedScores, stated: StatedRobustness, scheme: Scheme
) -> tuple[RankedUnits, list[ErrorCell]]:
    """The units of a document in the order of its institutions, and their errors.

    ``scheme``: its own, with the minima and maxima that it states.
    """
    nodes = {
        key: [unit.nodes.get(key) for unit in document.units] for key in document.units[0].nodes
    }
    units = [
        UnitScore(one.institution, one.code, one.score_exact, None, one.rank, ())
        for one in document.units
    ]
    institutions = [
        InstitutionScore(
            one.code, one.province, one.score_exact, None, one.rank, None, one.units, one.units
        )
        for one in document.institutions
    ]
    found = ranked_units(Result(scheme, UnitScores(scheme, nodes), units, institutions))
    return found, error_cells(document, stated, found)


def robust_result(evidence: ScoreEvidence, stated: StatedRobustness, result: Result) -> Robustness:
    """The whole result behind what is published. Raises BadInput."""
    rules = parse_robustness(stated.rules.text, stated.rules.id)
    if not 1 <= stated.draws <= MOST_DRAWS or stated.draws & (stated.draws - 1):
        raise bad(
            "draws_beyond", Place(key="robustness.draws"), found=stated.draws, most=MOST_DRAWS
        )
    units = ranked_units(result)
    return robustness(
        result,
        error_cells(evidence, stated, units),
        Experiment(stated.draws, stated.seed, rules),
        {unit.institution for unit in _unsurveyed(evidence, result)},
    )


def _of_units(
    evidence: ScoreEvidence, stated: StatedRobustness, result: Result
) -> dict[str, UnitCertainty] | None:
    rules = parse_robustness(stated.rules.text, stated.rules.id)
    if rules.unit_sets is None:
        return None
    units = scored_units(result)
    unknown = {unit.code for unit in _unsurveyed(evidence, result)}
    found = robust_units(
        units,
        error_cells(evidence, stated, units),
        Experiment(stated.draws, stated.seed, rules),
        unknown,
    )
    if found is None:
        return {}
    return {
        code: UnitCertainty(
            rank_set=found.sets[at].tolist(), probability=_rounded(found.shares(at))
        )
        for at, code in enumerate(found.codes)
        if code not in unknown
    }


def error_cells(
    evidence: ScoreEvidence, stated: StatedRobustness, units: RankedUnits
) -> list[ErrorCell]:
    """The errors of the document's units: of its surveys and interviews, and of its judgements."""
    surveyed = [node for node in units.scheme.indicators() if node.evidence in SURVEYED]
    rules = parse_robustness(stated.rules.text, stated.rules.id)
    share = rules.share_of_rung.value
    if stated.pairs:
        share = sqrt(stated.squares / (2 * stated.pairs))
    sampled = [_sampled(evidence.units, node, units) for node in surveyed]
    judged = judged_errors(units, share, [node.key for node in surveyed]) if share else []
    return [*sampled, *judged]


def _sampled(stated: Sequence[StatedUnit], node: Node, units: RankedUnits) -> ErrorCell:
    """The bounded error of what people said, half a one added at each end of the scale."""
    survey = _survey_of(stated, str(node.evidence))
    rule = node.normalise.value
    low, high = (float(end) for end in rule.between)
    start, end = (float(edge) for edge in (rule.onto[::-1] if node.inverted else rule.onto))
    slope = (end - start) / (high - low)
    n, squared = survey.people[units.places], survey.squared_error[units.places]
    count = np.maximum(n, 2)
    nobody = np.ones(len(n)), np.tile([low, high], (len(n), 1))
    raw = low + (units.of(node.key) - start) / slope
    seen = bounded(Sampled(raw, squared, count, count - 1, *nobody), (low, high))
    error = np.where(n > 1, seen.error * abs(slope), np.nan)
    return sampled_error(units, node, start + (seen.centre - low) * slope, error, seen.freedom)


@dataclass(frozen=True)
class _SurveyOfUnits:
    """(units,) how many people answered, 0: unknown; the square of the figure's error, 0: alike."""

    people: Floats
    squared_error: Floats


def _survey_of(stated: Sequence[StatedUnit], evidence: str) -> _SurveyOfUnits:
    surveys = [one.survey for one in stated]
    if evidence == "satisfaction_index":
        told = [one if one and one.squares is not None else None for one in surveys]
        people = [one.respondents if one else 0 for one in told]
        squares = [float(one.squares or 0) if one else None for one in told]
        return _told(people, index_surveys(people, squares))
    held = [(one.interviews or {}).get(evidence) for one in stated]
    own = [one.experienced if one else None for one in surveys]
    asked = [one.respondents if one else 0 for one in held]
    answered = [one.answered if one else 0 for one in own]
    interviewed = [one is not None for one in held]
    found = instead(
        interviewed,
        index_surveys(asked, [float(one.squares) if one else None for one in held]),
        share_surveys(answered, [one.none if one else 0 for one in own]),
    )
    return _told(np.where(interviewed, asked, answered).tolist(), found)


def _told(people: Sequence[int], found: Surveys) -> _SurveyOfUnits:
    return _SurveyOfUnits(np.array(people, float), np.nan_to_num(found.variance))


def _unsurveyed(evidence: ScoreEvidence, result: Result) -> list[StatedUnit]:
    """Units of whose sample nothing is known: of them and their institutions nothing is told."""
    kinds = {str(node.evidence) for node in result.scheme.indicators() if node.evidence in SURVEYED}
    return [
        unit
        for kind in kinds
        for unit, n in zip(evidence.units, _survey_of(evidence.units, kind).people, strict=True)
        if n < 2
    ]


def _set(data: DataRobustness | Problem, at: int, kind: str = "marginal") -> list[int] | None:
    if isinstance(data, Problem):
        return None
    found: list[int] = getattr(data.sets, kind)[at].tolist()
    return found


def _probability(found: Robustness, at: int) -> dict[str, Decimal] | None:
    return _rounded(found.zones(at) or found.band_probabilities(at) or {})


def _rounded(shares: Mapping[str, float]) -> dict[str, Decimal] | None:
    return {name: _shown(share) for name, share in shares.items()} or None


def _choice_ranks(found: ChoiceRobustness | Problem, at: int) -> list[int] | None:
    if isinstance(found, Problem):
        return None
    own = next(iter(found.quantiles.values()))[at]
    return [int(own[0]), int(own[-1])]


def _part(one: FactorIndices) -> SobolPart | None:
    if one.rank_shift is None:
        return None
    return SobolPart(
        question=one.question,
        first=_shown(one.rank_shift.first),
        total=_shown(one.rank_shift.total),
    )


def _shown(value: float) -> Decimal:
    return half_up(Fraction(value), SHOWN_DECIMALS) + 0

"""A publication's document: what is stated as evidence, and every number that follows from it.

Format 2. The desk builds it and anyone recomputes it by ``derive``, the one place of both.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pandas as pd

from analysis.disclosure import few
from analysis.errors import Place, bad
from analysis.exact import half_up
from analysis.index.composite import Origin
from analysis.index.institutions import (
    Assessed,
    InstitutionScore,
    Result,
    UnitScore,
    score_institutions,
)
from analysis.index.opinion import Compliance, fact_holds
from analysis.index.satisfaction import index_scores
from analysis.index.tally import Tally
from analysis.publication.evidence import (
    Interviews,
    RuleFile,
    ScoreEvidence,
    Stated,
    StatedInstitution,
    StatedInstrument,
    StatedPeriod,
    StatedUnit,
    Survey,
)
from analysis.publication.how_sure import SureResult, how_sure
from analysis.publication.published_scores import (
    PublishedInstitution,
    PublishedPeriod,
    PublishedScores,
    PublishedSurvey,
    PublishedUnit,
    UsedInstrument,
    UsedRules,
)
from analysis.rulebook.instrument import Instrument
from analysis.rulebook.scheme import Node, Scheme
from analysis.rules import rule_hash

PARTS_OF_RECEIVED = ("counted", "withdrawn", "excluded", "left_out")
# Enough that no digit of the squares changes unseen.
ERROR_DECIMALS = 12


def derive(evidence: ScoreEvidence) -> PublishedScores:
    """The document: the evidence and, beside it, every number that follows from it.

    The satisfaction index follows from the counts of answers where these are given, the score
    of perceived maladministration likewise, those of interviews from their points; scores
    from the inputs under the scheme's own text, with the stated minima and maxima; ranks
    among those published. The standard error is sqrt(n / (n - 1) x squares), without finite
    population correction. Raises BadInput where nothing follows.
    """
    scheme = with_ranges(
        evidence.scheme.as_scheme(),
        {key: (found.min, found.max) for key, found in evidence.ranges.items()},
    )
    inputs = _inputs(evidence, scheme)
    result = _result(evidence, scheme, inputs)
    scores = {one.institution: one for one in result.institutions}
    stated = evidence.robustness
    sure = how_sure(evidence, stated, result) if stated else None
    nodes = result.scores.nodes
    return PublishedScores(
        **_but(evidence, "scheme", "instruments", "institutions", "units", "robustness"),
        **_whole(sure),
        scheme=_used(evidence.scheme),
        instruments=[_used_instrument(one) for one in evidence.instruments],
        institutions=[
            _institution(one, scores[one.code], scheme, sure) for one in evidence.institutions
        ],
        units=[
            _unit(one, result.units[at], scheme, (_at(inputs, at), _at(nodes, at)), sure)
            for at, one in enumerate(evidence.units)
        ],
    )


def subtraction_tells(survey: Survey | None, other: Survey | None) -> bool:
    """Whether subtracting the two tells what one to four people answered."""
    if survey is None or other is None or not (survey.answers and other.answers):
        return False
    gaps = [survey.respondents - other.respondents]
    gaps += [
        sum(counts) - sum(other.answers[item])
        for item, counts in survey.answers.items()
        if item in other.answers
    ]
    return any(few(abs(gap)) for gap in gaps)


def with_ranges(scheme: Scheme, ranges: Mapping[str, tuple[Fraction, Fraction]]) -> Scheme:
    """The scheme with these minima and maxima in place of those of who is present."""
    wanted = min_max_indicators(scheme)
    if set(ranges) != set(wanted):
        place = Place(key="ranges")
        raise bad("other_ranges", place, found=sorted(ranges), indicators=wanted)
    for key, (low, high) in ranges.items():
        if low >= high:
            raise bad("range_not_rising", Place(key=f"ranges.{key}"), low=low, high=high)

    def fixed(node: Node) -> Node:
        if node.key not in ranges:
            return node.model_copy(update={"children": [fixed(child) for child in node.children]})
        change = {"kind": "goalposts", "between": ranges[node.key]}
        rule = node.normalise.value.model_copy(update=change)
        return node.model_copy(
            update={"normalise": node.normalise.model_copy(update={"value": rule})}
        )

    return scheme.model_copy(update={"children": [fixed(child) for child in scheme.children]})


def min_max_indicators(scheme: Scheme) -> list[str]:
    """The indicators whose scores depend on who is present."""
    return [node.key for node in scheme.indicators() if node.normalise.value.kind == "min_max"]


def _inputs(evidence: ScoreEvidence, scheme: Scheme) -> dict[str, list[Fraction | None]]:
    """The raw value of each indicator: recomputed from the counts of answers, else as stated."""
    indices, columns = _indices(evidence), dict[str, list[Fraction | None]]()
    for node in scheme.indicators():
        column = []
        for at, unit in enumerate(evidence.units):
            if node.key not in unit.inputs:
                place = Place(key=f"units[{unit.code}].inputs")
                raise bad("absent_input", place, indicator=node.key)
            value = unit.inputs[node.key]
            if node.evidence == "satisfaction_index":
                value = indices.get(at, value)
            elif unit.interviews and node.evidence in unit.interviews:
                value = _told(unit, unit.interviews[node.evidence])
            elif unit.secondary and node.key in unit.secondary:
                value = unit.secondary[node.key].value
            elif node.evidence == "perceived_maladministration":
                value = _clean(unit, value)
            column.append(value)
        columns[node.key] = column
    return columns


def _told(unit: StatedUnit, one: Interviews) -> Fraction:
    if not 0 < one.most >= one.points:
        place = Place(key=f"units[{unit.code}].interviews")
        raise bad("points_over_most", place, points=one.points, most=one.most)
    return Fraction(100 * one.points, one.most)


def _clean(unit: StatedUnit, stated: Fraction | None) -> Fraction | None:
    experienced = unit.survey and unit.survey.experienced
    if not experienced:
        return stated
    if not 0 < experienced.answered >= experienced.none:
        place = Place(key=f"units[{unit.code}].survey.experienced")
        none, answered = experienced.none, experienced.answered
        raise bad("none_over_answered", place, none=none, answered=answered)
    return Fraction(100 * experienced.none, experienced.answered)


def _indices(evidence: ScoreEvidence) -> dict[int, Fraction | None]:
    """The satisfaction index of each unit, by its place, whose counts are given."""
    counted: dict[int, list[int]] = {}
    for at, unit in enumerate(evidence.units):
        if unit.survey and unit.survey.rules >= len(evidence.instruments):
            place, known = Place(key=f"units[{unit.code}].survey.rules"), len(evidence.instruments)
            raise bad("no_such_instrument", place, found=unit.survey.rules, instruments=known)
        if unit.survey and unit.survey.answers is not None:
            counted.setdefault(unit.survey.rules, []).append(at)
    found: dict[int, Fraction | None] = {}
    for rules, places in counted.items():
        asked = evidence.instruments[rules]
        tally = _tally([evidence.units[at] for at in places], asked.as_instrument())
        total = index_scores(tally, asked.scheme.as_scheme()).total
        found |= dict(zip(places, total, strict=True))
    return found


def _tally(units: Sequence[StatedUnit], instrument: Instrument) -> Tally:
    items = [item for group in instrument.items_of.values() for item in group]
    rows = []
    for unit in units:
        answers = unit.survey.answers if unit.survey and unit.survey.answers else {}
        sizes = {item: len(instrument.allowed[item]) for item in items}
        if {item: len(counts) for item, counts in answers.items()} != sizes:
            place = Place(key=f"units[{unit.code}].survey.answers")
            raise bad("other_counts", place, found=list(answers), instrument=instrument.id)
        rows.append(
            {
                f"{item}_{value}": count
                for item in items
                for value, count in zip(instrument.allowed[item], answers[item], strict=True)
            }
        )
    frame = pd.DataFrame(rows, dtype="int64")
    return Tally(frame, (), instrument.items_of, instrument.allowed)


def _result(
    evidence: ScoreEvidence, scheme: Scheme, inputs: Mapping[str, list[Fraction | None]]
) -> Result:
    provinces = {place.code: place.province for place in evidence.institutions}
    for place in evidence.institutions:
        _refuse_other_products(place)
    declared = {place.code for place in evidence.institutions if place.declared}
    members = Counter(unit.institution for unit in evidence.units)
    if set(members) != set(provinces) or len(provinces) < len(evidence.institutions):
        found = sorted(set(members) ^ set(provinces))
        raise bad("other_institutions", Place(key="institutions"), found=found)
    assessed = Assessed(
        institutions=[unit.institution for unit in evidence.units],
        units=[unit.code for unit in evidence.units],
        columns=inputs,
        provinces=[provinces[unit.institution] for unit in evidence.units],
        facts=[unit.institution in declared for unit in evidence.units],
        origin=Origin("units"),
    )
    return score_institutions(scheme, assessed)


def _refuse_other_products(place: StatedInstitution) -> None:
    """Refuses a fact that the products, which decide it, do not bear out."""
    if place.products is None:
        return
    counted = Compliance(place.products.issued, place.products.followed_up)
    if place.declared is not fact_holds(bool(place.declared), counted):
        where = Place(key=f"institutions[{place.code}].declared")
        issued, followed_up = counted.issued, counted.followed_up
        raise bad("declared_otherwise", where, issued=issued, followed_up=followed_up)


def _institution(
    stated: StatedInstitution, one: InstitutionScore, scheme: Scheme, sure: SureResult | None
) -> PublishedInstitution:
    absent = [name for name in ("products", "sample") if getattr(stated, name) is None]
    return PublishedInstitution(
        **_but(stated, *absent),
        **_score(one, scheme),
        units=one.units,
        rank_in_province=one.rank_in_province,
        **_certainty(sure, stated.code),
    )


def _whole(sure: SureResult | None) -> dict[str, Any]:
    """No key where a document states nothing of it, as in those from before there was such."""
    return {"robustness": sure.whole} if sure else {}


def _certainty(sure: SureResult | None, code: str) -> dict[str, Any]:
    return {"how_sure": sure.institutions.get(code)} if sure else {}


def _unit_certainty(sure: SureResult | None, code: str) -> dict[str, Any]:
    if sure is None or sure.units is None:
        return {}
    return {"how_sure": sure.units.get(code)}


def _unit(
    stated: StatedUnit,
    one: UnitScore,
    scheme: Scheme,
    values: tuple[dict[str, Fraction | None], dict[str, Fraction | None]],
    sure: SureResult | None,
) -> PublishedUnit:
    """``values``: of the indicators as they came in, and of all nodes."""
    inputs, nodes = values
    # No key where there is none, as in documents from before there were such.
    later = ("interviews", "waiver", "secondary")
    absent = [name for name in later if getattr(stated, name) is None]
    return PublishedUnit(
        **_but(stated, "inputs", "responses", "survey", *absent),
        **_score(one, scheme),
        inputs=inputs,
        nodes=nodes,
        responses=[_period(one) for one in stated.responses],
        survey=_survey(stated.survey) if stated.survey else None,
        **_unit_certainty(sure, stated.code),
    )


def _period(stated: StatedPeriod) -> PublishedPeriod:
    received = sum(getattr(stated, part) for part in PARTS_OF_RECEIVED)
    return PublishedPeriod(**_but(stated), received=received)


def _survey(stated: Survey) -> PublishedSurvey:
    return PublishedSurvey(**_but(stated), standard_error=_standard_error(stated))


def _used(stated: RuleFile) -> UsedRules:
    return UsedRules(**_but(stated), sha256=rule_hash(stated.text))


def _used_instrument(stated: StatedInstrument) -> UsedInstrument:
    return UsedInstrument(
        **_but(stated, "scheme"), scheme=_used(stated.scheme), sha256=rule_hash(stated.text)
    )


def _but(stated: Stated, *names: str) -> dict[str, Any]:
    """What is stated but these; older documents state less, and get nothing in its place."""
    return {name: getattr(stated, name) for name in stated.model_fields_set - set(names)}


def _at(columns: Mapping[str, Sequence[Fraction | None]], place: int) -> dict[str, Fraction | None]:
    return {key: column[place] for key, column in columns.items()}


def _score(one: UnitScore | InstitutionScore, scheme: Scheme) -> dict[str, Any]:
    return {
        "score": None if one.score is None else scheme.round(one.score),
        "score_exact": one.score,
        "grade": one.band and one.band.grade,
        "zone": one.band and one.band.zone,
        "label": one.band and one.band.label,
        "rank": one.rank,
    }


def _standard_error(survey: Survey) -> Decimal | None:
    if survey.squares is None or survey.respondents < 2:
        return None
    with localcontext() as context:
        context.prec = 50
        error = (survey.squares * survey.respondents / (survey.respondents - 1)).sqrt()
    return half_up(Fraction(error), ERROR_DECIMALS)

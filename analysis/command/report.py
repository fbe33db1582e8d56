"""Results as documents for machines (plain dicts) and as text for a terminal."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from analysis.errors import Problem
from analysis.index.institutions import InstitutionScore, Result, UnitScore
from analysis.index.plan import Planned
from analysis.index.sample import minimum_sample
from analysis.index.satisfaction import Satisfaction
from analysis.publication.sealed import FIRST, Fault, SealVerdict
from analysis.rulebook.certainty import load_certainty
from analysis.rulebook.conventions import StatisticName, conventions
from analysis.rulebook.instrument import Instrument
from analysis.rulebook.scheme import MARKS, Band, Scheme
from analysis.soundness.importance import Importance, VarianceShares
from analysis.soundness.reliability import ItemFigures, Reliability, ReliabilityFigure
from analysis.uncertainty.strata import Weighted
from analysis.uncertainty.uncertainty import Uncertainty
from locales.refusals import parts, sentence

CommandReport = dict[str, Any]
TABLES = ("units", "institutions", "schemes", "instruments")
WEIGHTED = ("stratified", "raked")
CERTAINTY = (
    "standard_error",
    "interval",
    "bounded_interval",
    "grade_probability",
    "certainty",
    "no_interval",
)
FOR_MACHINES = {
    "index_exact",
    "score_exact",
    "answered",
    "means",
    "provisional",
    "sha256",
    *CERTAINTY,
    *WEIGHTED,
}


@dataclass(frozen=True)
class UnitIndex:
    """The index of a unit, how sure it is, its visits where known, and weighted figures."""

    unit: str
    index: Satisfaction
    uncertainty: Uncertainty
    visits: int | None
    weighted: Mapping[str, Weighted]


def of_satisfaction(units: Sequence[UnitIndex], scheme: Scheme) -> CommandReport:
    """The satisfaction index of each unit, with its minimum sample where visits are known.

    The index is always the unweighted one; weighted ones stand beside it by name.
    """
    rules = load_certainty()
    return {
        "scheme": scheme.id,
        "certainty": {
            "rules": rules.id,
            "standing": rules.standing,
            "level": rules.level,
            "assumption": rules.assumption.en,
        },
        "units": [
            {
                "unit": one.unit,
                **_index(one.index),
                **_certainty(one.uncertainty, one.index.band),
                **{name: _weighted(figure) for name, figure in one.weighted.items()},
                **_sample(one.visits, scheme),
            }
            for one in units
        ],
    }


def of_institutions(result: Result) -> CommandReport:
    """Scores, grades, zones and ranks of units and institutions."""
    return {
        "scheme": result.scheme.id,
        "units": [_unit(one, result.scheme) for one in result.units],
        "institutions": [_institution(one, result.scheme) for one in result.institutions],
        "standings": result.scheme.standings,
    }


def of_comparison(results: Sequence[Result]) -> CommandReport:
    """The same units and institutions under several schemes, a line a scheme."""
    documents = [of_institutions(result) for result in results]
    return {
        "compared": [{key: one[key] for key in ("scheme", "standings")} for one in documents],
        **{table: _side_by_side(documents, table) for table in ("units", "institutions")},
    }


def of_rules(rules: Scheme | Instrument) -> CommandReport:
    """One line about a scheme or an instrument."""
    return {
        "id": rules.id,
        "title": rules.title.en,
        "from": rules.valid.start.isoformat(),
        "to": rules.valid.end.isoformat() if rules.valid.end else None,
        "sha256": rules.hash,
    }


def of_importance(result: Importance | Problem) -> CommandReport:
    """The relative importance of the elements, the greatest first."""
    if isinstance(result, Problem):
        return {"reason": sentence("en", result)}
    ordered = sorted(result.drivers, key=lambda one: one.importance, reverse=True)
    return {
        "n": result.n,
        "left_out": result.left_out,
        "constant": list(result.constant),
        "r_squared": result.r_squared,
        "elements": [vars(one) for one in ordered],
        "level": result.level,
        "draws": result.draws,
        "seed": result.seed,
    }


def of_variance(result: VarianceShares | Problem) -> CommandReport:
    """Each element's share of the index's variance, which says nothing of importance."""
    if isinstance(result, Problem):
        return {"reason": sentence("en", result)}
    return {
        "n": result.n,
        "left_out": result.left_out,
        "constant": list(result.constant),
        "shares_of_variance": dict(result.shares),
    }


def of_reliability(result: Reliability) -> CommandReport:
    """Each figure with how it is read by convention, or the reason why there is none."""
    interval = {} if isinstance(result.interval, Problem) else {"interval": list(result.interval)}
    return {
        "n": result.n,
        "left_out": result.left_out,
        "constant": list(result.constant),
        "alpha": {**_figure("alpha", result.alpha), **interval, "level": result.level},
        "omega": _figure("omega", result.omega),
        "kmo": _figure("kmo", result.kmo),
        "items": [_item(one) for one in result.items],
        "note": vars(conventions().note),
    }


def of_verdict(verdict: SealVerdict) -> CommandReport:
    """What the examination of a publication found."""
    return {
        **vars(verdict),
        "broken": verdict.broken and sentence("en", verdict.broken),
        "faults": [_fault(one) for one in verdict.faults],
        "holds": verdict.holds,
    }


def _fault(one: Fault | Problem) -> CommandReport:
    if isinstance(one, Fault):
        return asdict(one)
    place, found, expected = parts("en", one)
    return {"path": place, "stated": found, "recomputed": expected}


def verdict_text(document: CommandReport) -> str:
    """The verdict in lines, each fault with what is stated and what was recomputed."""
    whose = "the key that you gave" if document["own_key"] else "UNKNOWN: the file's own, see --key"
    unchecked = "none" if document["previous"] == FIRST else "not checked, see --previous"
    chained = {None: unchecked, True: "is the file given"}
    faults, withheld = document["faults"], document["withheld"]
    lines = [
        f"publication  {document['sha256']}",
        f"seal         {'BROKEN: ' + document['broken'] if document['broken'] else 'holds'}",
        f"key          {document['key']} ({whose})",
        f"previous     {document['previous']}"
        f" ({chained.get(document['chained'], 'IS NOT the file given')})",
        f"numbers      {f'{len(faults)} DO NOT FOLLOW' if faults else 'all follow'}",
        *(
            f"  {one['path']}: stated {one['stated']}, recomputed {one['recomputed']}"
            for one in faults
        ),
    ]
    if not document["own_key"]:
        lines.append(
            "SEALED BY AN UNKNOWN KEY: whoever changed the file could have sealed it anew."
        )
    if withheld:
        lines.append(f"taken as stated, counts withheld (small groups): {', '.join(withheld)}")
    return "\n".join(lines)


def as_text(document: CommandReport) -> str:
    """The document's tables, one below another, for a terminal.

    Leaves out what only machines want: unrounded scores and the answers to each element.
    """
    schemes = [one for one in document.get("compared", [document]) if "scheme" in one]
    parts = ["\n".join(map(_scheme, schemes))] if schemes else []
    units = document.get("units", [])
    means = [{"unit": row["unit"], **row["means"]} for row in units if "means" in row]
    marks = {one["scheme"]: _marks(one) for one in schemes}
    own = document.get("scheme", "")
    tables = {
        name: [_for_people(row, marks.get(row.get("scheme", own), "")) for row in rows]
        for name in TABLES
        if (rows := document.get(name, []))
    }
    tables["means"] = means
    if rules := document.get("certainty"):
        told = f"certainty ({rules['standing']}: {rules['assumption']})"
        tables[told] = [{key: row.get(key) for key in ("unit", *CERTAINTY)} for row in units]
    for name in WEIGHTED:
        tables[name] = [{"unit": row["unit"], **row[name]} for row in units if name in row]
    parts += [f"{name}\n{_table(rows)}" for name, rows in tables.items() if rows]
    return "\n\n".join(parts)


def _scheme(document: CommandReport) -> str:
    standings = ", ".join(f"{one} {MARKS[one]}".strip() for one in document.get("standings", []))
    return f"scheme {document['scheme']}" + (f" (its values are {standings})" if standings else "")


def _marks(document: CommandReport) -> str:
    """What stands beside each score of the scheme."""
    return "".join(MARKS[one] for one in reversed(document.get("standings", [])))


def _for_people(row: CommandReport, marks: str = "") -> CommandReport:
    shown = {key: value for key, value in row.items() if key not in FOR_MACHINES}
    if marks and shown.get("score"):
        shown["score"] = f"{shown['score']} {marks}"
    return shown


def _table(rows: Sequence[CommandReport]) -> str:
    keys = dict.fromkeys(key for row in rows for key in row)
    shown = [key for key in keys if any(row.get(key) is not None for row in rows)]
    lines = [shown, *([_short(row.get(key)) for key in shown] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _short(value: object) -> str:
    if isinstance(value, float):
        return f"{value:z.3f}"
    if isinstance(value, tuple):
        return " to ".join(f"{end:z.2f}" for end in value)
    if isinstance(value, dict):
        return " ".join(f"{key} {share:z.3f}" for key, share in value.items())
    if isinstance(value, list):
        return ", ".join(value) or "-"
    return "-" if value is None else str(value)


def _index(one: Satisfaction) -> CommandReport:
    return {
        "n": one.n,
        "answered": dict(one.answered),
        "means": {key: _float(mean) for key, mean in one.means.items()},
        "index_exact": _float(one.index),
        "index": one.shown,
        **_band(one.band, "grade", "label"),
        **({"reason": sentence("en", one.no_index)} if one.no_index else {}),
    }


def of_plan(found: Planned | Problem, units: Sequence[str], scheme: Scheme) -> CommandReport:
    """The least plan and others of its cost; raw values and costs as floats."""
    if isinstance(found, Problem):
        return {"plans": [], "reason": sentence("en", found)}
    plans = [
        {
            "cost": float(one.cost),
            **_score(one.after, scheme.band(one.after), scheme),
            "steps": [
                {
                    "unit": units[step.unit],
                    "item": step.node.key,
                    "from": float(step.start),
                    "to": float(step.end),
                    "cost": float(step.cost),
                }
                for step in one.steps
            ],
        }
        for one in found.plans
    ]
    before = _score(found.before, scheme.band(found.before), scheme)
    return {"before": before, "needed": float(found.edge), "plans": plans}


def _certainty(sure: Uncertainty, band: Band | None) -> CommandReport:
    return {
        "standard_error": sure.standard_error,
        "interval": sure.interval,
        "bounded_interval": sure.bounded,
        "grade_probability": sure.grades,
        "certainty": sure.certainty(str(band.grade)) if band else None,
        **({"no_interval": sentence("en", sure.no_interval)} if sure.no_interval else {}),
    }


def _weighted(figure: Weighted) -> CommandReport:
    sure = figure.uncertainty
    return {
        "index": figure.index,
        "standard_error": sure and sure.standard_error,
        "interval": sure and sure.interval,
        "bounded_interval": sure and sure.bounded,
        "error_by": "jackknife" if figure.jackknifed else "linearisation",
        "design_effect": figure.design_effect,
        "kish_design_effect": figure.kish,
        "merged_strata": list(figure.merged),
        **({"no_interval": sentence("en", sure.no_interval)} if sure and sure.no_interval else {}),
        **({"reason": sentence("en", figure.not_raked)} if figure.not_raked else {}),
    }


def _sample(visits: int | None, scheme: Scheme) -> CommandReport:
    if visits is None or scheme.minimum_sample is None:
        return {}
    return {
        "population": visits,
        "minimum_sample": minimum_sample(visits, scheme.minimum_sample.value),
    }


def _item(one: ItemFigures) -> CommandReport:
    return {
        "item": one.item,
        "item_rest": _figure("item_rest", one.item_rest),
        "loading": _figure("loading", one.loading),
        "kmo": _figure("kmo", one.kmo),
    }


def _figure(name: StatisticName, value: ReliabilityFigure) -> CommandReport:
    if isinstance(value, Problem):
        return {"value": None, "reason": sentence("en", value)}
    reading = conventions().read(name, value)
    return {"value": value, "word": vars(reading.word), "sentence": vars(reading.sentence)}


def _unit(one: UnitScore, scheme: Scheme) -> CommandReport:
    reason = {"reason": f"no value for {', '.join(one.missing)}"} if one.missing else {}
    return {
        "institution": one.institution,
        "unit": one.unit,
        **_score(one.score, one.band, scheme),
        "rank": one.rank,
        **reason,
    }


def _institution(one: InstitutionScore, scheme: Scheme) -> CommandReport:
    reason = f"provisional: {one.scored} of {one.units} units have a score"
    return {
        "institution": one.institution,
        **_score(one.score, one.band, scheme),
        "rank": one.rank,
        "units": one.units,
        **(
            {"province": one.province, "rank_in_province": one.rank_in_province}
            if one.province
            else {}
        ),
        "provisional": one.provisional,
        **({"reason": reason} if one.provisional else {}),
    }


def _side_by_side(documents: Sequence[CommandReport], table: str) -> list[CommandReport]:
    """The rows of the documents' tables, those of the same unit or institution together."""
    names = ("institution", "unit")
    return [
        {key: row[key] for key in names if key in row} | {"scheme": document["scheme"]} | row
        for rows in zip(*(document[table] for document in documents), strict=True)
        for document, row in zip(documents, rows, strict=True)
    ]


def _score(score: Fraction | None, band: Band | None, scheme: Scheme) -> CommandReport:
    return {
        "score_exact": _float(score),
        "score": None if score is None else str(scheme.round(score)),
        **_band(band, "grade", "zone", "label"),
    }


def _band(band: Band | None, *keys: str) -> CommandReport:
    values = {
        "grade": band and band.grade,
        "zone": band and band.zone,
        "label": band and band.label.id,
    }
    return {key: values[key] for key in keys}


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)

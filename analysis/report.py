"""Results as documents for machines (plain dicts) and as text for a terminal."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from analysis.conventions import Name, conventions
from analysis.importance import Importance, VarianceShares
from analysis.institutions import InstitutionScore, Result, UnitScore
from analysis.instrument import Instrument
from analysis.refusal import Figure, Refusal
from analysis.reliability import ItemFigures, Reliability
from analysis.sample import minimum_sample
from analysis.satisfaction import Satisfaction
from analysis.scheme import Band, Scheme

Document = dict[str, Any]
TABLES = ("units", "institutions", "schemes", "instruments")
FOR_MACHINES = {"index_exact", "score_exact", "answered", "means", "provisional", "sha256"}


def of_satisfaction(
    units: Sequence[str],
    indices: Sequence[Satisfaction],
    scheme: Scheme,
    population: Mapping[str, int],
) -> Document:
    """The satisfaction index of each unit, with its minimum sample where visits are known."""
    return {
        "scheme": scheme.id,
        "units": [
            {"unit": unit, **_index(one), **_sample(population.get(unit), scheme)}
            for unit, one in zip(units, indices, strict=True)
        ],
    }


def of_institutions(result: Result) -> Document:
    """Scores, grades, zones and ranks of units and institutions."""
    return {
        "scheme": result.scheme.id,
        "units": [_unit(one, result.scheme) for one in result.units],
        "institutions": [_institution(one, result.scheme) for one in result.institutions],
        "standings": result.scheme.standings,
    }


def of_rules(rules: Scheme | Instrument) -> Document:
    """One line about a scheme or an instrument."""
    return {
        "id": rules.id,
        "title": rules.title.en,
        "from": rules.valid.start.isoformat(),
        "to": rules.valid.end.isoformat() if rules.valid.end else None,
        "sha256": rules.hash,
    }


def of_importance(result: Importance | Refusal) -> Document:
    """The relative importance of the elements, the greatest first."""
    if isinstance(result, Refusal):
        return {"reason": result["en"]}
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


def of_variance(result: VarianceShares | Refusal) -> Document:
    """Each element's share of the index's variance, which says nothing of importance."""
    if isinstance(result, Refusal):
        return {"reason": result["en"]}
    return {
        "n": result.n,
        "left_out": result.left_out,
        "constant": list(result.constant),
        "shares_of_variance": dict(result.shares),
    }


def of_reliability(result: Reliability) -> Document:
    """Each figure with how it is read by convention, or the reason why there is none."""
    interval = {} if isinstance(result.interval, Refusal) else {"interval": list(result.interval)}
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


def as_text(document: Document) -> str:
    """The document's tables, one below another, for a terminal.

    Leaves out what only machines want: unrounded scores and the answers to each element.
    """
    parts = [f"scheme {document['scheme']}"] if "scheme" in document else []
    if "standings" in document:
        parts[0] += f" (its values are {', '.join(document['standings'])})"
    units = document.get("units", [])
    means = [{"unit": row["unit"], **row["means"]} for row in units if "means" in row]
    tables = {name: document.get(name) for name in TABLES} | {"means": means}
    parts += [f"{name}\n{_table(rows)}" for name, rows in tables.items() if rows]
    return "\n\n".join(parts)


def _table(rows: Sequence[Document]) -> str:
    keys = dict.fromkeys(key for row in rows for key in row if key not in FOR_MACHINES)
    shown = [key for key in keys if any(row.get(key) is not None for row in rows)]
    lines = [shown, *([_short(row.get(key)) for key in shown] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _short(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    return "-" if value is None else str(value)


def _index(one: Satisfaction) -> Document:
    return {
        "n": one.n,
        "answered": dict(one.answered),
        "means": {key: _float(mean) for key, mean in one.means.items()},
        "index_exact": _float(one.index),
        "index": one.shown,
        **_band(one.band, "grade", "label"),
        **({"reason": one.no_index["en"]} if one.no_index else {}),
    }


def _sample(visits: int | None, scheme: Scheme) -> Document:
    if visits is None or scheme.minimum_sample is None:
        return {}
    return {
        "population": visits,
        "minimum_sample": minimum_sample(visits, scheme.minimum_sample.value),
    }


def _item(one: ItemFigures) -> Document:
    return {
        "item": one.item,
        "item_rest": _figure("item_rest", one.item_rest),
        "loading": _figure("loading", one.loading),
        "kmo": _figure("kmo", one.kmo),
    }


def _figure(name: Name, value: Figure) -> Document:
    if isinstance(value, Refusal):
        return {"value": None, "reason": value["en"]}
    reading = conventions().read(name, value)
    return {"value": value, "word": vars(reading.word), "sentence": vars(reading.sentence)}


def _unit(one: UnitScore, scheme: Scheme) -> Document:
    reason = {"reason": f"no value for {', '.join(one.missing)}"} if one.missing else {}
    return {
        "institution": one.institution,
        "unit": one.unit,
        **_score(one.score, one.band, scheme),
        "rank": one.rank,
        **reason,
    }


def _institution(one: InstitutionScore, scheme: Scheme) -> Document:
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


def _score(score: Fraction | None, band: Band | None, scheme: Scheme) -> Document:
    return {
        "score_exact": _float(score),
        "score": None if score is None else str(scheme.round(score)),
        **_band(band, "grade", "zone", "label"),
    }


def _band(band: Band | None, *keys: str) -> Document:
    values = {
        "grade": band and band.grade,
        "zone": band and band.zone,
        "label": band and band.label.id,
    }
    return {key: values[key] for key in keys}


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)

"""What may be given away of a survey's rows: which units, which columns, how coarse.

The rules stand in ``open-data-YEAR.yaml``; the mathematics in ``analysis.publication.anonymity``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, Self

import numpy as np
import pandas as pd
from pydantic import model_validator

from analysis.arrays import Flags
from analysis.disclosure import enough, few
from analysis.errors import Place, bad
from analysis.index.counting import count_frame
from analysis.index.disclosed import (
    SOURCE,
    DisclosedExperience,
    DisclosedIndex,
    disclose_experience,
    disclose_sources,
)
from analysis.index.experience import Experienced, form_column, read_experience
from analysis.index.tally import Tally
from analysis.publication.anonymity import Coarsening, Codes, RecodingStep, protect
from analysis.rulebook.instrument import Instrument
from analysis.rulebook.scheme import Scheme
from analysis.rules import (
    Rule,
    Source,
    Text,
    Validity,
    broken,
    check,
    newest_rules,
    parse_yaml,
    read_rules,
)
from analysis.standing import Standing
from locales import say
from reports.cells import harmless

RULES = newest_rules(Path(__file__).parent, "open-data")
NOT_TOLD, HIDDEN = -1, -2
HOLDER = "holder"

Given = Literal["rows", "too_few_rows", "small_element", "small_source", "too_few"]


class VisitColumn(Rule):
    """A column about the visit; without options its values are taken from the rows."""

    key: str
    text: Text
    options: dict[str, Text] = {}


class Merge(Rule):
    """Values that become one."""

    text: Text
    of: list[str]


class Recoding(Rule):
    """One step: the column whose values are merged, or that is given up."""

    merge: str | None = None
    drop: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.merge is None) == (self.drop is None):
            raise broken("merge_or_drop")
        return self


class Licence(Rule):
    """Under which the data are given."""

    name: str
    address: str


class ReleaseRules(Rule):
    """How rows about people are made public; the numbers are explained in the file."""

    id: str
    valid: Validity
    standing: Standing
    sources: dict[str, Source]
    source: str
    licence: Licence
    least: int
    tolerated: float
    worthless: float
    columns: list[VisitColumn]
    merges: dict[str, dict[str, Merge]]
    steps: list[Recoding]


@dataclass(frozen=True)
class Study:
    """What was surveyed: one period of an institution, or of one of its units."""

    name: str
    period: str
    starts: date
    ends: date
    instrument: Instrument
    scheme: Scheme
    demonstration: bool = False


@dataclass(frozen=True)
class ValueLabel:
    """A value of a variable: as it stands in the CSV file, its number, its words."""

    value: str
    code: int
    text: Text

    @property
    def missing(self) -> bool:
        return self.code < 0


@dataclass(frozen=True)
class Variable:
    """A column of the data; ``measured``: its numbers have an order."""

    key: str
    text: Text
    categories: tuple[ValueLabel, ...]
    measured: bool = False


@dataclass(frozen=True)
class UnitRelease:
    """What is given of a unit.

    ``given``: its rows, or why only its figures, or why nothing. ``index`` and
    ``experienced`` are None where fewer than five people stand behind them. ``steps``: the
    steps of recoding taken; ``hidden``: cells hidden by column.
    """

    name: str
    given: Given
    index: DisclosedIndex | None
    experienced: DisclosedExperience | None
    steps: tuple[Recoding, ...] = ()
    hidden: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Release:
    """``rows``: a column of category codes for each of the ``variables``, in sorted order."""

    study: Study
    rules: ReleaseRules
    variables: tuple[Variable, ...]
    rows: pd.DataFrame
    units: tuple[UnitRelease, ...]


@cache
def release_rules() -> ReleaseRules:
    """The rules in force. Raises BadInput for a file that breaks one."""
    return check(ReleaseRules, parse_yaml(read_rules(RULES), RULES.name), RULES.name)


def make_release(responses: pd.DataFrame, study: Study) -> Release:
    """The rows of ``responses`` that may be given, made safe unit by unit.

    ``responses``: the counted ones of a closed period, a row each: ``unit``, ``service``,
    ``month`` ("2026-05"), ``channel``, ``provenance``, ``source`` and ``holder``
    (``survey.counts``), a column an item, ``experience`` ("some", "none",
    "declined") with a boolean column a form (``form_column``), and the fields of the
    respondent; None or NaN where nothing was told; ``known``: whether the unit's rows are known
    to somebody but for one to four. A unit's rows come out the same whichever other units are
    there.

    Raises ValueError for a value that neither the rules nor the instrument know.
    """
    rules, instrument = release_rules(), study.instrument
    items = list(instrument.allowed)
    named = responses.assign(**{key: _harmless(responses[key]) for key in ("unit", "service")})
    people = named[named[items].notna().any(axis=1)].reset_index(drop=True)
    quasi = _quasi_identifiers(people, study, rules)
    codes = np.column_stack([_codes(people[v.key], v) for v in quasi])
    keys, steps = [variable.key for variable in quasi], _steps(quasi, rules)
    answers = people[items].astype("Float64").fillna(NOT_TOLD).to_numpy(np.int64)
    low = _low(answers, instrument)
    tallies, experienced = _tallies(people, study), _experienced(named, instrument)
    known = set(named.loc[named["known"], "unit"])

    places = people.groupby("unit").indices
    units: list[UnitRelease] = []
    parts: list[Codes] = []
    for number, name in enumerate(sorted(named["unit"].unique()), start=1):
        at = places.get(name, np.empty(0, np.int64))
        sources = _sources(people.iloc[at])
        figures = _Figures(tallies.get(name), experienced[name], sources, name in known)
        unit = _unit_release(name, figures, study, rules)
        if unit.given == "rows":
            safe = protect(
                codes[at], sources, low[at], Coarsening(steps, rules.tolerated, rules.worthless)
            )
            shown = np.where(safe.codes > 0, safe.codes, safe.codes + NOT_TOLD)
            parts.append(np.column_stack([np.full(len(at), number), shown, answers[at]]))
            hidden = dict(zip(keys, (shown == HIDDEN).sum(axis=0).tolist(), strict=True))
            unit = replace(unit, steps=tuple(rules.steps[: safe.taken]), hidden=hidden)
        units.append(unit)

    variables = (_unit_variable(units), *quasi, *(_item_variable(study, item) for item in items))
    rows = np.concatenate([np.empty((0, len(variables)), np.int64), *parts])
    ordered = rows[np.lexsort(rows.T[::-1])]
    frame = pd.DataFrame(ordered, columns=[variable.key for variable in variables])
    return Release(study, rules, variables, frame, tuple(units))


def _harmless(column: "pd.Series[str]") -> "pd.Series[str]":
    return column.map({name: harmless(name) for name in column.dropna().unique()})


def _quasi_identifiers(
    people: pd.DataFrame, study: Study, rules: ReleaseRules
) -> tuple[Variable, ...]:
    """What others may know of a person: the columns of the rules and the respondent's own."""
    months = set(map(str, pd.period_range(study.starts, study.ends, freq="M")))
    present: dict[str, set[str]] = {
        "service": set(people["service"].dropna()),
        "month": months | set(people["month"].dropna()),
    }
    columns = [
        column.model_copy(update={"options": {v: Text(id=v, en=v) for v in sorted(present[key])}})
        if (key := column.key) in present
        else column
        for column in rules.columns
    ]
    columns += [
        VisitColumn(key=field.key, text=field.text, options=field.options)
        for field in study.instrument.respondent.fields
    ]
    return tuple(_quasi_variable(column, rules) for column in columns)


def _quasi_variable(column: VisitColumn, rules: ReleaseRules) -> Variable:
    merged = {key: merge.text for key, merge in rules.merges.get(column.key, {}).items()}
    told = {**column.options, **merged}
    categories = [ValueLabel(v, code, text) for code, (v, text) in enumerate(told.items(), start=1)]
    return Variable(
        column.key,
        column.text,
        (*categories, _missing("", NOT_TOLD, "not_told"), _missing("*", HIDDEN, "hidden")),
    )


def _item_variable(study: Study, item: str) -> Variable:
    found = next(one for one in study.instrument.questions if one.key == item)
    answers = [ValueLabel(str(value), value, text) for value, text in sorted(found.answers.items())]
    missing = ValueLabel("", NOT_TOLD, study.instrument.missing)
    return Variable(item, found.text, (*answers, missing), measured=True)


def _unit_variable(released: list[UnitRelease]) -> Variable:
    numbered = enumerate((unit.name for unit in released), start=1)
    categories = tuple(ValueLabel(name, at, Text(id=name, en=name)) for at, name in numbered)
    return Variable("unit", _text("unit"), categories)


def _missing(value: str, code: int, name: str) -> ValueLabel:
    return ValueLabel(value, code, _text(name))


def _text(name: str) -> Text:
    key = f"open_data.{name}"
    return Text(id=say("id", key), en=say("en", key))


def _codes(column: "pd.Series[str]", variable: Variable) -> Codes:
    """(n,) the number of each value, 0 where nothing was told."""
    numbers = {category.value: category.code for category in variable.categories if category.value}
    found = column.map(numbers, na_action="ignore")
    unknown = column[found.isna() & column.notna()]
    if len(unknown):
        raise ValueError(f"{variable.key}: no such value as {unknown.iloc[0]!r}")
    return np.asarray(found.fillna(0), np.int64)


def _steps(quasi: tuple[Variable, ...], rules: ReleaseRules) -> list[RecodingStep]:
    places = {variable.key: at for at, variable in enumerate(quasi)}
    dropped = sorted(step.drop for step in rules.steps if step.drop)
    if dropped != sorted(places):
        place = Place(RULES.name, key="steps")
        raise bad("other_columns_dropped", place, found=dropped, columns=list(places))
    return [
        RecodingStep(places[step.merge], _onto(quasi[places[step.merge]], rules.merges[step.merge]))
        if step.merge
        else RecodingStep(places[step.drop or ""], None)
        for step in rules.steps
    ]


def _onto(variable: Variable, merges: Mapping[str, Merge]) -> Codes:
    """The code after the merge by the code before; 0 stays: nothing told."""
    numbers = {category.value: category.code for category in variable.categories}
    onto: Codes = np.arange(len(variable.categories) - 1, dtype=np.int64)
    for value, merge in merges.items():
        onto[[numbers[old] for old in merge.of if old in numbers]] = numbers[value]
    return onto


def _low(answers: Codes, instrument: Instrument) -> Flags:
    """(n, items) answers in the lower half of what the item allows."""
    middle = np.array([(values[0] + values[-1]) / 2 for values in instrument.allowed.values()])
    return np.asarray((answers != NOT_TOLD) & (answers < middle))


def _sources(rows: pd.DataFrame) -> Codes:
    """(n,) numbers of the sources; where one of them is small, of who may hold them.

    The numbers stand in the order of the names, so that they do not tell the rows' order.
    """
    sizes = rows[SOURCE].value_counts()
    named = rows[HOLDER if any(map(few, sizes)) else SOURCE].astype(str)
    numbers: Codes = pd.factorize(named, sort=True)[0].astype(np.int64)
    return numbers


@dataclass(frozen=True)
class _Figures:
    """What is counted of a unit: its tally by holder, None where nobody answered; by holder too
    what was experienced; the source of each row; and whether one person knows nearly all."""

    tally: Tally | None
    experienced: Sequence[Experienced]
    sources: Codes
    known: bool


def _unit_release(name: str, figures: _Figures, study: Study, rules: ReleaseRules) -> UnitRelease:
    """What is given of a unit, before its rows are made safe: see docs/decisions/0007."""
    told = disclose_experience(*figures.experienced)
    if figures.tally is None or (index := disclose_sources(figures.tally, study.scheme)).too_few:
        return UnitRelease(name, "too_few", None, told)
    given: Given = "rows"
    if index.n < rules.least:
        given = "too_few_rows"
    elif figures.known or not enough(int(np.bincount(figures.sources).min())):
        given = "small_source"
    elif any(few(int(n)) for element in index.means for n in figures.tally.answered(element)):
        given = "small_element"
    return UnitRelease(name, given, index, told)


def _tallies(people: pd.DataFrame, study: Study) -> dict[str, Tally]:
    """By unit, the tally by source that somebody may hold."""
    items = list(study.instrument.allowed)
    answers = _by_holder(people)[["unit", SOURCE, *items]]
    read = count_frame(answers, study.instrument, ["unit", SOURCE])
    return {
        str(unit): Tally(rows.drop(columns="unit"), (SOURCE,), read.items_of, read.allowed)
        for unit, rows in read.counted.groupby("unit")
    }


def _experienced(responses: pd.DataFrame, instrument: Instrument) -> dict[str, list[Experienced]]:
    """By unit, what each source that somebody may hold experienced."""
    forms = list(instrument.experience.forms)
    columns = {form_column(form): form for form in forms}
    told = _by_holder(responses)[["unit", SOURCE, *columns]].rename(columns=columns)
    answer = responses["experience"]
    answered = {"answered": answer.isin(["some", "none"])}
    answered |= {word: answer == word for word in ("none", "declined")}
    measures = told.astype(dict.fromkeys(forms, "boolean")).assign(**answered)
    counted = measures.groupby(["unit", SOURCE], as_index=False).sum()
    found: dict[str, list[Experienced]] = {}
    for unit, one in zip(counted["unit"], read_experience(counted, instrument), strict=True):
        found.setdefault(unit, []).append(one)
    return found


def _by_holder(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows, by who may hold them in the place of their source."""
    return rows.assign(**{SOURCE: rows[HOLDER].astype(str)})

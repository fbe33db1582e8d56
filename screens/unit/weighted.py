"""Figures beside the headline: weighted to the visits by service, and drawn to all units."""

import pandas as pd
import streamlit as st

from analysis.index.disclosed import DisclosedIndex
from analysis.rulebook.certainty import load_certainty
from analysis.uncertainty.shrinkage import FEWEST_UNITS
from analysis.uncertainty.strata import Weighted
from analysis.uncertainty.uncertainty import Uncertainty
from desk.unit.results import UnitResults
from desk.unit.weighted import NotWeighted, ShrunkenUnits, WeightedIndices
from locales import show_range
from locales.refusals import sentence
from screens.plain import plain, show_table
from screens.shell import language, number, say
from screens.workings import show_workings

NOTHING = "–"


def show(results: UnitResults, beside: WeightedIndices | None, units: ShrunkenUnits | None) -> None:
    """What the headline is, then each kind of figure with what it means."""
    if beside is None or results.index is None:
        st.info(say("dashboard.after_closing"), icon=":material/lock_clock:")
        return
    st.info(say("weighted.headline_stays", index=_index(results.index)), icon=":material/flag:")
    st.header(say("weighted.services"))
    st.markdown(say("weighted.services_lead"))
    _weighted(results, results.index, beside)
    if units:
        st.header(say("weighted.units"))
        st.markdown(say("weighted.units_lead"))
        _units(units)


def _weighted(results: UnitResults, index: DisclosedIndex, beside: WeightedIndices) -> None:
    figures = {
        "stratified": beside.stratified,
        "post_stratified": beside.post_stratified,
    }
    found = {name: one for name, one in figures.items() if isinstance(one, Weighted)}
    for refusal in dict.fromkeys(one for one in figures.values() if isinstance(one, NotWeighted)):
        names = ", ".join(map(plain, refusal.services))
        st.warning(say(f"weighted.why_{refusal.why}", services=names))
    if not found:
        return
    level = number(100 * load_certainty().level, 0)
    rows = [
        say("weighted.index"),
        say("weighted.error"),
        say("weighted.interval", level=level),
        say("weighted.effect_survey"),
        say("weighted.effect_kish"),
    ]
    columns = {
        say("weighted.headline"): [_index(index), *_sure(results.certainty), NOTHING, NOTHING]
    }
    for name, one in found.items():
        effects = [_number(one.design_effect), _number(one.kish)]
        columns[say(f"weighted.{name}")] = [_number(one.index), *_sure(one.uncertainty), *effects]
    show_table(pd.DataFrame({say("weighted.figure"): rows, **columns}))
    if beside.merged:
        names = ", ".join(plain(one or say("dashboard.no_service")) for one in beside.merged)
        st.caption(say("weighted.merged", services=names))
    meanings = [say(f"weighted.{name}_means") for name in found]
    show_workings(*meanings, say("weighted.effects_mean"))


def _units(units: ShrunkenUnits) -> None:
    if units.left_out:
        st.caption(say("weighted.left_out", number=number(units.left_out, 0)))
    if len(units.units) < FEWEST_UNITS:
        st.info(say("weighted.few_units", fewest=FEWEST_UNITS), icon=":material/info:")
        return
    rows = [
        (
            f"{one.name} ({number(one.index.n, 0)})",
            _with_error(_index(one.index), one.error),
            *(
                _with_error(number(shrunken[0]), shrunken[1]) if shrunken else NOTHING
                for shrunken in (one.empirical_bayes, one.fay_herriot)
            ),
        )
        for one in units.units
    ]
    headings = ("unit", "headline", "empirical_bayes", "fay_herriot")
    show_table(pd.DataFrame(rows, columns=[say(f"weighted.{one}") for one in headings]))
    st.caption(say("weighted.brackets"))
    show_workings(say("weighted.empirical_bayes_means"), say("weighted.fay_herriot_means"))


def _index(index: DisclosedIndex) -> str:
    return number(index.scheme.round(index.index)) if index.index is not None else NOTHING


def _sure(found: Uncertainty | None) -> tuple[str, str]:
    if found is None or found.bounded is None:
        why = found and found.no_interval
        return NOTHING, sentence(language(), why) if why else NOTHING
    low, high = map(number, found.bounded)
    return _number(found.standard_error), show_range(low, high)


def _number(value: float | None) -> str:
    return number(value) if value is not None else NOTHING


def _with_error(index: str, error: float | None) -> str:
    return f"{index} ({number(error)})" if error is not None else index

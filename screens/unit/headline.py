"""The head of a unit's dashboard: its index as a picture, how sure it is, who was counted."""

from fractions import Fraction

import streamlit as st

from analysis.disclosure import SMALLEST_GROUP
from analysis.index.disclosed import DisclosedIndex
from analysis.rulebook.certainty import load_certainty
from desk.unit.changes import Moment
from desk.unit.results import UnitResults
from reports.headline_picture import (
    EarlierIndex,
    HeadlinePicture,
    SampleSize,
    described,
    headline_svg,
)
from screens import charts
from screens.plain import plain
from screens.problems import refusal_told
from screens.shell import day, language, number, say

COUNTS = ("received", "excluded", "withdrawn")


def show(results: UnitResults, index: DisclosedIndex, earlier: Moment | None) -> None:
    """The picture with what it means; ``earlier``: of the period before, if it may be compared."""
    with st.container(border=True):
        st.subheader(_title(results, index), anchor=False)
        picture = _picture(results, index, earlier)
        charts.draw_svg(headline_svg(picture, language()), described(picture, language()))
        if index.index is None:
            st.markdown(refusal_told(index.no_index) if index.no_index else "")
        else:
            _certainty(results, index)
            st.caption(_thresholds(results, index))
        st.caption(_counted(results, index))
        with st.expander(say("dashboard.details")):
            st.markdown("\n".join(f"- {one}" for one in _details(results)))
    if results.period.closed_at is None:
        st.caption(say("dashboard.steps", smallest=SMALLEST_GROUP, ends=day(results.period.ends)))


def _title(results: UnitResults, index: DisclosedIndex) -> str:
    name, band = results.scheme.title[language()], index.band
    if band is None:
        return name
    return f"{name}: {plain(' · '.join(filter(None, (band.grade, band.label[language()]))))}"


def _picture(
    results: UnitResults, index: DisclosedIndex, earlier: Moment | None
) -> HeadlinePicture:
    found = results.certainty
    before = earlier.index.index if earlier else None
    return HeadlinePicture(
        results.scheme,
        index.index,
        found.bounded if found else None,
        load_certainty().level,
        EarlierIndex(before, earlier.period.name) if earlier and before is not None else None,
        SampleSize(index.n, results.minimum) if results.minimum else None,
    )


def _certainty(results: UnitResults, index: DisclosedIndex) -> None:
    """Between what the index lies and how sure the grade is, or why that can't be said."""
    found = results.certainty
    if found is None:
        return
    if found.no_interval:
        st.markdown(say("dashboard.no_interval", why=refusal_told(found.no_interval)))
        return
    told = [_interval(found.bounded)] if found.bounded else []
    if index.band and (sure := found.sentence(index.band.grade or "", language())):
        told.append(sure)
    st.markdown(" ".join(told))


def _thresholds(results: UnitResults, index: DisclosedIndex) -> str:
    """The picture's caption: where each grade begins, and whether it is reached."""
    bands = results.scheme.bands.value if results.scheme.bands else []
    told = [
        say(
            "dashboard.reached" if Fraction(index.shown or 0) >= band.start else "dashboard.beyond",
            grade=plain(band.grade or band.label[language()]),
            edge=number(band.start),
        )
        for band in sorted(bands, key=lambda band: band.start)[1:]
    ]
    return say("dashboard.thresholds", thresholds=" · ".join(told))


def _counted(results: UnitResults, index: DisclosedIndex) -> str:
    counts = {name: number(getattr(results, name), 0) for name in COUNTS}
    told = say("dashboard.counted", n=number(index.n, 0), **counts)
    return told if results.minimum else f"{told} {say('dashboard.no_visits')}"


def _details(results: UnitResults) -> list[str]:
    """What the figures rest on."""
    found = results.certainty
    told = [say("dashboard.pooled")]
    if results.minimum and results.visits:
        sample = {"minimum": number(results.minimum, 0), "visits": number(results.visits, 0)}
        told.append(say("dashboard.minimum", **sample))
    if found and found.bounded:
        told.append(say("dashboard.assumed"))
    return told


def _interval(ends: tuple[float, float]) -> str:
    low, high = map(number, ends)
    level = number(100 * load_certainty().level, 0)
    return say("dashboard.interval", low=low, high=high, level=level)

"""What to mend first: what an element would have to gain, and how much it matters."""

import pandas as pd
import streamlit as st

from analysis.errors import Problem
from analysis.soundness.importance import Importance, VarianceShares
from analysis.soundness.lift import NextGrade, next_grade
from desk.unit.drivers import Drivers
from desk.unit.results import UnitResults
from locales import show_range
from locales.refusals import sentence
from screens import charts
from screens.plain import show_table
from screens.shell import language, number, percent, say
from screens.workings import show_workings


def show(results: UnitResults, drivers: Drivers | None) -> None:
    """The way to the next grade; then, after closing, what drives the rating or the spread."""
    if results.index is None:
        return
    found = next_grade(results.index)
    if isinstance(found, Problem):
        st.header(say("mending.grade"))
        st.info(sentence(language(), found).capitalize(), icon=":material/info:")
    else:
        st.header(say("mending.next", grade=found.band.grade))
        _next_grade(results, found)
    if drivers is None:
        st.info(say("dashboard.after_closing"), icon=":material/lock_clock:")
    elif isinstance(drivers.parts, Problem):
        st.header(say("mending.importance" if drivers.rated else "mending.shares"))
        st.info(sentence(language(), drivers.parts).capitalize(), icon=":material/info:")
    elif isinstance(drivers.parts, Importance):
        _importance(results, drivers.parts)
    else:
        _shares(results, drivers.parts)


def _names(results: UnitResults) -> dict[str, str]:
    return {node.key: node.name[language()] for node in results.scheme.children}


def _next_grade(results: UnitResults, found: NextGrade) -> None:
    names = _names(results)
    lifts = sorted(found.lifts, key=lambda lift: (not lift.reachable, lift.mean))
    first = lifts[0]
    grade = f"{found.band.grade} ({found.band.label[language()]})"
    told = {
        "short": results.scheme.short,
        "grade": grade,
        "edge": number(found.band.start),
    }
    if first.reachable:
        mean = {"mean": number(first.mean), "needed": number(first.needed, 3)}
        st.markdown(say("mending.lift", element=names[first.element], **told, **mean))
    else:
        st.markdown(say("mending.together", **told))
    if found.alike is not None:
        st.markdown(say("mending.alike", rise=number(found.alike, 3)))
    rows = [
        (
            names[lift.element],
            number(lift.mean, 3),
            number(lift.needed, 3) if lift.reachable else say("mending.not_alone"),
        )
        for lift in lifts
    ]
    headings = [say(f"mending.{column}") for column in ("element", "mean_now", "mean_needed")]
    show_table(pd.DataFrame(rows, columns=headings))


def _importance(results: UnitResults, found: Importance) -> None:
    st.header(say("mending.importance"))
    names, index = _names(results), results.index
    codes = {node.key: node.number for node in results.scheme.children}
    rows = [
        {
            "code": f"U{code.list}" if (code := codes[driver.element]) else names[driver.element],
            "name": names[driver.element],
            "mean": float(mean),
            "importance": driver.importance / found.r_squared,
            "text": _share(driver.importance / found.r_squared),
            "between": show_range(
                _share(driver.low / found.r_squared), _share(driver.high / found.r_squared)
            ),
        }
        for driver in found.drivers
        if index and (mean := index.means[driver.element]) is not None
    ]
    frame = pd.DataFrame(rows)
    middle = frame["mean"].mean(), frame["importance"].mean()
    weak = frame[(frame["mean"] < middle[0]) & (frame["importance"] > middle[1])]
    sentence = (
        say("mending.first", names=", ".join(weak["name"]))
        if len(weak)
        else say("mending.none_first")
    )
    table = frame[["code", "name", "mean", "text", "between"]].assign(
        mean=[number(mean) for mean in frame["mean"]]
    )
    headings = ("code", "element", "mean_now", "share", "between")
    table = table.set_axis([say(f"mending.{column}") for column in headings], axis=1)
    chart = charts.priorities(frame, say("mending.mean_now"), say("mending.share"))
    charts.show(chart, sentence, table, "importance")
    numbers = {
        "r_squared": _share(found.r_squared),
        "n": number(found.n, 0),
        "left_out": number(found.left_out, 0),
        "draws": number(found.draws, 0),
        "level": _share(found.level),
    }
    show_workings(say("mending.importance_note", **numbers))
    _constant(found, names)


def _shares(results: UnitResults, found: VarianceShares) -> None:
    st.header(say("mending.shares"))
    names = _names(results)
    rows = sorted(found.shares.items(), key=lambda one: -one[1])
    frame = pd.DataFrame(
        [{"name": names[key], "value": 100 * share, "text": _share(share)} for key, share in rows]
    )
    first = {"element": frame["name"][0], "share": frame["text"][0]}
    sentence = say("mending.shares_sentence", short=results.scheme.short, **first)
    table = frame[["name", "text"]].set_axis([say("mending.element"), say("mending.part")], axis=1)
    low = min(0.0, float(frame["value"].min()))
    top = max(20.0, float(frame["value"].max()))
    charts.show(charts.bars(frame, (low, top / 2, top), "%"), sentence, table, "shares")
    counts = {"n": number(found.n, 0), "left_out": number(found.left_out, 0)}
    show_workings(say("mending.shares_note", **counts))
    _constant(found, names)


def _constant(found: Importance | VarianceShares, names: dict[str, str]) -> None:
    if found.constant:
        told = ", ".join(names[key] for key in found.constant)
        st.caption(say("mending.constant", names=told))


def _share(part: float) -> str:
    return percent(part, 1)

"""What to mend first: what an element would have to gain, and how much it matters."""

import pandas as pd
import streamlit as st

from analysis.errors import Problem
from analysis.soundness.importance import Importance, VarianceShares
from analysis.soundness.lift import NextGrade, next_grade
from analysis.soundness.priorities import priorities
from desk.unit.drivers import Drivers
from desk.unit.results import UnitResults
from locales import show_range
from screens import charts
from screens.plain import show_table
from screens.problems import refusal_told
from screens.shell import language, number, percent, say
from screens.workings import show_workings


def show(results: UnitResults, drivers: Drivers | None) -> None:
    """The way to the next grade; then, after closing, what drives the rating or the spread."""
    if results.index is None:
        return
    found = next_grade(results.index)
    if isinstance(found, Problem):
        st.header(say("mending.grade"))
        st.info(refusal_told(found).capitalize(), icon=":material/info:")
    else:
        st.header(say("mending.next", grade=found.band.grade))
        _next_grade(results, found, drivers)
    if drivers is None:
        st.info(say("dashboard.after_closing"), icon=":material/lock_clock:")
    elif isinstance(drivers.parts, Problem):
        st.header(say("mending.importance" if drivers.rated else "mending.shares"))
        st.info(refusal_told(drivers.parts).capitalize(), icon=":material/info:")
    elif isinstance(drivers.parts, Importance):
        _importance(results, drivers.parts)
    else:
        _shares(results, drivers.parts)


def _names(results: UnitResults) -> dict[str, str]:
    return {node.key: node.name[language()] for node in results.scheme.children}


def _next_grade(results: UnitResults, found: NextGrade, drivers: Drivers | None) -> None:
    """What to mend first, by the rule that the report follows, and what it would have to gain."""
    names, lifts = _names(results), {lift.element: lift for lift in found.lifts}
    means = {key: lift.mean for key, lift in lifts.items()}
    chosen = priorities(means, drivers.parts if drivers else None)
    first = lifts[chosen.order[0]]
    told = {
        "short": results.scheme.short,
        "grade": f"{found.band.grade} ({found.band.label[language()]})",
        "edge": number(found.band.start),
    }
    mean = number(first.mean)
    st.markdown(say("mending.first_alone", element=names[first.element], mean=mean))
    if first.reachable:
        needed = number(first.needed, 3)
        st.markdown(say("mending.lift", **told, mean=mean, needed=needed))
    else:
        st.markdown(say("mending.together", **told))
    if found.alike is not None:
        st.markdown(say("mending.alike", rise=number(found.alike, 3)))
    rows = [
        (
            names[key],
            number(lifts[key].mean, 3),
            number(lifts[key].needed, 3) if lifts[key].reachable else say("mending.not_alone"),
        )
        for key in chosen.order
    ]
    headings = [say(f"mending.{column}") for column in ("element", "mean_now", "mean_needed")]
    show_table(pd.DataFrame(rows, columns=headings))
    st.caption(say(f"mending.by_{chosen.basis}"))


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
    sentence = _what_first(results, found)
    table = frame[["code", "name", "mean", "text", "between"]].assign(
        mean=[number(mean) for mean in frame["mean"]]
    )
    headings = ("code", "element", "mean_now", "share", "between")
    level = _share(found.level)
    named = [say(f"mending.{column}", level=level) for column in headings]
    table = table.set_axis(named, axis=1)
    chart = charts.priorities(frame, say("mending.mean_now"), say("mending.share"))
    charts.show(chart, sentence, table, "importance")
    numbers = {
        "r_squared": _share(found.r_squared),
        "n": number(found.n, 0),
        "left_out": number(found.left_out, 0),
        "draws": number(found.draws, 0),
        "level": level,
    }
    show_workings(say("mending.importance_note", **numbers))
    _constant(found, names)


def _what_first(results: UnitResults, found: Importance) -> str:
    """Which elements are clearly, and which perhaps, to be mended first."""
    names = _names(results)
    known = results.index.means.items() if results.index else []
    chosen = priorities({key: mean for key, mean in known if mean is not None}, found)
    level = _share(found.level)
    said = [
        say(f"mending.{key}", names=", ".join(names[one] for one in elements), level=level)
        for key, elements in (("first", chosen.clear), ("maybe_first", chosen.unclear))
        if elements
    ]
    return " ".join(said if chosen.clear else [say("mending.none_first"), *said])


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

"""What changed since the year before, with its interval; only where schemes may be compared."""

import pandas as pd
import streamlit as st

from analysis.rulebook.scheme import Scheme, load_scheme, scheme_ids
from analysis.uncertainty.change import Change
from desk.index.league import YearOnYear, league_of, year_on_year
from desk.index.perception import ScoredRound, Scoring, is_scored_here, year_shown
from locales.refusals import show_value
from screens import charts, marks
from screens.choices import warn_of_simulation
from screens.looks import look
from screens.shell import language, number, say, signed
from screens.workings import show_workings

MOST_DRAWN = 10


def show(scored: ScoredRound, frame: pd.DataFrame, stand_in: bool) -> None:
    """Asks under which scheme the year before is scored; shows what changed, or why not."""
    scheme = scored.result.scheme
    before = _ask_scheme(scheme, scored.year - 1)
    if not before.comparable(scheme):
        told = {"one": before.title[language()], "other": scheme.title[language()]}
        st.info(say("yearly.not_comparable", **told), icon=":material/compare:")
        return
    if before.id != scheme.id:
        st.caption(say("yearly.comparable", standing=_standing(scheme, before)))
    warn_of_simulation(before, scored.year - 1)
    with look() as (session, actor):
        scoring = Scoring(scheme, scored.year, stand_in, scored.without, squares=True)
        after = year_shown(session, actor, scoring)
        found = year_on_year(session, actor, after, before, stand_in)
    if found is None:
        st.info(say("yearly.none", year=scored.year - 1), icon=":material/event_busy:")
        return
    _show(found, frame, before)


def _ask_scheme(scheme: Scheme, year: int) -> Scheme:
    ids = [name for name in scheme_ids() if is_scored_here(load_scheme(name))]
    chosen = st.selectbox(
        say("yearly.scheme", year=year),
        ids,
        index=ids.index(scheme.id),
        format_func=lambda name: load_scheme(name).title[language()],
        key=f"yearly_scheme_{scheme.id}",
    )
    return load_scheme(chosen)


def _standing(scheme: Scheme, other: Scheme) -> str:
    """Whose word it is that the two may be compared."""
    said = [one.comparable_with for one in (scheme, other) if one.comparable_with]
    return marks.standing(said[0].standing)


def _show(found: YearOnYear, after: pd.DataFrame, scheme: Scheme) -> None:
    before = league_of(found.before).set_index("code")
    both = after[after["code"].isin(found.changes)]
    changes = [found.changes[code] for code in both["code"]]
    changed = [one for one in changes if one.changed]
    st.markdown(
        say(
            "yearly.sentence",
            both=number(len(both), 0),
            up=number(sum((one.difference or 0) > 0 for one in changed), 0),
            down=number(sum((one.difference or 0) < 0 for one in changed), 0),
        )
    )
    table = pd.DataFrame(
        {
            "name": both["name"],
            "before": marks.marked_scores(scheme, both["code"].map(before["shown"])),
            "now": marks.marked_scores(found.after.result.scheme, both["shown"].astype(object)),
            "difference": [signed(one.difference) for one in changes],
            "interval": [_interval(one) for one in changes],
            "told": [show_value(language(), one.verdict) for one in changes],
        }
    )
    _draw(both, changes)
    headings = {key: say(f"yearly.{key}") for key in table}
    st.dataframe(
        table.rename(columns=headings), hide_index=True, placeholder="–", key="yearly_table"
    )
    show_workings(say("yearly.rests_on"))


def _interval(change: Change) -> str:
    if change.interval is None:
        return "–"
    low, high = map(signed, change.interval)
    return say("yearly.from_to", low=low, high=high)


def _draw(both: pd.DataFrame, changes: list[Change]) -> None:
    """The greatest differences."""
    rows = [
        charts.difference(name, one)
        for name, one in zip(both["name"], changes, strict=True)
        if one.difference is not None
    ]
    if not rows:
        return
    frame = pd.DataFrame(rows)
    order = frame["value"].abs().sort_values(ascending=False).index[:MOST_DRAWN]
    first = frame.loc[order].astype({"low": float, "high": float})
    told = ", ".join(
        f"{name} {text}" for name, text in zip(first["name"], first["text"], strict=True)
    )
    st.markdown(f"**{say('yearly.greatest')}**")
    charts.draw(charts.differences(first, say("yearly.points")), told, "yearly")

"""One year under two schemes: what each says of the same evidence, and where they differ."""

from fractions import Fraction

import altair as alt
import pandas as pd
import streamlit as st

from accounts.actors import Actor, require_analyst
from analysis.exact import exact
from analysis.index.league import side_by_side
from analysis.rulebook.defaults import load_defaults
from analysis.rulebook.fieldwork import blends
from analysis.rulebook.scheme import Scheme, load_scheme, scheme_ids
from desk.index.league import league_of
from desk.index.perception import STORED, Scoring, assessed_years, year_shown
from models import Session
from reports.cells import csv_of
from reports.style import INK, TEXT, ZONES
from screens import charts, marks
from screens.choices import warn_of_simulation
from screens.handing import CSV, NamedFile, hand_out
from screens.index.schemes import ask_stand_in, choose, edges
from screens.looks import look
from screens.shell import language, number, say

EXAMPLE = Fraction("78.45")  # Ogan Komering Ilir in 2022


def screen() -> None:
    """Asks for two schemes and a year; shows one number and one year under both."""
    st.title(say("shell.page_banding"))
    st.markdown(say("comparing.lead"))
    ids = [name for name in scheme_ids() if _of_institutions(load_scheme(name))]
    first, second = load_defaults().schemes_compared
    left, right = st.columns(2)
    with left:
        one = choose(ids, say("comparing.first"), "comparing_first", first)
    with right:
        other = choose(ids, say("comparing.second"), "comparing_second", second)
    _one_number(one, other)
    st.header(say("comparing.year"))
    lacking = [scheme for scheme in (one, other) if _not_stored(scheme)]
    for scheme in lacking:
        _tell_lacking(scheme)
    if lacking:
        return
    with look() as (session, actor):
        _one_year(session, actor, one, other)


def _of_institutions(scheme: Scheme) -> bool:
    return blends(scheme) and scheme.bands is not None


def _not_stored(scheme: Scheme) -> list[str]:
    """The kinds of evidence that the scheme asks for and that are not stored here."""
    asked = dict.fromkeys(node.evidence for node in scheme.indicators())
    return [one for one in asked if one is not None and one not in STORED]


def _tell_lacking(scheme: Scheme) -> None:
    evidence = ", ".join(say(f"comparing.evidence_{one}") for one in _not_stored(scheme))
    told = say("comparing.lacking", scheme=scheme.title[language()], evidence=evidence)
    st.info(told, icon=":material/database_off:")


def _one_number(one: Scheme, other: Scheme) -> None:
    """A score typed in, as the bands of each scheme read it."""
    st.header(say("comparing.number"))
    typed = st.text_input(say("comparing.score"), number(EXAMPLE), key="comparing_number")
    try:
        score = exact(typed)
    except ValueError:
        st.error(say("comparing.no_number", example=number(EXAMPLE)), icon=":material/error:")
        return
    for column, scheme in zip(st.columns(2), (one, other), strict=True):
        with column, st.container(border=True):
            st.markdown(f"**{scheme.title[language()]}**")
            low, high = scheme.span
            if not low <= score <= high:
                told = say("comparing.outside", low=number(low), high=number(high))
                st.markdown(told)
                continue
            band = scheme.band(score)
            if band is None:
                continue
            value = " · ".join(
                part for part in (band.grade, band.zone and say(f"league.{band.zone}")) if part
            )
            shown = marks.marked(scheme, value or band.label[language()])
            st.metric(number(score), shown)
            st.caption(f"{band.label[language()]}: {edges(band, scheme)}")


def _one_year(session: Session, actor: Actor, one: Scheme, other: Scheme) -> None:
    years = assessed_years(session, actor)
    if not years:
        st.info(say("scores.nothing"), icon=":material/info:")
        return
    year = st.selectbox(say("words.year"), years, key="comparing_year")
    rounds = []
    for scheme, key in ((one, "comparing_stand_in_first"), (other, "comparing_stand_in_second")):
        stand_in = ask_stand_in(scheme, key)
        rounds.append(year_shown(session, actor, Scoring(scheme, year, stand_in)))
    for scored in rounds:
        warn_of_simulation(scored.result.scheme, year)
        if scored.not_independent:
            st.warning(say("league.not_independent"), icon=":material/warning:")
    marks.show_meaning(one, other)
    if not one.comparable(other):
        st.warning(say("comparing.not_comparable"), icon=":material/compare:")
    _show(side_by_side(*map(league_of, rounds)), one, other)


def _show(both: pd.DataFrame, one: Scheme, other: Scheme) -> None:
    scored = both[both["shown_1"].notna() & both["shown_2"].notna()]
    if scored.empty:
        st.info(say("comparing.unscored"), icon=":material/info:")
        return
    differs = int(scored["differs"].sum())
    told = {"differs": number(differs, 0), "all": number(len(scored), 0)}
    st.markdown(say("comparing.sentence", **told))
    charts.draw(_scatter(scored, one, other), say("comparing.sentence", **told), "comparing")
    _crossed(scored)
    only = st.toggle(say("comparing.only"), key="comparing_only")
    _table(both[both["differs"]] if only else both, one, other)


def _scatter(scored: pd.DataFrame, one: Scheme, other: Scheme) -> charts.Chart:
    """Each institution by both scores; the lines are the edges of the zones."""
    colours = {True: "#c2571a", False: INK}
    frame = pd.DataFrame(
        {
            "x": scored["score_1"],
            "y": scored["score_2"],
            "colour": scored["differs"].map(colours),
            "shape": scored["differs"].map({True: "diamond", False: "circle"}),
            "tip": scored["name"] + ": " + scored["shown_1"] + " / " + scored["shown_2"],
        }
    )
    labels = charts.decimal_mark()
    ends = [list(map(float, scheme.span)) for scheme in (one, other)]
    points = (
        alt.Chart(frame)
        .mark_point(aria=False, filled=True, size=50, opacity=0.75)
        .encode(
            x=alt.X(
                "x:Q",
                scale=alt.Scale(domain=ends[0], nice=False),
                axis=alt.Axis(title=one.title[language()], labelExpr=labels),
            ),
            y=alt.Y(
                "y:Q",
                scale=alt.Scale(domain=ends[1], nice=False),
                axis=alt.Axis(title=other.title[language()], labelExpr=labels),
            ),
            color=alt.Color("colour:N", scale=None),
            shape=alt.Shape("shape:N", scale=None),
            tooltip=alt.Tooltip("tip:N"),
        )
    )
    rules = []
    for channel, scheme in (("x", one), ("y", other)):
        bands = scheme.bands.value if scheme.bands else []
        edge = [float(band.start) for band in bands if band.start > scheme.span[0]]
        rule = alt.Chart(pd.DataFrame({"edge": edge})).mark_rule(
            aria=False, color=TEXT, strokeDash=[3, 3], opacity=0.6
        )
        rules.append(
            rule.encode(**{channel: alt.X("edge:Q") if channel == "x" else alt.Y("edge:Q")})
        )
    return alt.layer(*rules, points).properties(height=380)


def _crossed(scored: pd.DataFrame) -> None:
    """How many are in which zone under the one, and in which under the other."""
    names = {zone: say(f"league.{zone}") for zone in ZONES}
    if scored[["zone_1", "zone_2"]].isna().any(axis=None):
        return
    counts = pd.crosstab(scored["zone_1"].map(names), scored["zone_2"].map(names))
    present = [[name for name in names.values() if name in axis] for axis in counts.axes]
    shown = (
        counts.loc[present[0], present[1]]
        .map(lambda found: number(found, 0))
        .rename_axis(columns=None)
        .reset_index()
    )
    shown.columns = [say("comparing.zones"), *shown.columns[1:]]
    st.table(shown, hide_index=True)


def _table(both: pd.DataFrame, one: Scheme, other: Scheme) -> None:
    zones = {zone: say(f"league.{zone}") for zone in ZONES}
    columns = {say("league.name"): both["name"]}
    for at, scheme in ((1, one), (2, other)):
        band = both[f"grade_{at}"].fillna("") + " " + both[f"zone_{at}"].map(zones).fillna("")
        text = marks.marked_scores(scheme, both[f"shown_{at}"].astype(object))
        columns[say("comparing.score_under", scheme=scheme.id)] = text.fillna("–")
        columns[say("comparing.zone_under", scheme=scheme.id)] = band.str.strip()
        columns[say("comparing.rank_under", scheme=scheme.id)] = both[f"rank_{at}"]
    differs = both["differs"].map({True: say("comparing.other"), False: say("comparing.same")})
    columns[say("comparing.differs")] = differs
    st.dataframe(
        pd.DataFrame(columns),
        hide_index=True,
        placeholder="–",
        width="stretch",
        key="comparing_table",
    )
    file = both.drop(columns=["exact_1", "exact_2", "label_1", "label_2", "score_1", "score_2"])
    file = file.assign(
        scheme_1=one.id,
        standings_1=" ".join(one.standings),
        scheme_2=other.id,
        standings_2=" ".join(other.standings),
    )

    def for_analysts(session: Session, asking: Actor) -> bytes:
        require_analyst(asking)
        return csv_of(file)

    named = NamedFile(f"{one.id}-{other.id}.csv", CSV)
    hand_out(say("league.as_csv"), named, for_analysts, "comparing_csv")

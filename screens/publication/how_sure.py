"""How sure the ranks and zones of a publication are, and what other weights would make of them."""

import itertools
from collections.abc import Mapping, Sequence
from decimal import Decimal

import altair as alt
import pandas as pd
import streamlit as st

from analysis.publication.certainty import (
    Certified,
    band_key,
    certainty_level,
    told_certainty,
)
from analysis.publication.published_scores import (
    PublishedInstitution,
    PublishedRobustness,
    PublishedScores,
)
from analysis.robustness.robustness import ascending
from analysis.rulebook.scheme import Node, Scheme
from desk.publication.published import Entry
from desk.publication.weighing import dimensions, weighed
from locales import show_chance, show_range
from reports.how_sure import band_name, certainty_line
from reports.style import INK, TEXT, ZONES
from screens import charts
from screens.plain import plain
from screens.shell import language, number, percent, say
from screens.watching import part

MOST_DRAWN = 40
NAMES = alt.Axis(title=None, labelLimit=130, ticks=False, labelFlush=False)
SHADES = ("#1f5c66", "#5f97a0", "#9dc3c8", "#c9dfe2", "#e6eff0")


def told(document: PublishedScores, one: Certified) -> str | None:
    """A line on an institution or a unit: its rank with its set, its zone with its probability."""
    sure = told_certainty(document, document.scheme.as_scheme(), one)
    return certainty_line(language(), sure) if sure else None


def show_line(document: PublishedScores, one: Certified) -> None:
    """The same under its name, where the document says it."""
    if line := told(document, one):
        st.markdown(f"{plain(one.name)}: {line}.")


def explain_columns(document: PublishedScores) -> None:
    """What the league's columns of sets and probabilities mean."""
    if level := certainty_level(document):
        st.caption(say("how_sure.columns", level=level))


def show(entry: Entry, document: PublishedScores) -> None:
    """The view: sets of ranks, probabilities of zones, the factors' parts, and weights to move."""
    stated = document.robustness
    sure = [one for one in document.institutions if one.how_sure and one.how_sure.rank_set]
    if stated is None or not sure:
        st.info(say("how_sure.none"), icon=":material/info:")
        return
    level = certainty_level(document)
    st.markdown(say("how_sure.what", level=level))
    st.caption(_assumed(stated))
    first = sorted(sure, key=lambda one: (one.rank or 0, one.name))[:MOST_DRAWN]
    if len(sure) > MOST_DRAWN:
        st.caption(say("how_sure.first", number=MOST_DRAWN))
    tips = [f"{one.name}: {told(document, one)}" for one in first]
    _forest(first, tips, say("how_sure.forest", level=level))
    _zones(first, entry.scheme)
    _factors(stated)
    st.subheader(say("how_sure.weights"))
    part(_weights)(entry, {one.code: one.name for one in document.institutions})


def _assumed(stated: PublishedRobustness) -> str:
    judged = say("how_sure.judged", pairs=number(stated.pairs, 0)) if stated.pairs else ""
    assumed = say("how_sure.judged_assumed")
    drawn = say("how_sure.drawn", draws=number(stated.draws, 0), seed=stated.seed)
    return f"{judged or assumed} {drawn}"


def _forest(sure: Sequence[PublishedInstitution], tips: Sequence[str], sentence: str) -> None:
    """A dot a rank, a thick line its set, a thin one the set that holds for all at once."""
    rows = [
        {
            "name": one.name,
            "rank": one.rank,
            "low": own.rank_set[0],
            "high": own.rank_set[1],
            "least": (own.rank_set_of_all or own.rank_set)[0],
            "most": (own.rank_set_of_all or own.rank_set)[1],
            "tip": tip,
        }
        for one, tip in zip(sure, tips, strict=True)
        if (own := one.how_sure) and own.rank_set
    ]
    base = alt.Chart(pd.DataFrame(rows)).encode(
        y=alt.Y(
            "name:N",
            sort=[one.name for one in sure],
            axis=NAMES,
        ),
        tooltip=alt.Tooltip("tip:N"),
    )
    across = alt.X(
        "low:Q",
        scale=alt.Scale(zero=False, nice=False, padding=12),
        axis=alt.Axis(title=say("how_sure.axis"), tickMinStep=1, format="d"),
    )
    chart = alt.layer(
        base.mark_rule(aria=False, color=TEXT, strokeWidth=1).encode(
            x=alt.X("least:Q"), x2=alt.X2("most:Q")
        ),
        base.mark_rule(aria=False, color=INK, strokeWidth=5).encode(x=across, x2=alt.X2("high:Q")),
        base.mark_point(aria=False, color=TEXT, fill="white", size=70, opacity=1).encode(
            x=alt.X("rank:Q")
        ),
    ).properties(height=alt.Step(26))
    headings = [
        say(f"how_sure.{key}") for key in ("name", "of_rank", "set", "set_of_all", "choices")
    ]
    table = pd.DataFrame([_line(one) for one in sure], columns=headings)
    charts.show(chart, sentence, table, "how_sure_ranks")


def _line(one: PublishedInstitution) -> tuple[object, ...]:
    sure = one.how_sure
    ends = (sure.rank_set, sure.rank_set_of_all, sure.choice_ranks) if sure else (None,) * 3
    shown = [show_range(*map(str, pair)) if pair else "–" for pair in ends]
    return one.name, str(one.rank), *shown


def _zones(sure: Sequence[PublishedInstitution], scheme: Scheme) -> None:
    """A bar an institution, split by the probability of each zone, or of each band."""
    told = _probabilities(sure[0])
    bands = {band_key(band): band for band in ascending(scheme)[::-1] if band_key(band) in told}
    if not bands:
        return
    names = list(bands)
    spoken = {name: band_name(band, language()) for name, band in bands.items()}
    shades = itertools.cycle(SHADES)
    colours = [ZONES[name] if band.zone else next(shades) for name, band in bands.items()]
    rows = [
        {
            "name": one.name,
            "zone": spoken[name],
            "share": float(share),
            "order": at,
            "tip": f"{one.name}, {spoken[name]}: {show_chance(language(), share)}",
        }
        for one in sure
        for at, name in enumerate(names)
        if (share := _probabilities(one).get(name)) is not None
    ]
    chart = (
        alt.Chart(pd.DataFrame(rows))
        .mark_bar(aria=False, size=16)
        .encode(
            y=alt.Y(
                "name:N",
                sort=[one.name for one in sure],
                axis=NAMES,
            ),
            x=alt.X(
                "share:Q",
                stack="normalize",
                axis=alt.Axis(format="%", title=None, values=[0, 0.5, 1], labelFlush=True),
            ),
            color=alt.Color(
                "zone:N",
                scale=alt.Scale(domain=list(spoken.values()), range=colours),
                legend=alt.Legend(title=None, orient="top", columns=2, padding=0, offset=6),
            ),
            order=alt.Order("order:Q"),
            tooltip=alt.Tooltip("tip:N"),
        )
        .properties(height=alt.Step(26))
    )
    table = pd.DataFrame(
        [(one.name, *(_chance(one, name) for name in names)) for one in sure],
        columns=[say("how_sure.name"), *spoken.values()],
    )
    charts.show(chart, say("how_sure.zones"), table, "how_sure_zones")


def _chance(one: PublishedInstitution, name: str) -> str:
    return show_chance(language(), _probabilities(one).get(name, Decimal(0)))


def _factors(stated: PublishedRobustness) -> None:
    """How much of the moves of ranks each source of errors makes, and each choice."""
    if not stated.factors:
        return
    ordered = sorted(stated.factors.items(), key=lambda one: one[1].total, reverse=True)
    headings = [say(f"how_sure.{key}") for key in ("factor", "alone", "with_others")]
    for question in ("data", "choices"):
        own = [(name, one) for name, one in ordered if one.question == question]
        if not own:
            continue
        frame = pd.DataFrame(
            {
                "name": [say(f"how_sure.factor_{name}") for name, _ in own],
                "value": [100 * max(0.0, float(one.total)) for _, one in own],
                "text": [percent(one.total) for _, one in own],
            }
        )
        chart = charts.bars(frame, [0, 25, 50, 75, 100], say("how_sure.part"))
        parts = [[percent(one.first), percent(one.total)] for _, one in own]
        rows = [[name, *shown] for name, shown in zip(frame["name"], parts, strict=True)]
        table = pd.DataFrame(rows, columns=headings)
        charts.show(chart, say(f"how_sure.of_{question}"), table, f"how_sure_{question}")


def _weights(entry: Entry, names: Mapping[str, str]) -> None:
    """Sliders of the weights, and the table that they make, drawn again by themselves."""
    found = dimensions(entry)
    if not found:
        st.caption(say("how_sure.no_weights"))
        return
    st.caption(say("how_sure.weights_what"))
    table = weighed(entry, [_weight(node, share) for node, share in found])
    if table.empty:
        st.warning(say("how_sure.no_weight"), icon=":material/warning:")
        return
    moved = int((table["rank"] != table["own_rank"]).sum())
    st.markdown(say("how_sure.moved", moved=number(moved, 0), all=number(len(table), 0)))
    shown = pd.DataFrame(
        {
            say("how_sure.name"): table["code"].map(names),
            say("how_sure.of_rank"): table["rank"],
            say("how_sure.own_rank"): table["own_rank"],
            say("league.score"): table["score"].map(number),
            say("how_sure.simulated"): [
                show_range(str(low), str(high))
                for low, high in zip(table["low"], table["high"], strict=True)
            ],
        }
    )
    st.dataframe(shown, hide_index=True, width="stretch", key="how_sure_weighed")


def _weight(node: Node, share: float) -> float:
    """The weight that is chosen: exactly the scheme's own while its slider stands where it was."""
    own = round(share)
    chosen = st.slider(node.name[language()], 0, 100, own, key=f"how_sure_weight_{node.key}")
    return share if chosen == own else chosen


def _probabilities(one: PublishedInstitution) -> Mapping[str, Decimal]:
    return (one.how_sure.probability if one.how_sure else None) or {}

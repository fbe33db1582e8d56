"""How sure the ranks and zones of a publication are, and what other weights would make of them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import altair as alt
import pandas as pd
import streamlit as st

from analysis.publication.published_scores import (
    PublishedCertainty,
    PublishedInstitution,
    PublishedRobustness,
    PublishedScores,
)
from analysis.robustness.rules import parse_robustness
from analysis.rulebook.scheme import Scheme
from desk.publication.published import Entry
from desk.publication.weighing import dimensions, weighed
from locales import show_chance, show_range
from reports.style import INK, TEXT, ZONES
from screens import charts
from screens.shell import language, number, say
from screens.watching import part

MOST_DRAWN = 40
SHADES = ("#1f5c66", "#5f97a0", "#9dc3c8", "#c9dfe2", "#e6eff0")


def told(one: PublishedInstitution, level: int) -> str | None:
    """A line on an institution: its rank with its set, its zone with its probability."""
    sure = one.how_sure
    if sure is None or sure.rank_set is None or one.rank is None:
        return None
    rank = say(
        "how_sure.rank", rank=one.rank, level=level, set=show_range(*map(str, sure.rank_set))
    )
    own = one.zone or one.grade
    if not (sure.probability and own in sure.probability):
        return rank
    name = say(f"league.{own}") if one.zone else own
    share = show_chance(language(), sure.probability[own])
    return f"{rank}; {say('how_sure.zone', zone=name.lower(), probability=share)}"


def with_certainty(frame: pd.DataFrame, document: PublishedScores) -> pd.DataFrame:
    """The league with the set of each rank and the probability of each zone beside them."""
    sure = {one.code: one for one in document.institutions if one.how_sure}
    if not sure:
        return frame
    sets = {code: _set(one.how_sure) for code, one in sure.items()}
    shares = {code: _share(one) for code, one in sure.items()}
    return frame.assign(rank_set=frame["code"].map(sets), probability=frame["code"].map(shares))


def show(entry: Entry, document: PublishedScores) -> None:
    """The view: sets of ranks, probabilities of zones, the factors' parts, and weights to move."""
    stated = document.robustness
    sure = [one for one in document.institutions if one.how_sure and one.how_sure.rank_set]
    if stated is None or not sure:
        st.info(say("how_sure.none"), icon=":material/info:")
        return
    st.markdown(say("how_sure.what", level=level_of(stated)))
    st.caption(_assumed(stated))
    first = sorted(sure, key=lambda one: (one.rank or 0, one.name))[:MOST_DRAWN]
    if len(sure) > MOST_DRAWN:
        st.caption(say("how_sure.first", number=MOST_DRAWN))
    _forest(first, level_of(stated))
    _zones(first, entry.scheme)
    _factors(stated)
    st.subheader(say("how_sure.weights"))
    part(_weights)(entry, {one.code: one.name for one in document.institutions})


def level_of(stated: PublishedRobustness) -> int:
    """The level of the sets, of a hundred."""
    rules = parse_robustness(stated.rules.text, stated.rules.id)
    return round(100 * rules.level.value)


def _assumed(stated: PublishedRobustness) -> str:
    judged = say("how_sure.judged", pairs=number(stated.pairs, 0)) if stated.pairs else ""
    assumed = say("how_sure.judged_assumed")
    drawn = say("how_sure.drawn", draws=number(stated.draws, 0), seed=stated.seed)
    return f"{judged or assumed} {drawn}"


def _forest(sure: Sequence[PublishedInstitution], level: int) -> None:
    """A dot a rank, a thick line its set, a thin one the set that holds for all at once."""
    rows = [
        {
            "name": one.name,
            "rank": one.rank,
            "low": own.rank_set[0],
            "high": own.rank_set[1],
            "least": (own.rank_set_of_all or own.rank_set)[0],
            "most": (own.rank_set_of_all or own.rank_set)[1],
            "tip": f"{one.name}: {told(one, level)}",
        }
        for one in sure
        if (own := one.how_sure) and own.rank_set
    ]
    base = alt.Chart(pd.DataFrame(rows)).encode(
        y=alt.Y(
            "name:N",
            sort=[one.name for one in sure],
            axis=alt.Axis(title=None, labelLimit=130, ticks=False),
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
    charts.show(chart, say("how_sure.forest", level=level), table, "how_sure_ranks")


def _line(one: PublishedInstitution) -> tuple[object, ...]:
    sure = one.how_sure
    ends = (sure.rank_set, sure.rank_set_of_all, sure.choice_ranks) if sure else (None,) * 3
    shown = [show_range(*map(str, pair)) if pair else "–" for pair in ends]
    return one.name, str(one.rank), *shown


def _zones(sure: Sequence[PublishedInstitution], scheme: Scheme) -> None:
    """A bar an institution, split by the probability of each zone, or of each band."""
    names = _in_order(list(_probabilities(sure[0])))
    if not names:
        return
    zoned = all(name in ZONES for name in names)
    spoken = {name: say(f"league.{name}") if zoned else name for name in names}
    colours = [ZONES[name] for name in names] if zoned else list(SHADES[: len(names)])
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
                axis=alt.Axis(title=None, labelLimit=130, ticks=False),
            ),
            x=alt.X("share:Q", stack="normalize", axis=alt.Axis(format="%", title=None)),
            color=alt.Color(
                "zone:N",
                scale=alt.Scale(domain=list(spoken.values()), range=colours),
                legend=alt.Legend(title=None, orient="top", columns=2),
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
    rows = [
        {
            "name": say(f"how_sure.factor_{name}"),
            "value": max(0.0, float(one.total)),
            "text": number(one.total),
            "question": one.question,
        }
        for name, one in stated.factors.items()
    ]
    for question in ("data", "choices"):
        frame = pd.DataFrame([row for row in rows if row["question"] == question])
        if frame.empty:
            continue
        chart = charts.bars(frame, [0, 0.25, 0.5, 0.75, 1], say("how_sure.part"))
        headings = [say("how_sure.factor"), say("how_sure.part")]
        table = frame[["name", "text"]].set_axis(headings, axis=1)
        charts.show(chart, say(f"how_sure.of_{question}"), table, f"how_sure_{question}")


def _weights(entry: Entry, names: Mapping[str, str]) -> None:
    """Sliders of the weights, and the table that they make, drawn again by themselves."""
    found = dimensions(entry)
    if not found:
        st.caption(say("how_sure.no_weights"))
        return
    st.caption(say("how_sure.weights_what"))
    weights = [
        st.slider(
            node.name[language()],
            0,
            100,
            round(share),
            key=f"how_sure_weight_{node.key}",
        )
        for node, share in found
    ]
    table = weighed(entry, weights)
    if table.empty:
        st.warning(say("how_sure.no_weight"), icon=":material/warning:")
        return
    moved = int((table["rank"] != table["own_rank"]).sum())
    st.markdown(say("how_sure.moved", moved=number(moved, 0), all=number(len(table), 0)))
    shown = pd.DataFrame(
        {
            say("how_sure.of_rank"): table["rank"],
            say("how_sure.name"): table["code"].map(names),
            say("league.score"): table["score"].map(number),
            say("how_sure.own_rank"): table["own_rank"],
            say("how_sure.simulated"): [
                show_range(str(low), str(high))
                for low, high in zip(table["low"], table["high"], strict=True)
            ],
        }
    )
    st.dataframe(shown, hide_index=True, width="stretch", key="how_sure_weighed")


def _in_order(names: Sequence[str]) -> list[str]:
    """The best zone first; bands by their grades. A sealed document has its keys in no order."""
    zones = [zone for zone in ZONES if zone in names]
    return zones or sorted(names)


def _probabilities(one: PublishedInstitution) -> Mapping[str, Decimal]:
    return (one.how_sure.probability if one.how_sure else None) or {}


def _set(sure: PublishedCertainty | None) -> str | None:
    return show_range(*map(str, sure.rank_set)) if sure and sure.rank_set else None


def _share(one: PublishedInstitution) -> str | None:
    found = _probabilities(one).get(one.zone or one.grade or "")
    return None if found is None else show_chance(language(), found)

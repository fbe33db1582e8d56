"""The nation loads what districts signed, and sees what has not come."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from accounts.actors import Actor
from analysis.errors import BadInput
from desk.assessment.rounds import rounds
from desk.federation.figures import SentFigure, figures_of_bundle
from desk.federation.gaps import InstitutionGaps, gaps, years_received
from desk.federation.loading import (
    LoadingPlan,
    load_bundle,
    plan_loading,
    received_bundle,
    received_bundles,
)
from models import Institution, ReceivedBundle, Session
from screens.acts import act, fresh, tell_done
from screens.federation.keys import show_keys
from screens.handing import NamedFile, hand_out
from screens.looks import look
from screens.plain import plain, show_table
from screens.problems import show_problems
from screens.shell import day, level, number, say, today

NAMED = 5  # units by name in a line; the others as a number
NOTHING = "–"


def screen() -> None:
    """Takes bundles, shows each before it is stored; the gaps of a year; the districts' keys."""
    st.title(say("shell.page_kiriman-daerah"))
    st.markdown(say("received.lead"))
    tell_done()
    with look() as (session, actor):
        _load(session, actor)
        year = _choose_year(session, actor)
        _show_gaps(gaps(session, actor, year), year)
        _show_bundles(session, actor, year)
        show_keys(session, actor)


def _load(session: Session, actor: Actor) -> None:
    st.header(say("received.load"))
    file = st.file_uploader(
        say("received.file"), type=["json"], key=f"received_{fresh('received')}"
    )
    if file is None:
        return
    content, name = file.getvalue(), file.name
    try:
        plan = plan_loading(session, actor, content, name)
    except BadInput as error:
        show_problems(error)
        return
    _preview(plan)
    if plan.same:
        st.info(say("received.same"), icon=":material/check:")
    elif st.button(say("received.store"), type="primary", key="received_store"):
        stored = say(
            "received.stored",
            name=plain(plan.institution.name),
            year=plan.bundle.year,
            number=number(plan.bundle.number, 0),
        )
        act(stored, lambda writes, person: load_bundle(writes, person, plan))


def _preview(plan: LoadingPlan) -> None:
    bundle = plan.bundle
    told = say("bundles.named", year=bundle.year, number=number(bundle.number, 0))
    st.markdown(f"**{plain(plan.institution.name)}** · {told}")
    st.caption(say("bundles.made_on", date=day(bundle.made)))
    if plan.held and not plan.same:
        st.warning(
            say("received.replaces", number=number(plan.held.number, 0)), icon=":material/sync:"
        )
        st.markdown(plain(bundle.reason))
    rows = [
        (
            survey.instrument.id,
            ", ".join(one.name for one in survey.periods),
            number(len(survey.units), 0),
            number(sum(one.respondents for one in survey.units), 0),
            number(sum(one.respondents > 0 and not one.ways for one in survey.units), 0),
        )
        for survey in bundle.surveys
    ]
    headings = ("instrument", "periods", "units", "respondents", "few")
    show_table(pd.DataFrame(rows, columns=[say(f"received.{key}") for key in headings]))


def _choose_year(session: Session, actor: Actor) -> int:
    own = {one.year for one in rounds(session, actor)}
    years = sorted({*own, *years_received(session, actor)}, reverse=True) or [today().year]
    st.header(say("received.gaps"))
    chosen = st.selectbox(say("bundles.year"), years, key="received_year")
    return chosen or years[0]


def _show_gaps(found: Sequence[InstitutionGaps], year: int) -> None:
    if not found:
        st.info(say("received.none_expected", year=year), icon=":material/info:")
        return
    counts = {how: sum(one.how == how for one in found) for how in ("bundle", "rows", "nothing")}
    st.markdown(say("received.counts", all=number(len(found), 0), **_shown(counts)))
    if late := [one.institution.name for one in found if one.late]:
        told = say("received.late", names=", ".join(map(plain, late[:NAMED])), **_rest(late))
        st.warning(told, icon=":material/schedule:")
    headings = ("institution", "how", "until", "asked", "lacks")
    rows = [
        (
            one.institution.name,
            _arrived(one),
            day(one.until) if one.until else NOTHING,
            ", ".join(one.instruments) or NOTHING,
            _lacks(one),
        )
        for one in found
    ]
    show_table(pd.DataFrame(rows, columns=[say(f"received.{key}") for key in headings]))


def _shown(counts: dict[str, int]) -> dict[str, str]:
    return {key: number(one, 0) for key, one in counts.items()}


def _rest(names: Sequence[str]) -> dict[str, str]:
    rest = len(names) - NAMED
    return {"more": say("received.more", number=number(rest, 0)) if rest > 0 else ""}


def _arrived(one: InstitutionGaps) -> str:
    how = "late_one" if one.late else f"how_{one.how}"
    return say(f"received.{how}", number=number(one.number or 0, 0))


def _lacks(one: InstitutionGaps) -> str:
    """What is missing, in one line."""
    told = [say("received.unlike")] if one.unlike else []
    for kind in ("missing", "few", "not_apart"):
        names: Sequence[str] = getattr(one, kind)
        if names:
            listed = ", ".join(names[:NAMED])
            told.append(say(f"received.lacks_{kind}", names=listed, **_rest(names)))
    if one.skipped:
        told.append(say("received.skipped", numbers=", ".join(map(str, one.skipped))))
    for kind in ("unknown", "unsent"):
        codes: Sequence[str] = getattr(one, kind)
        if codes:
            listed = ", ".join(codes[:NAMED])
            told.append(say(f"received.lacks_{kind}", names=listed, **_rest(codes)))
    return " ".join(told) or NOTHING


def _show_bundles(session: Session, actor: Actor, year: int) -> None:
    found = received_bundles(session, actor, year)
    if not found:
        return
    st.header(say("received.all"))
    held: set[int] = set()
    for one, place in found:
        state = "replaced" if one.institution_id in held else "holds"
        held.add(one.institution_id)
        named = say("bundles.named", year=one.year, number=number(one.number, 0))
        with st.expander(f"{plain(place.name)} · {named} · {say(f'received.{state}')}"):
            st.caption(say("received.came", date=day(one.created_at)))
            _hand_out(one, place)
            if st.toggle(say("received.figures"), key=f"figures_{one.id}"):
                for instrument, figures in figures_of_bundle(session, actor, one.id):
                    st.markdown(f"**{plain(instrument)}**")
                    _show_figures(figures)


def _hand_out(one: ReceivedBundle, place: Institution) -> None:
    key = one.id

    def make(session: Session, asking: Actor) -> bytes:
        return received_bundle(session, asking, key).document.encode()

    name = f"kiriman-{place.code}-{one.year}-{one.number}.json"
    hand_out(say("bundles.take"), NamedFile(name, "application/json"), make, f"received_{key}")


def _show_figures(figures: Sequence[SentFigure]) -> None:
    rows = [
        (
            one.name,
            number(one.respondents, 0),
            number(one.visits, 0) if one.visits else NOTHING,
            *_index(one),
        )
        for one in figures
    ]
    headings = [say(f"received.{key}") for key in ("unit", "respondents", "visits", "index")]
    headings.append(say("received.interval", level=level()))
    show_table(pd.DataFrame(rows, columns=headings))


def _index(one: SentFigure) -> tuple[str, str]:
    if one.index is None or one.index.index is None:
        return say("received.too_few") if one.index is None else NOTHING, NOTHING
    ends = one.certainty.bounded if one.certainty else None
    shown = number(one.index.index, one.index.scheme.decimals.value)
    return shown, f"{number(ends[0])} – {number(ends[1])}" if ends else NOTHING

"""Two assessors of one unit: how far they agree, where they differ, and who settles it."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from accounts.actors import Actor
from analysis.rulebook.fieldwork import RUNGS, instruments_of, judged_in
from desk.assessment.assessments import ItemAndSubject
from desk.assessment.disagreements import (
    AssessorComparison,
    Disagreement,
    Settlement,
    assessed_by_two,
    compare_assessors,
    settle,
)
from models import Session, Unit
from models.assessments import REASON
from screens.acts import act, fresh
from screens.plain import plain, show_table
from screens.proofs import show_proof
from screens.shell import language, number, say

FEW = 10


def show_disagreements(session: Session, actor: Actor, year: int) -> None:
    """Asks for a unit that two judged; shows agreement, then each difference."""
    st.markdown(say("disagreements.lead"))
    units = {unit.id: unit for unit in assessed_by_two(session, actor, year)}
    if not units:
        st.info(say("disagreements.none"), icon=":material/info:")
        return
    chosen = st.selectbox(
        say("words.unit"),
        list(units),
        format_func=lambda key: f"{units[key].name} · {units[key].institution.name}",
        key="disagreements_unit",
    )
    unit = units[chosen]
    found = compare_assessors(session, actor, unit.id, year)
    _show_agreement(found)
    open_ones = sum(one.settled is None for one in found.differences)
    counts = {"differing": len(found.differences), "open": open_ones}
    st.markdown(say("disagreements.count", **{key: number(n, 0) for key, n in counts.items()}))
    shown = _Shown(unit, year, names_of(unit, year), found.names)
    for one in found.differences:
        with st.container(border=True):
            _show_difference(session, one, shown)


def _show_agreement(found: AssessorComparison) -> None:
    rows = [
        (
            f"{found.names[one]} · {found.names[other]}",
            number(result.n, 0),
            number(result.same, 0),
            "–" if result.kappa is None else number(result.kappa),
        )
        for (one, other), result in found.agreements.items()
    ]
    headings = [say(f"disagreements.{key}") for key in ("pair", "n", "same", "kappa")]
    show_table(pd.DataFrame(rows, columns=headings))
    st.caption(say("disagreements.kappa_means"))
    if any(0 < result.n < FEW for result in found.agreements.values()):
        st.caption(say("disagreements.few", least=FEW))
    if any(result.kappa is None for result in found.agreements.values()):
        st.caption(say("disagreements.no_kappa"))


def names_of(unit: Unit, year: int) -> dict[str, str]:
    """What items, interviews and services are called."""
    services = {service.code: service.name for service in unit.services}
    items = {
        item.key: item.text[language()]
        for instrument in judged_in(year).values()
        for item in instrument.items
    }
    asked = {area: one.name(language()) for area, one in instruments_of(year).items()}
    return asked | items | services


@dataclass(frozen=True)
class _Shown:
    """The unit that is shown in a year, with the names of items, services and assessors."""

    unit: Unit
    year: int
    names: Mapping[str, str]
    assessors: Mapping[int, str]


def _show_difference(session: Session, one: Disagreement, shown: _Shown) -> None:
    unit, year, names = shown.unit, shown.year, shown.names
    item, subject = one.place
    about = f" · {plain(names.get(subject, subject))}" if subject else ""
    st.markdown(f"**{plain(names.get(item, item))}**{about}")
    for assessor, given in one.judgements.items():
        st.markdown(f"{plain(shown.assessors[assessor])}: **{given.rung}**")
        if given.note:
            st.text(given.note)
        if given.link:
            st.link_button(plain(given.link), given.link)
        key = f"disagreements_{unit.id}_{year}_{item}_{subject}_{assessor}"
        show_proof(session, given.evidence, key)
    if one.settled:
        rung, reason = one.settled
        st.success(say("disagreements.settled", rung=rung), icon=":material/handshake:")
        st.text(reason)
    if one.mine:
        st.caption(say("disagreements.mine"))
    else:
        _ask_settlement(unit, year, one.place, again=one.settled is not None)


def _ask_settlement(unit: Unit, year: int, place: ItemAndSubject, again: bool) -> None:
    key = fresh(f"disagreements_{unit.id}_{year}_{'_'.join(place)}")
    title = say("disagreements.again" if again else "disagreements.settle")
    with st.expander(title, key=f"{key}_open"), st.form(key, border=False):
        rung = st.radio(say("judging.rung"), RUNGS, index=None, horizontal=True, key=f"{key}_rung")
        reason = st.text_area(
            say("disagreements.reason", least=REASON[0]), max_chars=REASON[1], key=f"{key}_reason"
        )
        if st.form_submit_button(say("disagreements.save"), type="primary"):
            if rung is None:
                st.error(say("judging.choose"), icon=":material/error:")
                return
            act(
                say("disagreements.saved"),
                lambda session, actor: settle(
                    session, actor, Settlement(unit.id, year, place, rung, reason)
                ),
            )

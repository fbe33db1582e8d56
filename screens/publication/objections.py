"""Objections (sanggah): the institution sees its part before publication; an analyst decides."""

from datetime import timedelta
from fractions import Fraction
from uuid import UUID

import pandas as pd
import streamlit as st

from accounts.actors import Actor
from analysis.publication.published_league import published_league, published_units
from analysis.publication.published_scores import PublishedUnit
from analysis.rulebook.scheme import Scheme
from desk.people import name_of
from desk.places import institutions_of, unit_with_code
from desk.publication.grounds import disputed
from desk.publication.objections import (
    NewObjection,
    OwnPart,
    disputable,
    object_to,
    objections_of,
    provisional,
)
from desk.publication.windows import approvable_from, window_open
from desk.reasons import LONGEST
from models import Institution, Objection, Publication, Session, now
from screens.acts import act, fresh, tell_done
from screens.assessment.disagreements import names_of
from screens.index import league
from screens.looks import look
from screens.plain import plain, show_table
from screens.publication import declarations
from screens.publication.behind import ItemNames
from screens.publication.deciding import ask_decision
from screens.publication.mendings import show_mendings
from screens.publication.publishing import title_of
from screens.shell import day, language, number, say


def screen() -> None:
    """For coordinators what waits and how to object; for everybody concerned the objections."""
    st.title(say("shell.page_sanggah"))
    st.markdown(say("objections.lead"))
    tell_done()
    with look() as (session, actor):
        for institution in institutions_of(session, actor):
            _show_provisional(session, actor, institution)
        _show_objections(session, actor)


def _show_provisional(session: Session, actor: Actor, institution: Institution) -> None:
    st.header(plain(institution.name))
    found = provisional(session, actor, institution.id)
    if not found:
        st.caption(say("objections.nothing_waits"))
    for publication, part in found:
        with st.container(border=True):
            st.markdown(f"**{plain(title_of(part.year, part.scheme))}**")
            last = day(approvable_from(publication.created_at) - timedelta(days=1))
            taken = window_open(publication.created_at, now())
            st.caption(say(f"objections.{'until' if taken else 'closed'}", day=last))
            _show_part(session, actor, publication, part)


def _show_part(session: Session, actor: Actor, publication: Publication, part: OwnPart) -> None:
    scheme = part.scheme
    league.introduce(scheme, part.year, part.not_independent, part.without)
    st.caption(say("objections.provisional"))
    (place,) = part.institutions
    declarations.show_declared(scheme, place)
    own = f"{publication.id}_{place.code}"
    league.show_scores(published_league(part, scheme), scheme, f"objections_{own}")
    league.show_scores(published_units(part, scheme), scheme, f"objections_units_{own}")
    units = {one.code: one for one in part.units}
    code = st.selectbox(
        say("words.unit"),
        list(units),
        format_func=lambda code: units[code].name,
        key=f"objections_unit_{own}",
    )
    if code is not None:
        with st.expander(say("objections.derivation")):
            show_table(_derivation(units[code], scheme))
        if window_open(publication.created_at, now()):
            _ask_objection(publication.id, unit_with_code(session, actor, code).id, scheme)


def _derivation(unit: PublishedUnit, scheme: Scheme) -> pd.DataFrame:
    """Each indicator's raw value, and the value of every node on 0-100."""
    rows = []
    for node in scheme.nodes():
        raw, value = unit.inputs.get(node.key), unit.nodes.get(node.key)
        rows.append((node.name[language()], _shown(raw), _shown(value)))
    headings = ("scores.node", "scores.raw", "scores.value")
    return pd.DataFrame(rows, columns=[say(key) for key in headings])


def _shown(value: Fraction | None) -> str:
    return "–" if value is None else number(value)


def _ask_objection(publication: UUID, unit: int, scheme: Scheme) -> None:
    names = _names(scheme)
    key = fresh(f"object_{publication}_{unit}")
    with st.expander(say("objections.object")), st.form(key, border=False, enter_to_submit=False):
        item = st.selectbox(
            say("objections.item"),
            list(names),
            format_func=names.__getitem__,
            key=f"{key}_item",
        )
        reason = st.text_area(say("objections.reason"), max_chars=LONGEST, key=f"{key}_reason")
        if st.form_submit_button(say("objections.send"), type="primary") and item:
            act(
                say("objections.sent"),
                lambda session, actor: object_to(
                    session, actor, publication, NewObjection(unit, item, reason)
                ),
            )


def _names(scheme: Scheme) -> ItemNames:
    return {item: name[language()] for item, name in disputable(scheme).items()}


def _show_objections(session: Session, actor: Actor) -> None:
    st.header(say("objections.all"))
    found = objections_of(session, actor)
    if not found:
        st.caption(say("objections.none"))
    for objection, unit in found:
        year, scheme = disputed(session, objection)
        with st.container(border=True):
            names = _names(scheme)
            st.markdown(f"**{plain(unit.name)}** · {plain(names[objection.item])} · {year}")
            st.text(objection.reason)
            st.caption(_raised(session, objection))
            _show_decision(session, actor, objection, {**names, **names_of(unit, year)})


def _raised(session: Session, objection: Objection) -> str:
    who = plain(name_of(session, objection.raised_by))
    return say("objections.raised_by", who=who, date=day(objection.raised_at))


def _show_decision(session: Session, actor: Actor, objection: Objection, names: ItemNames) -> None:
    if objection.accepted is not None:
        st.markdown(say(f"objections.{'accepted' if objection.accepted else 'declined'}"))
        st.text(objection.answer or "")
        show_mendings(session, actor, objection, names)
    elif actor.analyst:
        ask_decision(session, actor, objection, names)
    else:
        st.caption(say("objections.undecided"))

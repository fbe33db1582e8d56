"""Objections (sanggah): the institution sees its part before publication; an analyst decides."""

from collections.abc import Mapping
from fractions import Fraction
from uuid import UUID

import pandas as pd
import streamlit as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor
from analysis.index.league import of_publication, units_of_publication
from analysis.publication.publication import Document
from analysis.rulebook.scheme import Scheme, parse_scheme
from desk.publication.objections import (
    NewObjection,
    decide_objection,
    disputable,
    object_to,
    objections_of,
    provisional,
)
from desk.reasons import LONGEST
from models import Institution, Objection, Publication, SchemeUsed, Unit, User, reading
from screens.acts import act, fresh, tell_done
from screens.index import league
from screens.plain import plain, show_table
from screens.publication import declarations
from screens.publication.publishing import title_of
from screens.shell import day, engine, language, number, say, signed_in


def screen() -> None:
    """For coordinators what waits and how to object; for everybody concerned the objections."""
    st.title(say("shell.page_sanggah"))
    st.markdown(say("objections.lead"))
    tell_done()
    actor = signed_in()
    with reading(engine()) as session:
        for institution in _institutions(session, actor):
            _show_provisional(session, actor, institution)
        _show_objections(session, actor)


def _institutions(session: Session, actor: Actor) -> list[Institution]:
    query = select(Institution).where(Institution.id.in_(actor.institutions))
    return list(session.scalars(query.order_by(Institution.name)))


def _show_provisional(session: Session, actor: Actor, institution: Institution) -> None:
    st.header(plain(institution.name))
    found = provisional(session, actor, institution.id)
    if not found:
        st.caption(say("objections.nothing_waits"))
    for publication, part in found:
        with st.container(border=True):
            st.markdown(f"**{plain(title_of(part))}**")
            _show_part(session, publication.id, part)


def _show_part(session: Session, publication: UUID, part: Document) -> None:
    scheme = parse_scheme(part["scheme"]["text"], part["scheme"]["id"])
    league.introduce(scheme, part["not_independent"], part["without"])
    st.caption(say("objections.provisional"))
    declarations.show_declared(scheme, part["institutions"][0])
    own = f"{publication}_{part['institutions'][0]['code']}"
    league.show_scores(of_publication(part, scheme), scheme, f"objections_{own}")
    league.show_scores(units_of_publication(part), scheme, f"objections_units_{own}")
    units = {one["code"]: one for one in part["units"]}
    code = st.selectbox(
        say("words.unit"),
        list(units),
        format_func=lambda code: units[code]["name"],
        key=f"objections_unit_{own}",
    )
    if code is not None:
        with st.expander(say("objections.derivation")):
            show_table(_derivation(units[code], scheme))
        unit = session.scalars(select(Unit.id).where(Unit.code == code)).one()
        _ask_objection(publication, unit, scheme)


def _derivation(unit: Document, scheme: Scheme) -> pd.DataFrame:
    """Each indicator's raw value, and the value of every node on 0-100."""
    rows = []
    for node in scheme.nodes():
        raw, value = unit["inputs"].get(node.key), unit["nodes"].get(node.key)
        rows.append((node.name[language()], _shown(raw), _shown(value)))
    headings = ("scores.node", "scores.raw", "scores.value")
    return pd.DataFrame(rows, columns=[say(key) for key in headings])


def _shown(value: str | None) -> str:
    return "–" if value is None else number(Fraction(value))


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


def _names(scheme: Scheme) -> Mapping[str, str]:
    return {item: name[language()] for item, name in disputable(scheme).items()}


def _show_objections(session: Session, actor: Actor) -> None:
    st.header(say("objections.all"))
    found = objections_of(session, actor)
    if not found:
        st.caption(say("objections.none"))
    for objection, unit in found:
        publication = session.get_one(Publication, objection.publication_id)
        used = session.get_one(SchemeUsed, publication.scheme_hash)
        scheme = parse_scheme(used.text, used.key)
        with st.container(border=True):
            item = _names(scheme)[objection.item]
            st.markdown(f"**{plain(unit.name)}** · {plain(item)} · {publication.year}")
            st.text(objection.reason)
            st.caption(_raised(session, objection))
            _show_decision(session, actor, objection)


def _raised(session: Session, objection: Objection) -> str:
    who = plain(session.get_one(User, objection.raised_by).name)
    return say("objections.raised_by", who=who, date=day(objection.raised_at.date()))


def _show_decision(session: Session, actor: Actor, objection: Objection) -> None:
    if objection.accepted is not None:
        st.markdown(say(f"objections.{'accepted' if objection.accepted else 'declined'}"))
        st.text(objection.answer or "")
    elif actor.analyst:
        _ask_decision(objection.id)
    else:
        st.caption(say("objections.undecided"))


def _ask_decision(objection: int) -> None:
    key = fresh(f"decide_{objection}")
    with st.form(key, border=False, enter_to_submit=False):
        answer = st.text_area(say("objections.answer"), max_chars=LONGEST, key=f"{key}_answer")
        with st.container(horizontal=True):
            accept = st.form_submit_button(say("objections.accept"), key=f"{key}_accept")
            decline = st.form_submit_button(say("objections.decline"), key=f"{key}_decline")
    if accept or decline:
        act(
            say("objections.done"),
            lambda session, actor: decide_objection(session, actor, objection, accept, answer),
        )

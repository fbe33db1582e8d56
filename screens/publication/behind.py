"""What the figure stands on to which an institution objects."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from accounts.actors import Actor
from desk.assessment.products import told_by
from desk.people import name_of
from desk.publication.grounds import ObjectionGround, StatedPlace
from desk.publication.reported import figure_behind, origin_of, products_behind
from models import Objection, Session
from screens.plain import plain, show_table
from screens.proofs import show_proof
from screens.publication.declarations import answer
from screens.shell import day, number, say

ItemNames = Mapping[str, str]


def show_grounds(
    session: Session,
    actor: Actor,
    objection: Objection,
    found: Sequence[ObjectionGround],
    names: ItemNames,
) -> None:
    """What people stated, an interviewer's users together; or where else the figure comes from."""
    interviews: dict[str, list[tuple[ObjectionGround, int, int]]] = {}
    for at, ground in enumerate(found):
        if isinstance(ground.said, tuple):
            interviews.setdefault(ground.person, []).append((ground, *ground.said))
        else:
            _show_ground(session, ground, names, f"ground_{objection.id}_{at}")
    for person, told in interviews.items():
        _show_interviews(person, told, names)
    if not found:
        _show_reported(session, actor, objection)


def place_name(place: StatedPlace, names: ItemNames) -> str:
    """The item, and of whom or what."""
    return f"{names.get(place.item, place.item)} · {subject_name(place, names)}"


def subject_name(place: StatedPlace, names: ItemNames) -> str:
    """Of whom or what."""
    if not place.subject:
        return say("objections.whole_unit")
    return names.get(place.subject) or say("objections.user", number=place.subject)


def _show_ground(session: Session, ground: ObjectionGround, names: ItemNames, key: str) -> None:
    st.caption(plain(place_name(ground.place, names)))
    how = "settled_by" if ground.settled else "said_by"
    said = answer(ground.said) if isinstance(ground.said, bool) else str(ground.said)
    st.markdown(say(f"objections.{how}", who=plain(ground.person), said=said))
    if ground.note:
        st.text(ground.note)
    if ground.link:
        st.link_button(plain(ground.link), ground.link)
    show_proof(session, ground.evidence, key)


def _show_interviews(
    person: str, told: Sequence[tuple[ObjectionGround, int, int]], names: ItemNames
) -> None:
    of = names.get(told[0][0].place.item, told[0][0].place.item)
    every = {
        "users": number(len(told), 0),
        "points": number(sum(points for _, points, _ in told), 0),
        "most": number(sum(most for _, _, most in told), 0),
    }
    with st.expander(say("objections.interviewed", who=plain(person), of=plain(of), **every)):
        rows = [
            (
                subject_name(ground.place, names),
                say("objections.points", points=points, most=most),
            )
            for ground, points, most in told
        ]
        headings = [say("objections.interviewee"), say("objections.points_told")]
        show_table(pd.DataFrame(rows, columns=headings))


def _show_reported(session: Session, actor: Actor, objection: Objection) -> None:
    origin = origin_of(session, objection)
    st.caption(say(f"objections.from_{origin}"))
    if figure := figure_behind(session, actor, objection):
        told = {"source": plain(figure.source), "year": str(figure.source_year)}
        who, on = plain(name_of(session, figure.user_id)), day(figure.created_at)
        st.markdown(say("objections.figure", value=plain(figure.value), who=who, date=on, **told))
    if origin == "register":
        rows = [
            (
                f"{say(f'products.kind_{one.product.kind}')} · {one.product.number}",
                say(f"products.status_{one.status}"),
                name_of(session, told_by(one.product)),
            )
            for one in products_behind(session, actor, objection)
        ]
        headings = ("product", "state", "told_by")
        show_table(pd.DataFrame(rows, columns=[say(f"objections.{key}") for key in headings]))
    st.caption(say("objections.another_figure"))

"""Publishing in two steps: one analyst prepares, another approves; what waits between them."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from accounts.actors import Actor, require_analyst
from analysis.publication.published_league import published_league
from analysis.publication.published_scores import PublishedScores
from analysis.rulebook.scheme import Scheme
from desk.assessment.rounds import is_simulated
from desk.index.perception import ScoredRound, Scoring
from desk.people import name_of
from desk.publication.objections import objections_of
from desk.publication.published import entries
from desk.publication.publishing import (
    approve,
    prepare,
    read_document,
    signed_institutions,
    waiting,
)
from desk.publication.windows import approvable_from, window_passed
from models import Publication, Session
from screens.acts import act, fresh
from screens.handing import NamedFile, hand_out
from screens.index import lacking, league
from screens.offers import kept_for
from screens.plain import plain
from screens.publication import declarations, how_sure
from screens.publication.issuing import ask_issuer
from screens.shell import day, language, number, say, secret

MOST_NAMED = 5


def ask_preparation(session: Session, scored: ScoredRound, stand_in: bool) -> None:
    """Prepares the result that is shown, where any institution is complete.

    Before that, what the scheme wants stated of institutions.
    """
    declarations.ask_declarations(session, scored)
    complete = [one for one in scored.result.institutions if not one.provisional]
    st.header(say("sealing.prepare_title"))
    scheme = scored.result.scheme
    if not scheme.valid.covers(scored.year) or is_simulated(session, scored.year, scheme):
        st.info(say("sealing.simulation"), icon=":material/science:")
        return
    if not complete:
        st.info(say("scores.incomplete"), icon=":material/info:")
        return
    signed = signed_institutions(session, scored)
    if late := [one.institution for one in complete if one.institution not in signed]:
        st.warning(_late(scored, late), icon=":material/verified:")
    if not signed:
        return
    left_out = len(scored.result.institutions) - len(signed)
    st.markdown(say("scores.publish_means", complete=len(signed), waiting=left_out))
    corrects = _ask_correction(session, scored)
    issuer = ask_issuer(scored.result.scheme)
    sure = st.checkbox(say("scores.sure"), key=fresh("sealing_sure"))
    if st.button(say("sealing.prepare"), type="primary", disabled=not sure, key="sealing_prepare"):
        scheme, year, without = scored.result.scheme, scored.year, scored.without
        act(
            say("sealing.prepared"),
            lambda session, actor: prepare(
                session, actor, Scoring(scheme, year, stand_in, without), corrects, issuer
            ),
            one_state=True,
        )


def _late(scored: ScoredRound, codes: Sequence[str]) -> str:
    names = {one.institution.code: one.institution.name for one in scored.units}
    told = ", ".join(plain(names[code]) for code in codes[:MOST_NAMED])
    return say("signing.institutions", number=number(len(codes), 0), names=told)


def show_waiting(session: Session, actor: Actor) -> None:
    """What was prepared, and for those who did not prepare it the approval."""
    found = waiting(session, actor)
    st.header(say("sealing.waiting"))
    if not found:
        st.caption(say("sealing.nothing_waits"))
    objections = [one for one, _ in objections_of(session, actor)]
    for publication in found:
        own = [one for one in objections if one.publication_id == publication.id]
        states = Counter(one.accepted for one in own if one.release is None)
        document = read_document(publication)
        with st.container(border=True):
            title = title_of(document.year, document.scheme.as_scheme())
            st.markdown(f"**{plain(title)}**")
            who = name_of(session, publication.user_id)
            prepared = day(publication.created_at)
            st.caption(say("sealing.prepared_by", who=plain(who), date=prepared))
            _preview(publication, document)
            _ask_approval(actor, publication, states[None], states[True])


def title_of(year: int, scheme: Scheme) -> str:
    """Year and scheme of a publication."""
    return f"{year} · {scheme.title[language()]}"


def _ask_correction(session: Session, scored: ScoredRound) -> UUID | None:
    """The public result of the same scheme and year, if this one corrects it."""
    same = (scored.year, scored.result.scheme.id)
    for one in entries(session).values():
        if (one.publication.year, one.scheme.id) == same:
            published = day(one.seal.approved_at)
            ticked = st.checkbox(
                say("sealing.corrects", date=published), key=fresh("sealing_corrects")
            )
            return one.publication.id if ticked else None
    return None


def _preview(publication: Publication, document: PublishedScores) -> None:
    with st.expander(say("sealing.preview")):
        scheme = document.scheme.as_scheme()
        league.introduce(scheme, document.year, document.not_independent, document.without)
        frame = published_league(document, scheme)
        key = f"waiting_{publication.id}"
        league.hand_out_file(league.show_league(frame, scheme, key), scheme, key)
        how_sure.explain_columns(document)
        lacking.show_waived_units(document.units)
        name = f"disiapkan-{document.year}-{document.scheme.id}.json"
        content = publication.document.encode()
        make = kept_for(content, lambda _, asking: require_analyst(asking))
        hand_out(
            say("sealing.document"), NamedFile(name, "application/json"), make, f"{key}_document"
        )


def _ask_approval(actor: Actor, publication: Publication, undecided: int, accepted: int) -> None:
    passed = window_passed(publication.created_at)
    if not passed:
        start = day(approvable_from(publication.created_at))
        st.info(say("sealing.window", day=start), icon=":material/event:")
    if undecided:
        told = say("sealing.open_objections", number=number(undecided, 0))
        st.warning(told, icon=":material/gavel:")
    elif accepted:
        st.warning(say("sealing.accepted_objections"), icon=":material/gavel:")
    elif publication.user_id == actor.user_id:
        st.caption(say("sealing.second_person"))
    elif passed:
        st.caption(say("sealing.approve_means"))
        if st.button(say("sealing.approve"), type="primary", key=f"approve_{publication.id}"):
            address = f"/hasil?publikasi={publication.id}"
            act(
                say("scores.published", address=address),
                lambda session, actor: approve(session, actor, publication.id, secret()),
            )

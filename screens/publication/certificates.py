"""Certificates: offered on the public page, and to the institutions and units themselves."""

from uuid import UUID

import streamlit as st

from accounts.actors import Actor
from analysis.publication.published_scores import PublishedScores
from desk.publication.certificates import Holder, entitled, giving, hand_out, own_holders
from desk.publication.published import Entry
from models import Session
from screens.handing import NamedFile, hand_out_to_all
from screens.shell import address_in_the_browser, language, number, say


def offer(session: Session, entry: Entry, document: PublishedScores, institution: str) -> None:
    """Those of an institution and its units, where the scheme knows certificates."""
    scheme = entry.scheme
    if scheme.certificate is None:
        return
    rule = scheme.certificate.value
    st.header(say("certificate.title"))
    if entry.replaced:
        st.caption(say("certificate.replaced"))
        return
    if entry.simulation or document.issuer is None:
        st.caption(say("certificate.no_issuer"))
        return
    start = number(rule.start, scheme.decimals.value)
    st.caption(say("certificate.what", name=rule.name[language()], start=start))
    if scheme.withholds(entry.publication.year):
        st.caption(say("certificate.withholding"))
    found = entitled(session, entry, document, institution)
    if not found:
        st.caption(say("certificate.none"))
        return
    key = f"certificate_{entry.publication.id}_{institution}"
    holder = st.selectbox(
        say("certificate.of"), list(found), format_func=found.__getitem__, key=key
    )
    if holder is not None:
        _take(entry.publication.id, holder, key)


def show_own(session: Session, actor: Actor) -> None:
    """Those of the visitor's own institution and units, looked for when asked: it takes a while."""
    if not (actor.units or actor.institutions) or not giving(session):
        return
    st.header(say("certificate.own"))
    st.caption(say("certificate.own_what"))
    if not st.toggle(say("certificate.own_show"), key="certificate_own_show"):
        return
    found = own_holders(session, actor)
    if not found:
        st.caption(say("certificate.own_none"))
        return
    at = st.selectbox(
        say("certificate.of"),
        range(len(found)),
        format_func=lambda at: _named(*found[at]),
        key="certificate_own",
    )
    if at is not None:
        entry, holder, _ = found[at]
        _take(entry.publication.id, holder, f"certificate_own_{at}")


def _named(entry: Entry, _holder: Holder, name: str) -> str:
    return f"{name} · {entry.scheme.title[language()]} · {entry.publication.year}"


def _take(publication: UUID, holder: Holder, key: str) -> None:
    speaks, base = language(), address_in_the_browser()

    def draw(session: Session) -> bytes:
        return hand_out(session, publication, holder, base, speaks)[1]

    file = NamedFile(f"{say('certificate.file')}-{holder[1]}.pdf", "application/pdf")
    hand_out_to_all(say("certificate.take"), file, draw, f"{key}_take")

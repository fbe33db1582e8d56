"""The fact on which a label's suffix depends: an analyst states it, everybody sees it."""

import pandas as pd
import streamlit as st

from analysis.index.opinion import Compliance, compliance_words
from analysis.publication.published_scores import PublishedInstitution
from analysis.rulebook.scheme import Scheme, Suffix
from desk.index.declarations import NewDeclaration, declarations_of, declare
from desk.index.perception import ScoredRound
from desk.reasons import LONGEST
from models import Session
from screens import marks
from screens.acts import act, fresh
from screens.plain import show_table
from screens.shell import day, language, number, say


def ask_declarations(session: Session, scored: ScoredRound) -> None:
    """What was stated of the institutions that are shown, and a form to state it anew."""
    scheme = scored.result.scheme
    if scheme.suffix is None:
        return
    suffix = scheme.suffix.value
    st.header(say("declarations.title", label=suffix.label[language()]))
    st.caption(say("declarations.what", fact=suffix.means[language()]))
    found = declarations_of(session, scheme, scored.year)
    if found:
        rows = [
            (place.name, answer(one.holds), one.reason, day(one.created_at)) for one, place in found
        ]
        headings = [say(f"declarations.{key}") for key in ("of", "holds", "reason", "date")]
        show_table(pd.DataFrame(rows, columns=headings))
    _ask(scored, scheme, suffix)


def show_declared(scheme: Scheme, place: PublishedInstitution) -> None:
    """What a publication states of an institution, where the scheme asks for it."""
    if scheme.suffix is None:
        return
    products = place.products
    counted = Compliance(products.issued, products.followed_up) if products else None
    if words := compliance_words(scheme, bool(place.declared), counted):
        marked = marks.marked(scheme, words[language()])
        st.markdown(say("declarations.opinion", words=marked))
    if counted:
        told = {
            "issued": number(counted.issued, 0),
            "followed_up": number(counted.followed_up, 0),
        }
        st.caption(say("declarations.products", **told))
    else:
        fact = scheme.suffix.value.means[language()]
        said = answer(bool(place.declared))
        st.caption(say("declarations.shown", fact=fact, answer=said))


def answer(holds: bool) -> str:
    """Yes or no."""
    return say("declarations.yes" if holds else "declarations.no")


def _ask(scored: ScoredRound, scheme: Scheme, suffix: Suffix) -> None:
    places = {unit.institution_id: unit.institution.name for unit in scored.units}
    key = fresh("declare")
    with (
        st.expander(say("declarations.state")),
        st.form(key, border=False, enter_to_submit=False),
    ):
        place = st.selectbox(
            say("words.institution"),
            list(places),
            format_func=places.__getitem__,
            key=f"{key}_place",
        )
        holds = st.radio(
            suffix.means[language()],
            [True, False],
            index=None,
            format_func=answer,
            horizontal=True,
            key=f"{key}_holds",
        )
        reason = st.text_area(
            say("declarations.reason"),
            max_chars=LONGEST,
            placeholder=say("declarations.reason_hint"),
            key=f"{key}_reason",
        )
        sent = st.form_submit_button(say("declarations.save"), type="primary", key=f"{key}_save")
    if sent and holds is None:
        st.error(say("declarations.choose"), icon=":material/error:")
    elif sent and holds is not None and place is not None:
        year = scored.year
        act(
            say("declarations.saved"),
            lambda session, actor: declare(
                session, actor, scheme, NewDeclaration(year, place, holds, reason)
            ),
        )

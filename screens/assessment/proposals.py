"""The coordinator's proposal: which units of the institution the round should assess, and why."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from accounts.actors import Actor
from analysis.rulebook.sampling import Sampling
from desk.assessment.rounds import (
    UnitProposal,
    proposals_of,
    propose_units,
    withdraw_proposal,
)
from desk.assessment.sampled import rules_of
from desk.places import units_within
from desk.reasons import LONGEST
from models import AssessmentRound, Institution, Proposal, Session
from screens.acts import act, fresh, tell_done
from screens.assessment.sample_rules import show_rule
from screens.choices import choose_institution, choose_round
from screens.looks import look
from screens.plain import plain
from screens.shell import day, language, say


def screen() -> None:
    """Asks for round and institution; shows what is proposed; proposes and withdraws."""
    st.title(say("shell.page_usulan"))
    st.markdown(say("proposals.lead"))
    tell_done()
    with look() as (session, actor):
        a_round = choose_round(session, actor, "proposals_round")
        if a_round is None:
            return
        institution = choose_institution(session, actor, "proposals")
        if institution is not None:
            _show(session, actor, a_round, institution)


def _show(
    session: Session, actor: Actor, a_round: AssessmentRound, institution: Institution
) -> None:
    rules = rules_of(a_round)
    proposed = proposals_of(session, actor, a_round.id, institution.id)
    names = {unit.id: unit.name for unit in units_within(session, actor, institution.id)}
    st.subheader(say("proposals.wanted"))
    counts = Counter(one.kind for one in proposed)
    show_rule(rules, a_round.year, institution.kind, counts)
    st.subheader(say("proposals.proposed"))
    if proposed:
        show_proposals(proposed, names, rules)
        _ask_withdrawal(a_round.id, {one.unit_id: names[one.unit_id] for one in proposed})
    else:
        st.info(say("proposals.empty"), icon=":material/playlist_add:")
    taken = {one.unit_id for one in proposed}
    _ask_proposal(a_round.id, {key: name for key, name in names.items() if key not in taken}, rules)


def show_proposals(proposed: Sequence[Proposal], names: dict[int, str], rules: Sampling) -> None:
    """What is proposed: unit, kind and marks; below them why, and since when."""
    lines = []
    for one in proposed:
        marks = [rules.marks[mark].name[language()] for mark in one.marks]
        about = " · ".join([rules.kinds[one.kind][language()], *marks])
        why = f"{plain(one.reason)} · {day(one.created_at)}"
        lines.append(f"- **{plain(names[one.unit_id])}** · {about}  \n  :small[{why}]")
    st.markdown("\n".join(lines))


def _ask_proposal(round_id: int, names: dict[int, str], rules: Sampling) -> None:
    key = fresh("propose")
    with (
        st.expander(say("proposals.new"), icon=":material/add:", key=f"{key}_open"),
        st.form(key, border=False, enter_to_submit=False),
    ):
        units = st.multiselect(
            say("proposals.units"),
            list(names),
            format_func=names.__getitem__,
            placeholder="–",
            key=f"{key}_units",
        )
        kind = st.selectbox(
            say("sampling.kind"),
            list(rules.kinds),
            format_func=lambda one: rules.kinds[one][language()],
            key=f"{key}_kind",
        )
        marks = st.multiselect(
            say("sampling.marks"),
            list(rules.marks),
            format_func=lambda one: rules.marks[one].name[language()],
            placeholder="–",
            key=f"{key}_marks",
        )
        reason = st.text_area(say("sampling.reason"), max_chars=LONGEST, key=f"{key}_reason")
        if st.form_submit_button(say("proposals.propose"), type="primary"):
            act(
                say("proposals.done"),
                lambda session, actor: propose_units(
                    session, actor, round_id, UnitProposal(units, kind, marks, reason)
                ),
            )


def _ask_withdrawal(round_id: int, names: dict[int, str]) -> None:
    key = fresh("withdraw_proposal")
    with (
        st.expander(say("proposals.withdraw"), key=f"{key}_open"),
        st.form(key, border=False, enter_to_submit=False),
    ):
        unit = st.selectbox(
            say("words.unit"), list(names), format_func=names.__getitem__, key=f"{key}_unit"
        )
        reason = st.text_area(say("sampling.reason"), max_chars=LONGEST, key=f"{key}_reason")
        if st.form_submit_button(say("proposals.withdraw_it")):
            act(
                say("proposals.withdrawn"),
                lambda session, actor: withdraw_proposal(session, actor, round_id, unit, reason),
            )

"""The analyst's round: which units are assessed, what in them and by whom; how far it is."""

import streamlit as st

from accounts.actors import Actor
from desk.assessment.rounds import (
    UnproposedUnit,
    choose_beyond,
    choose_proposed,
    judged_under,
    open_round,
    proposals_of,
    sample_of,
)
from desk.assessment.sampled import rules_of
from desk.places import institutions_with_units, units_within
from desk.reasons import LONGEST
from models import AssessmentRound, Institution, Proposal, Session, now
from models.rounds import YEARS
from screens.acts import act, fresh, tell_done
from screens.assessment import sample_progress, sample_units
from screens.assessment.proposals import show_proposals
from screens.choices import choose_round, pick_institution, warn_of_demonstration
from screens.index.schemes import ask_scheme
from screens.looks import look
from screens.shell import language, say


def screen() -> None:
    """Opens rounds; of one the sample of an institution, and the progress of all."""
    st.title(say("shell.page_sampel"))
    st.markdown(say("sampling.lead"))
    tell_done()
    with look() as (session, actor):
        a_round = choose_round(session, actor, "sampling")
        _ask_round(first=a_round is None)
        if a_round is None:
            return
        scheme = judged_under(session, a_round)
        st.caption(say("sampling.judged_under", scheme=scheme.title[language()]))
        one, all_of_them = st.tabs([say("sampling.of_one"), say("sampling.of_all")])
        with one:
            _show_institution(session, actor, a_round)
        with all_of_them:
            sample_progress.show_all(session, actor, a_round)


def _ask_round(first: bool) -> None:
    key = fresh("open_round")
    with (
        st.expander(say("sampling.open"), icon=":material/add:", expanded=first, key=f"{key}_open"),
        st.form(key, border=False, enter_to_submit=False),
    ):
        st.caption(say("sampling.open_means"))
        year = st.number_input(
            say("words.year"), YEARS[0], now().year + 1, now().year, key=f"{key}_year"
        )
        scheme = ask_scheme(f"{key}_scheme")
        simulation = st.checkbox(say("sampling.simulation"), key=f"{key}_simulation")
        if st.form_submit_button(say("sampling.open_it"), type="primary"):
            act(
                say("sampling.opened", year=year),
                lambda session, actor: open_round(session, actor, int(year), scheme, simulation),
            )


def _show_institution(session: Session, actor: Actor, a_round: AssessmentRound) -> None:
    institution = _choose_institution(session, actor)
    if institution is None:
        return
    warn_of_demonstration(institution.demonstration)
    names = {unit.id: unit.name for unit in units_within(session, actor, institution.id)}
    chosen = {one.unit_id for one in sample_of(session, actor, a_round.id, institution.id)[0]}
    proposed = proposals_of(session, actor, a_round.id, institution.id)
    sample_units.show_sample(session, actor, a_round, institution)
    st.subheader(say("sampling.choose"))
    _ask_proposed(a_round, [one for one in proposed if one.unit_id not in chosen], names)
    known = chosen | {one.unit_id for one in proposed}
    _ask_beyond(a_round, {key: name for key, name in names.items() if key not in known})


def _choose_institution(session: Session, actor: Actor) -> Institution | None:
    """One of the institutions that have units."""
    found = institutions_with_units(session, actor)
    if not found:
        st.info(say("sampling.no_institution"), icon=":material/info:")
        return None
    return pick_institution(found, "sampling")


def _ask_proposed(
    a_round: AssessmentRound, proposed: list[Proposal], names: dict[int, str]
) -> None:
    if not proposed:
        st.caption(say("sampling.none_proposed"))
        return
    show_proposals(proposed, names, rules_of(a_round))
    key = fresh("choose_proposed")
    with st.form(key, border=False, enter_to_submit=False):
        units = st.multiselect(
            say("sampling.proposed_units"),
            [one.unit_id for one in proposed],
            format_func=names.__getitem__,
            placeholder="–",
            key=f"{key}_units",
        )
        if st.form_submit_button(say("sampling.choose_them"), type="primary"):
            act(
                say("sampling.chosen"),
                lambda session, actor: choose_proposed(session, actor, a_round.id, units),
            )


def _ask_beyond(a_round: AssessmentRound, names: dict[int, str]) -> None:
    if not names:
        return
    rules, key = rules_of(a_round), fresh("choose_beyond")
    with (
        st.expander(say("sampling.beyond"), icon=":material/add:", key=f"{key}_open"),
        st.form(key, border=False, enter_to_submit=False),
    ):
        unit = st.selectbox(
            say("words.unit"), list(names), format_func=names.__getitem__, key=f"{key}_unit"
        )
        kind = st.selectbox(
            say("sampling.kind"),
            list(rules.kinds),
            format_func=lambda one: rules.kinds[one][language()],
            key=f"{key}_kind",
        )
        reason = st.text_area(say("sampling.why_beyond"), max_chars=LONGEST, key=f"{key}_reason")
        if st.form_submit_button(say("sampling.choose_it")):
            act(
                say("sampling.chosen"),
                lambda session, actor: choose_beyond(
                    session, actor, a_round.id, UnproposedUnit(unit, kind, reason)
                ),
            )

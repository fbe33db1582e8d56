"""The sample of an institution: its units' progress, what is missing, what is looked at."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

import pandas as pd
import streamlit as st

from accounts.actors import Actor
from analysis.rulebook.sampling import PRODUCT, Sampling
from desk.assessment.rounds import (
    MOST_PEOPLE,
    AssessorChoice,
    SubjectChoice,
    choose_assessors,
    choose_subjects,
    judged_under,
    possible_assessors,
    withdraw_unit,
)
from desk.assessment.sampled import rules_of
from desk.index.progress import UnitProgress, unit_progress
from desk.reasons import LONGEST
from models import AssessmentRound, Institution, Session
from screens import charts
from screens.acts import act, fresh
from screens.assessment import unit_state
from screens.assessment.sample_rules import show_rule
from screens.index.schemes import ask_stand_in
from screens.plain import plain
from screens.shell import language, number, percent, say

TICKS = (0, 25, 50, 75, 100)


def show_sample(
    session: Session, actor: Actor, a_round: AssessmentRound, institution: Institution
) -> None:
    """What is chosen of the institution against the rule, and how far each unit is."""
    rules, scheme = rules_of(a_round), judged_under(session, a_round)
    stand_in = ask_stand_in(scheme, "sampling_stand_in")
    units = unit_progress(session, actor, a_round.id, institution.id, stand_in)
    st.subheader(say("sampling.sample"))
    show_rule(rules, a_round.year, institution.kind, Counter(one.sampled.kind for one in units))
    if not units:
        st.info(say("sampling.empty"), icon=":material/checklist:")
        return
    scored = sum(not one.missing for one in units)
    if scored < len(units):
        told = say("sampling.provisional", scored=scored, units=len(units))
        st.warning(told, icon=":material/hourglass_top:")
    _show_progress(units)
    _show_unit(session, actor, a_round, units)


def share(done: int, of: int) -> float:
    """In percent; nothing of nothing is 0."""
    return 100 * done / of if of else 0.0


def share_judged(done: int, of: int) -> str:
    """The share, rounded down: 100% is all of them."""
    return percent(Fraction(int(share(done, of)), 100))


def done_of(done: int, of: int) -> str:
    """How many of how many, and the share."""
    share = share_judged(done, of)
    return say("sampling.done_of", done=number(done, 0), of=number(of, 0), share=share)


def _show_progress(units: Sequence[UnitProgress]) -> None:
    frame = pd.DataFrame(
        {
            "name": [one.unit.name for one in units],
            "value": [share(one.judged, one.items) for one in units],
            "text": [share_judged(one.judged, one.items) for one in units],
        }
    )
    rows = [
        (
            one.unit.name,
            done_of(one.judged, one.items),
            say("sampling.complete") if not one.missing else number(len(one.missing), 0),
            say(f"signing.{_signed(one)}"),
            _remark(one),
        )
        for one in units
    ]
    headings = (
        "words.unit",
        "sampling.judged",
        "sampling.missing",
        "signing.heading",
        "sampling.remark",
    )
    table = pd.DataFrame(rows, columns=[say(key) for key in headings])
    chart = charts.bars(frame, TICKS, say("sampling.percent"))
    charts.show(chart, say("sampling.progress_sentence"), table, "sampling_progress")


def _signed(one: UnitProgress) -> str:
    if one.signed is None:
        return "state_unsigned"
    return "state_signed" if one.signed.holds else "state_opened_again"


def _remark(one: UnitProgress) -> str:
    parts = [
        *([say("sampling.beyond_mark")] if one.sampled.proposal_id is None else []),
        *([say("lacking.mark")] if one.waiver else []),
        *([say("not_counted.mark")] if one.not_counted else []),
    ]
    return ", ".join(parts) or "–"


def _show_unit(
    session: Session, actor: Actor, a_round: AssessmentRound, units: Sequence[UnitProgress]
) -> None:
    found = {one.unit.id: one for one in units}
    key = st.selectbox(
        say("sampling.one_unit"),
        list(found),
        format_func=lambda one: found[one].unit.name,
        key=f"sampling_unit_{units[0].unit.institution_id}",
    )
    one, rules = found[key], rules_of(a_round)
    if one.sampled.reason:
        st.caption(say("sampling.chosen_beyond", reason=plain(one.sampled.reason)))
    _show_missing(one)
    unit_state.show_state(session, actor, a_round, one)
    _show_looked(one, rules)
    names = {user.id: user.name for user in possible_assessors(session, actor)}
    _show_assessors(one, names)
    _ask_subjects(a_round, one, rules)
    _ask_assessors(a_round.id, one, names)
    _ask_withdrawal(a_round.id, one)


def _show_missing(one: UnitProgress) -> None:
    if not one.missing:
        st.success(say("sampling.nothing_missing"), icon=":material/check_circle:")
        return
    with st.expander(say("sampling.missing_of", number=number(len(one.missing), 0))):
        names = [plain(node.name[language()]) for node in one.missing]
        st.markdown("\n".join(f"- {name}" for name in names))


def _show_looked(one: UnitProgress, rules: Sampling) -> None:
    """Each product and person that was chosen, and how many of its items are judged."""
    names = {service.code: service.name for service in one.unit.services}
    lines = []
    for looked in one.subjects:
        kind = rules.subjects[looked.subject.kind].name[language()]
        name = names.get(looked.subject.subject, looked.subject.subject)
        done = done_of(looked.judged, looked.items)
        lines.append(f"- {plain(kind)} · {plain(name)}: {done}")
    if lines:
        with st.expander(say("sampling.looked_at", number=number(len(lines), 0))):
            st.markdown("\n".join(lines))


def _show_assessors(one: UnitProgress, names: dict[int, str]) -> None:
    if not one.by_assessor:
        st.caption(say("sampling.no_assessor"))
    lines = [
        f"- {plain(names.get(key, '–'))}: {done_of(judged, one.items)}"
        for key, judged in one.by_assessor.items()
    ]
    st.markdown("\n".join(lines))


def _ask_subjects(a_round: AssessmentRound, one: UnitProgress, rules: Sampling) -> None:
    wanted = rules.rule(a_round.year).subjects
    chosen = Counter(looked.subject.kind for looked in one.subjects)
    st.markdown(
        " · ".join(
            say(
                "sampling.of_kind",
                kind=subject.name[language()],
                chosen=number(chosen[kind], 0),
                wanted=number(wanted[kind].value, 0) if kind in wanted else "–",
            )
            for kind, subject in rules.subjects.items()
        )
    )
    services = {service.code: service.name for service in one.unit.services}
    present = [looked.subject.subject for looked in one.subjects if looked.subject.kind == PRODUCT]
    key = fresh(f"choose_subjects_{one.unit.id}")
    with (
        st.expander(say("sampling.subjects"), key=f"{key}_open"),
        st.form(key, border=False, enter_to_submit=False),
    ):
        products = st.multiselect(
            rules.subjects[PRODUCT].name[language()],
            list(services),
            [code for code in present if code in services],
            format_func=services.__getitem__,
            placeholder="–",
            key=f"{key}_products",
        )
        people = {
            role: int(
                st.number_input(
                    subject.name[language()], 0, MOST_PEOPLE, chosen[role], key=f"{key}_{role}"
                )
            )
            for role, subject in rules.subjects.items()
            if role != PRODUCT
        }
        st.caption(say("sampling.no_names"))
        reason = _ask_reason(key)
        if st.form_submit_button(say("words.save"), type="primary"):
            act(
                say("sampling.saved"),
                lambda session, actor: choose_subjects(
                    session, actor, a_round.id, one.unit.id, SubjectChoice(products, people, reason)
                ),
            )


def _ask_assessors(round_id: int, one: UnitProgress, names: dict[int, str]) -> None:
    key = fresh(f"choose_assessors_{one.unit.id}")
    with (
        st.expander(say("sampling.assessors"), key=f"{key}_open"),
        st.form(key, border=False, enter_to_submit=False),
    ):
        assessors = st.multiselect(
            say("sampling.who"),
            list(names),
            [key for key in one.by_assessor if key in names],
            format_func=names.__getitem__,
            placeholder="–",
            key=f"{key}_who",
        )
        reason = _ask_reason(key)
        if st.form_submit_button(say("words.save"), type="primary"):
            act(
                say("sampling.saved"),
                lambda session, actor: choose_assessors(
                    session, actor, round_id, one.unit.id, AssessorChoice(assessors, reason)
                ),
            )


def _ask_withdrawal(round_id: int, one: UnitProgress) -> None:
    key = fresh(f"withdraw_unit_{one.unit.id}")
    with (
        st.expander(say("sampling.withdraw"), key=f"{key}_open"),
        st.form(key, border=False, enter_to_submit=False),
    ):
        reason = st.text_area(say("sampling.reason"), max_chars=LONGEST, key=f"{key}_reason")
        if st.form_submit_button(say("sampling.withdraw_it")):
            act(
                say("sampling.withdrawn"),
                lambda session, actor: withdraw_unit(session, actor, round_id, one.unit.id, reason),
            )


def _ask_reason(key: str) -> str:
    return st.text_input(say("sampling.why_less"), max_chars=LONGEST, key=f"{key}_reason")

"""The follow-up of a survey: its plan, how far each programme is, public consultations."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

import streamlit as st

from accounts.actors import Actor, runs_unit
from desk.places import periods_of
from desk.unit.effects import effects_of
from desk.unit.follow_up import (
    LONGEST_MINUTES,
    LONGEST_NAME,
    NewConsultation,
    NewProgramme,
    ProgrammeStep,
    Realised,
    consultations_of,
    days_late,
    follow_ups_of,
    hold_consultation,
    note_step,
    plan_follow_up,
    realised,
    realised_by_service,
)
from desk.unit.results import unit_results
from locales.refusals import show_value
from models import Consultation, FollowUp, Period, Session, Unit
from models.follow_ups import LONGEST_ACCOUNT, STATUSES
from reports.contents import Effect
from screens.acts import act, fresh, tell_done
from screens.choices import CLOSED_FIRST, choose_survey
from screens.looks import look
from screens.plain import plain
from screens.proofs import act_with_proof, ask_proof, show_proof
from screens.shell import day, language, level, number, say, signed, today
from survey.schemes import used_scheme

COLOURS: dict[str, Literal["gray", "blue", "green", "orange"]] = {
    "planned": "gray",
    "under_way": "blue",
    "done": "green",
    "dropped": "orange",
}


def screen() -> None:
    """Asks for unit and period; shows the plan, beside it that of the period before."""
    st.title(say("shell.page_tindak-lanjut"))
    st.markdown(say("follow_up.lead"))
    st.caption(say("follow_up.public"))
    tell_done()
    with look() as (session, actor):
        chosen = choose_survey(session, actor, "follow_up", CLOSED_FIRST)
        if chosen is None:
            return
        unit, period = chosen
        now_column, before_column = st.columns([3, 2], gap="large")
        with now_column:
            _show_plan(session, actor, unit, period)
            _show_consultations(session, actor, unit, period)
        with before_column:
            periods = periods_of(session, actor, unit.id)
            earlier = periods[periods.index(period) + 1 :]
            _show_before(session, actor, unit, period, earlier[0] if earlier else None)


def _show_plan(session: Session, actor: Actor, unit: Unit, period: Period) -> None:
    st.header(say("follow_up.plan"))
    plans = follow_ups_of(session, actor, unit.id, period.id)
    elements, services = _elements(period), _services(unit)
    _show_share(plans, services)
    if late := sum(days_late(plan, today()) > 0 for plan in plans):
        told = say("follow_up.late_of", number=number(late, 0))
        st.warning(told, icon=":material/event_busy:")
    mine = runs_unit(actor, unit)
    if not plans:
        told = "follow_up.empty" if mine else "follow_up.empty_to_readers"
        st.info(say(told), icon=":material/assignment:")
    for plan in plans:
        with st.container(border=True):
            _show_programme(session, plan, elements, services)
            if mine:
                _ask_step(plan)
    if mine:
        _ask_programme(unit, period, elements, services)


def _elements(period: Period) -> dict[str, str]:
    """The elements' names with their numbers, by key."""
    return {
        node.key: f"U{node.number.list} {node.name[language()]}"
        if node.number
        else node.name[language()]
        for node in used_scheme(period).children
    }


def _services(unit: Unit) -> dict[int | None, str]:
    return {None: say("follow_up.whole_unit")} | {
        service.id: service.name for service in unit.services
    }


def _show_share(plans: Sequence[FollowUp], services: dict[int | None, str]) -> None:
    """How much is done, of all and of each service."""
    whole = realised(plans)
    if whole.share is None:
        return
    st.progress(float(whole.share), text=_share("follow_up.realised", whole))
    by_service = realised_by_service(plans)
    if len(by_service) > 1:
        lines = [
            f"- {plain(services[service])}: " + _share("follow_up.realised_of", one)
            for service, one in by_service.items()
        ]
        st.markdown("\n".join(lines))


def _share(text: str, one: Realised) -> str:
    share = number(100 * (one.share or 0), 0)
    return say(text, done=number(one.done, 0), planned=number(one.planned, 0), share=share)


def _show_programme(
    session: Session, plan: FollowUp, elements: dict[str, str], services: dict[int | None, str]
) -> None:
    step = plan.steps[-1]
    with st.container(horizontal=True, gap="small"):
        st.badge(_status(step.status), color=COLOURS[step.status])
        if days := days_late(plan, today()):
            late = say("follow_up.late", days=number(days, 0))
            st.badge(late, icon=":material/event_busy:", color="red")
    st.markdown(f"**{plain(elements[plan.element])}**")
    st.text(plan.programme)
    about = say("follow_up.by_whom", due=day(plan.due), person=plain(plan.person))
    st.caption(f"{plain(services[plan.service_id])} · {about}")
    if step.account:
        st.text(step.account)
    show_proof(session, step.evidence_hash, f"follow_up_proof_{step.id}")


def _status(status: str) -> str:
    return say(f"follow_up.status_{status}")


def _ask_step(plan: FollowUp) -> None:
    key = fresh(f"follow_up_step_{plan.id}")
    with (
        st.expander(say("follow_up.note_step"), key=f"{key}_open"),
        st.form(key, border=False, enter_to_submit=False),
    ):
        present = STATUSES.index(plan.steps[-1].status)
        status = st.selectbox(
            say("follow_up.status"),
            STATUSES,
            index=present,
            format_func=_status,
            key=f"{key}_status",
        )
        account = st.text_area(
            say("follow_up.account"), max_chars=LONGEST_ACCOUNT, key=f"{key}_account"
        )
        file = ask_proof(f"{key}_file")
        if st.form_submit_button(say("words.save"), type="primary"):
            act_with_proof(
                say("follow_up.noted"),
                file,
                lambda session, actor, proof: note_step(
                    session, actor, plan.id, ProgrammeStep(status, account, proof)
                ),
            )


def _ask_programme(
    unit: Unit, period: Period, elements: dict[str, str], services: dict[int | None, str]
) -> None:
    key = fresh("follow_up_new")
    asked = st.query_params.get("unsur")  # by the reading room's link
    with (
        st.expander(
            say("follow_up.new"), asked in elements, icon=":material/add:", key=f"{key}_open"
        ),
        st.form(key, border=False, enter_to_submit=False),
    ):
        st.caption(say("follow_up.which_element"))
        element = st.selectbox(
            say("follow_up.element"),
            list(elements),
            index=list(elements).index(asked) if asked in elements else 0,
            format_func=elements.__getitem__,
            key=f"{key}_element",
        )
        service = st.selectbox(
            say("follow_up.service"),
            list(services),
            format_func=services.__getitem__,
            key=f"{key}_service",
        )
        programme = st.text_area(
            say("follow_up.programme"), max_chars=LONGEST_ACCOUNT, key=f"{key}_programme"
        )
        due = st.date_input(say("follow_up.due"), value=None, format="DD/MM/YYYY", key=f"{key}_due")
        person = st.text_input(say("follow_up.person"), max_chars=LONGEST_NAME, key=f"{key}_person")
        if not st.form_submit_button(say("follow_up.add"), type="primary"):
            return
        if not isinstance(due, date):
            st.error(say("follow_up.no_date"), icon=":material/error:")
            return
        act(
            say("follow_up.added"),
            lambda session, actor: plan_follow_up(
                session,
                actor,
                unit.id,
                period.id,
                NewProgramme(element, programme, due, person, service),
            ),
        )


def _show_consultations(session: Session, actor: Actor, unit: Unit, period: Period) -> None:
    st.header(say("follow_up.consultation"))
    held = consultations_of(session, actor, unit.id, period.id)
    if not held:
        st.info(say("follow_up.no_consultation"), icon=":material/groups:")
    for one in held:
        _show_consultation(session, one)
    if runs_unit(actor, unit):
        _ask_consultation(unit, period)


def _show_consultation(session: Session, one: Consultation) -> None:
    people = number(one.participants, 0)
    with st.container(border=True):
        st.markdown(say("follow_up.held", date=day(one.held), participants=people))
        st.text(one.minutes)
        show_proof(session, one.evidence_hash, f"follow_up_minutes_{one.id}")


def _ask_consultation(unit: Unit, period: Period) -> None:
    key = fresh("consultation")
    with (
        st.expander(say("follow_up.keep_minutes"), icon=":material/add:", key=f"{key}_open"),
        st.form(key, border=False, enter_to_submit=False),
    ):
        held = st.date_input(
            say("follow_up.held_on"), today(), format="DD/MM/YYYY", key=f"{key}_held"
        )
        people = st.number_input(
            say("follow_up.participants"), min_value=1, value=20, key=f"{key}_participants"
        )
        minutes = st.text_area(
            say("follow_up.minutes"), max_chars=LONGEST_MINUTES, key=f"{key}_minutes"
        )
        file = ask_proof(f"{key}_file")
        if not st.form_submit_button(say("words.save"), type="primary"):
            return
        if not isinstance(held, date):
            st.error(say("follow_up.no_date"), icon=":material/error:")
            return
        act_with_proof(
            say("follow_up.kept"),
            file,
            lambda session, actor, proof: hold_consultation(
                session,
                actor,
                unit.id,
                period.id,
                NewConsultation(held, int(people), minutes, proof),
            ),
        )


def _show_before(
    session: Session, actor: Actor, unit: Unit, period: Period, earlier: Period | None
) -> None:
    """The plan of the period before, to be read; its steps are noted in that period.

    Above the programmes of an element stands what its mean did since.
    """
    st.header(say("follow_up.before"))
    if earlier is None:
        st.caption(say("follow_up.nothing_before"))
        return
    st.caption(plain(earlier.name))
    plans = follow_ups_of(session, actor, unit.id, earlier.id)
    elements, services = _elements(earlier), _services(unit)
    _show_share(plans, services)
    if not plans:
        st.info(say("follow_up.no_plan_before"), icon=":material/history:")
        return
    effects = _effects(session, actor, unit, period, earlier)
    for element in dict.fromkeys(plan.element for plan in plans):
        if effect := effects.get(element):
            _show_effect(effect, elements[element])
        for plan in plans:
            if plan.element == element:
                with st.container(border=True):
                    _show_programme(session, plan, elements, services)
    told = "no_cause" if effects else "none" if period.closed_at else "after_closing"
    st.caption(say(f"effects.{told}", level=level()))


def _effects(
    session: Session, actor: Actor, unit: Unit, period: Period, earlier: Period
) -> dict[str, Effect]:
    if period.closed_at is None:
        return {}
    results = unit_results(session, actor, unit.id, period.id)
    return {one.element: one for one in effects_of(session, actor, results, earlier)}


def _show_effect(effect: Effect, element: str) -> None:
    """The mean then and now, and what the survey can tell of it."""
    st.metric(
        plain(element),
        say("effects.from_to", before=number(effect.before), now=number(effect.now)),
    )
    found = signed(effect.change.difference)
    if effect.change.interval:
        low, high = map(signed, effect.change.interval)
        found = say("effects.with_interval", difference=found, level=level(), low=low, high=high)
    st.caption(f"{say('effects.difference')}: {found}")
    st.markdown(f"**{_verdict(effect)}**")


def _verdict(effect: Effect) -> str:
    if effect.verdict == "unknown":
        return show_value(language(), effect.change.verdict).capitalize()
    return say(f"effects.{effect.verdict}_{'done' if effect.done else 'undone'}")

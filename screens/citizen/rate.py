"""Rate a visit: a citizen finds the unit, answers, and gets a receipt."""

import time
from pathlib import Path
from urllib.parse import quote

import streamlit as st

from models import SQLAlchemyError, now
from models.responses import READERS
from screens import shell
from screens.citizen import fields
from screens.citizen.finding import search
from screens.citizen.form import Form, form_of, keep_over_languages
from screens.citizen.links import onward
from screens.citizen.sending import log_failure, problems, send_buttons
from screens.citizen.thanks import RECEIPT, thanks
from screens.plain import plain
from survey.asking import OpenUnit
from survey.checks import Submission
from survey.instance import limits
from survey.limits import Visitor

STYLE = Path(__file__).parents[1] / "assets" / "rate.css"


def screen() -> None:
    """The form of the unit in the address, or a search for one."""
    st.html(STYLE)
    code, receipt = (st.query_params.get(name, "").strip() for name in ("unit", RECEIPT))
    form = None
    try:
        if receipt:
            forms: dict[str, Form] = st.session_state.get("rate_forms", {})
            thanks(receipt, any(one.sent and one.known for one in forms.values()))
        else:
            form = form_of(code) if code else None
            if form is None:
                search()
    except SQLAlchemyError as error:
        log_failure(error)
        st.error(shell.say("rate.unreachable"))
        st.button(shell.say("rate.retry"), key="rate_retry")
        return
    if receipt:
        _another()
    elif form:
        _ask(form)


def _ask(form: Form) -> None:
    """The whole form. Nothing is sent to the server before a button is pressed."""
    keep_over_languages(form)
    _heading(form.place)
    problems(form)
    token = fields.token(form)
    choices = fields.questions(form)
    experience = fields.experience(form)
    provenance = fields.provenance(form)
    service = fields.service(form)
    respondent = fields.respondent(form)
    comment = fields.comment(form)
    readers = fields.readers(form) if comment.strip() else READERS[-1]
    browser = st.context.headers.get("User-Agent", "")
    submission = Submission(
        key=form.key,
        unit=form.place.code,
        period=form.place.period,
        answers={
            item: None if said == fields.MISSING else said
            for item, said in choices.items()
            if said is not None
        },
        service=service,
        experience=experience,
        respondent=respondent,
        comment=comment,
        readers=readers,
        language=shell.language(),
        provenance=provenance,
        seconds=time.monotonic() - form.since,
        token=token,
        client=limits().client(Visitor(st.context.ip_address, browser), now()),
        interviewer=st.query_params.get("e", ""),
    )
    send_buttons(form, submission)


def _heading(place: OpenUnit) -> None:
    if place.demonstration:
        st.warning(shell.say("rate.demonstration"))
    st.title(shell.say("rate.how_was", unit=plain(place.name)), anchor=False)
    institution, period = plain(place.institution), plain(place.period_name)
    st.write(shell.say("rate.place", institution=institution, period=period))
    st.caption(shell.say("rate.privacy"))
    onward(f"/privasi?unit={quote(place.code)}&lang={shell.language()}", shell.say("privacy.title"))
    if place.aids.film:
        onward(place.aids.film, shell.say("light.film"))
    if st.button(shell.say("rate.other_unit"), key="rate_other", type="tertiary"):
        _leave()


def _another() -> None:
    """Begins anew; of what was sent nothing is left."""
    if st.button(shell.say("rate.another"), key="rate_another", type="primary"):
        forms: dict[str, Form] = st.session_state.get("rate_forms", {})
        for code in [code for code, form in forms.items() if form.sent]:
            del forms[code]
        _leave()


def _leave() -> None:
    """Back to the search; a form that was begun is kept for its return."""
    for name in ("unit", RECEIPT):
        st.query_params.pop(name, None)
    st.rerun()

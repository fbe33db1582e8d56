"""Sends the form; what is refused keeps all that was typed, and says why."""

import logging
import math
from dataclasses import replace

import streamlit as st

from models import SQLAlchemyError, now
from screens import shell
from screens.citizen.fields import told
from screens.citizen.form import Form, move_on, widgets
from screens.citizen.thanks import RECEIPT
from screens.looks import look_in
from screens.plain import plain
from survey.admission import usual_unless_free
from survey.checks import Submission, SubmissionRefused
from survey.instance import limits, writer
from survey.limits import Turn, Visitor
from survey.submission import Taken
from survey.writer import Overloaded

logger = logging.getLogger(__name__)


def send_buttons(form: Form, submission: Submission) -> None:
    """Why it was not sent, and what sends it; nothing, where no sending can succeed."""
    problems(form)
    if form.closed:
        return
    anyway = False
    if any(problem.code == "incomplete" for problem in form.problems):
        anyway = st.button(shell.say("rate.send_anyway"), key="rate_send_anyway", width="stretch")
    send = st.button(shell.say("rate.send"), key="rate_send", type="primary", width="stretch")
    if send or anyway:
        form.partly = form.partly or anyway
        form.problems, form.failed, form.wait, form.moved_from = [], False, 0, ""
        _send(form, replace(submission, partly=form.partly))
        st.rerun()


def _send(form: Form, submission: Submission) -> None:
    """Stores the form; the receipt is kept only once that is committed."""
    browser = st.context.headers.get("User-Agent", "")
    turn = _turn(submission, Visitor(st.context.ip_address, browser))
    form.wait = turn.wait
    if form.wait:
        return
    taken: Taken | None = None
    try:
        taken = writer().submit(submission).result()
    except SubmissionRefused as refused:
        form.problems = refused.problems
        if any(one.code == "closed_period" for one in refused.problems):
            move_on(form)
    except (Overloaded, SQLAlchemyError, OSError) as error:
        form.failed = True
        log_failure(error)
    else:
        form.sent, form.known = True, taken.known
        st.query_params[RECEIPT] = taken.code
        for key in widgets(form):
            del st.session_state[key]
    finally:
        if taken is None or taken.known:
            limits().give_back(turn)


def _turn(submission: Submission, visitor: Visitor) -> Turn:
    """Whether the form may be stored now; the database is asked only of who would wait."""
    turn = limits().turn(submission, visitor, now())
    if not turn.wait:
        return turn
    with look_in() as session:
        usual = usual_unless_free(session, shell.secret(), submission, now())
    return Turn() if usual is None else limits().turn(submission, visitor, now(), usual)


def log_failure(error: Exception) -> None:
    """Only the kind of error: its text may quote what a citizen wrote."""
    logger.error("the database failed: %s", type(error).__name__)


def problems(form: Form) -> None:
    """Why it was not sent; said at both ends of a form longer than any screen."""
    if form.failed:
        st.error(shell.say("rate.failed"))
    if form.wait:
        st.error(shell.say("light.in_line", minutes=math.ceil(form.wait / 60)))
    sentences = [told(problem) for problem in form.problems]
    if form.closed:
        st.error(" ".join([f"{shell.say('light.unsaved')}.", *sentences]))
    elif form.moved_from:
        _say_where_to(form)
    elif sentences:
        st.error("\n".join([shell.say("rate.refused"), "", *(f"- {one}" for one in sentences)]))


def _say_where_to(form: Form) -> None:
    periods = {"old": plain(form.moved_from), "new": plain(form.place.period_name)}
    st.warning(shell.say("light.rolled_over", **periods))
    if form.other_questions:
        st.warning(shell.say("light.other_questions"))

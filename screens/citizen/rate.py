"""Rate a visit: a citizen finds the unit, answers, and gets a receipt."""

import logging
import math
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

import streamlit as st

from analysis.errors import Problem
from locales import Language
from locales.refusals import sentence
from models import SQLAlchemyError, now
from models.responses import LONGEST_COMMENT, READERS
from screens import shell
from screens.citizen.finding import search
from screens.citizen.links import onward
from screens.citizen.thanks import RECEIPT, thanks
from screens.looks import look_in
from screens.plain import plain
from survey.asking import OpenUnit, closed_of, find_unit, place_of
from survey.checks import Submission, SubmissionRefused, offered_provenances
from survey.instance import limits, writer
from survey.kiosks import interviewers_by_key, provenance_of
from survey.limits import Turn, Visitor
from survey.receipts import mint_key
from survey.rhythm import usual_day
from survey.submission import Taken, is_known
from survey.tokens import is_good
from survey.writer import Overloaded

MISSING = "missing"  # the choice "don't know": stored as no answer
STYLE = Path(__file__).parents[1] / "assets" / "rate.css"

logger = logging.getLogger(__name__)


@dataclass
class Form:
    """A form being filled in. It outlives reruns, refusals and a look at another page."""

    number: int
    place: OpenUnit
    language: Language
    key: str = field(default_factory=mint_key)
    since: float = field(default_factory=time.monotonic)
    problems: list[Problem] = field(default_factory=list)
    partly: bool = False  # to be sent although questions are unanswered
    failed: bool = False
    wait: int = 0  # seconds, where too many have sent from the same network
    sent: bool = False
    known: bool = False  # it had been stored before it was sent this time

    def widget(self, name: str) -> str:
        """The key of a widget, so that no answer slips into another form."""
        return f"rate_{self.number}_{name}"


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
            form = _form(code) if code else None
            if form is None:
                search()
    except SQLAlchemyError as error:
        _log(error)
        st.error(shell.say("rate.unreachable"))
        st.button(shell.say("rate.retry"), key="rate_retry")
        return
    if receipt:
        _another()
    elif form:
        _ask(form)


def _form(code: str) -> Form | None:
    """The form that this visitor has begun for the unit, or a new one where it is open."""
    forms: dict[str, Form] = st.session_state.setdefault("rate_forms", {})
    if code not in forms:
        place = _find_place(code)
        if place is None:
            return None
        number = st.session_state["rate_number"] = st.session_state.get("rate_number", 0) + 1
        forms[code] = Form(number, place, shell.language())
    return forms[code]


def _find_place(code: str) -> OpenUnit | None:
    """The unit with this code and its open period; says so where there is none."""
    with look_in() as session:
        unit = find_unit(session, code)
        if unit is None:
            st.warning(shell.say("rate.unknown_unit", code=plain(code[:60])))
            return None
        place = place_of(session, unit, now())
        if place is None:
            closed = closed_of(session, unit, now())
            st.info(shell.say("rate.closed_unit", unit=plain(closed.name)))
            for after, name in closed.successors.items():
                st.markdown(shell.say("rate.goes_on", unit=plain(name), address=f"/s/{after}"))
        return place


def _ask(form: Form) -> None:
    """The whole form. Nothing is sent to the server before a button is pressed."""
    _keep_over_languages(form)
    _heading(form.place)
    _problems(form)
    token = _token(form)
    choices = _questions(form)
    experience = _experience(form)
    provenance = _provenance(form)
    service = _service(form)
    respondent = _respondent(form)
    comment = _comment(form)
    readers = _readers(form) if comment.strip() else READERS[-1]
    browser = st.context.headers.get("User-Agent", "")
    submission = Submission(
        key=form.key,
        unit=form.place.code,
        period=form.place.period,
        answers={
            item: None if said == MISSING else said
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
    _send_buttons(form, submission)


def _keep_over_languages(form: Form) -> None:
    """A choice is known to the browser by its words, which have just become others."""
    if form.language != shell.language():
        form.language = shell.language()
        for key in _widgets(form):
            st.session_state[key] = st.session_state[key]


def _widgets(form: Form) -> list[str]:
    return [key for key in map(str, st.session_state) if key.startswith(form.widget(""))]


def _heading(place: OpenUnit) -> None:
    if place.demonstration:
        st.warning(shell.say("rate.demonstration"))
    st.title(shell.say("rate.how_was", unit=plain(place.name)), anchor=False)
    institution, period = plain(place.institution), plain(place.period_name)
    st.write(shell.say("rate.place", institution=institution, period=period))
    st.caption(shell.say("rate.privacy"))
    onward(f"/privasi?unit={quote(place.code)}&lang={shell.language()}", shell.say("privacy.title"))
    if st.button(shell.say("rate.other_unit"), key="rate_other", type="tertiary"):
        _leave()


def _token(form: Form) -> str:
    """The visit's code, which stands in the link of a slip; "" where nobody wants one."""
    key, brought = form.widget("token"), st.query_params.get("v", "")
    if key not in st.session_state:
        st.session_state[key] = brought
    if form.place.open_link and not (brought or form.wait):
        return ""
    typed = st.text_input(
        shell.say("light.token" if form.place.open_link else "light.needed_token"),
        key=key,
        on_change="ignore",
        persist_state="session",
    )
    st.caption(shell.say("light.token_hint"))
    _beside(form, "token")
    return typed.strip()


def _service(form: Form) -> str | None:
    services = form.place.services
    if not services:
        return None
    chosen = st.selectbox(
        shell.say("rate.service"),
        services,
        index=None,
        format_func=services.__getitem__,
        placeholder=shell.say("rate.service_hint"),
        filter_mode="contains",
        key=form.widget("service"),
        on_change="ignore",
        persist_state="session",
    )
    _beside(form, "service")
    return chosen


def _questions(form: Form) -> dict[str, int | str | None]:
    """What was chosen for each item: an answer, MISSING, or None for nothing."""
    st.header(shell.say("rate.questions"), anchor=False)
    st.caption(shell.say("rate.this_visit"))
    language, instrument = shell.language(), form.place.instrument
    choices: dict[str, int | str | None] = {}
    for number, item in enumerate(instrument.questions, 1):
        words: dict[int | str, str] = {key: text[language] for key, text in item.answers.items()}
        words[MISSING] = instrument.missing[language]
        label = {"number": number, "all": len(instrument.questions), "text": item.text[language]}
        with st.container(border=True):
            choices[item.key] = st.radio(
                shell.say("rate.question", **label),
                words,
                index=None,
                format_func=words.__getitem__,
                width="stretch",
                key=form.widget(item.key),
                on_change="ignore",
                persist_state="session",
            )
            _beside(form, item.key)
    return choices


def _experience(form: Form) -> list[str]:
    language, asked = shell.language(), form.place.instrument.experience
    st.header(shell.say("rate.experience"), anchor=False)
    with st.container(border=True):
        st.write(asked.text[language])
        st.caption(asked.hint[language])
        choices = {**asked.forms, "none": asked.none, "declined": asked.declined}
        ticked = [
            choice
            for choice, text in choices.items()
            if st.checkbox(
                text[language],
                key=form.widget(f"experience_{choice}"),
                on_change="ignore",
                persist_state="session",
            )
        ]
        _beside(form, "experience")
    return ticked


def _provenance(form: Form) -> str:
    """Who fills it in; "" while nobody has said so."""
    interviewer = _registered_as(form.place.code)
    st.header(shell.say("rate.about"), anchor=False)
    if "e" in st.query_params and not interviewer:
        st.error(shell.say("light.unknown_interviewer"))
    words = {who: shell.say(f"rate.{who}") for who in offered_provenances(interviewer)}
    with st.container(border=True):
        chosen = st.radio(
            shell.say("rate.who"),
            words,
            index=len(words) - 1 if interviewer else None,
            format_func=words.__getitem__,
            width="stretch",
            key=form.widget("provenance"),
            on_change="ignore",
            persist_state="session",
        )
        _beside(form, "provenance")
    return chosen or ""


def _respondent(form: Form) -> dict[str, str]:
    language = shell.language()
    given = {}
    with st.expander(shell.say("rate.respondent")):
        st.caption(shell.say("rate.respondent_hint"))
        for asked in form.place.instrument.respondent.fields:
            words = {key: text[language] for key, text in asked.options.items()}
            given[asked.key] = st.selectbox(
                asked.text[language],
                words,
                index=None,
                format_func=words.__getitem__,
                placeholder=shell.say("rate.skip"),
                filter_mode=None,
                key=form.widget(f"respondent_{asked.key}"),
                on_change="ignore",
                persist_state="session",
            )
            _beside(form, asked.key)
    return {key: value for key, value in given.items() if value is not None}


def _comment(form: Form) -> str:
    # No max_chars: Streamlit would cut what is too long without a word.
    comment = st.text_area(
        shell.say("rate.comment"), key=form.widget("comment"), persist_state="session"
    )
    length, most = shell.number(len(comment), 0), shell.number(LONGEST_COMMENT, 0)
    st.caption(shell.say("rate.length", length=length, most=most))
    st.caption(shell.say("rate.comment_hint"))
    _beside(form, "comment")
    return comment


def _readers(form: Form) -> str:
    """Who may read the comment; without a choice the Ombudsman alone."""
    words = {who: shell.say(f"rate.{who}") for who in reversed(READERS)}
    chosen = st.radio(
        shell.say("rate.readers"),
        words,
        format_func=words.__getitem__,
        width="stretch",
        key=form.widget("readers"),
        on_change="ignore",
        persist_state="session",
    )
    _beside(form, "readers")
    return chosen


def _send_buttons(form: Form, submission: Submission) -> None:
    _problems(form)
    anyway = False
    if any(problem.code == "incomplete" for problem in form.problems):
        anyway = st.button(shell.say("rate.send_anyway"), key="rate_send_anyway", width="stretch")
    send = st.button(shell.say("rate.send"), key="rate_send", type="primary", width="stretch")
    if send or anyway:
        form.partly = form.partly or anyway
        form.problems, form.failed, form.wait = [], False, 0
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
    except (Overloaded, SQLAlchemyError, OSError) as error:
        form.failed = True
        _log(error)
    else:
        form.sent, form.known = True, taken.known
        st.query_params[RECEIPT] = taken.code
        for key in _widgets(form):
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
        code, period, token = submission.unit, submission.period, submission.token
        known = is_known(session, shell.secret(), submission.key)
        if known or is_good(session, shell.secret(), code, period, token):
            return Turn()
        usual = usual_day(session, code, now())
    return limits().turn(submission, visitor, now(), usual)


def _registered_as(unit_code: str) -> str:
    """As whom the interviewer in the address may fill in the unit's forms; empty: as nobody."""
    key = st.query_params.get("e", "")
    if not key:
        return ""
    with look_in() as session:
        unit = find_unit(session, unit_code)
        asking = interviewers_by_key(session, shell.secret(), [key]).get(key)
        return provenance_of(asking, unit) if unit else ""


def _log(error: Exception) -> None:
    """Only the kind of error: its text may quote what a citizen wrote."""
    logger.error("the database failed: %s", type(error).__name__)


def _problems(form: Form) -> None:
    """Why it was not sent; said at both ends of a form longer than any screen."""
    if form.failed:
        st.error(shell.say("rate.failed"))
    if form.wait:
        st.error(shell.say("light.in_line", minutes=math.ceil(form.wait / 60)))
    if form.problems:
        sentences = [f"- {_sentence(problem)}" for problem in form.problems]
        st.error("\n".join([shell.say("rate.refused"), "", *sentences]))


def _beside(form: Form, name: str) -> None:
    for problem in form.problems:
        if problem.place.key == name:
            st.error(_sentence(problem))


def _sentence(problem: Problem) -> str:
    return sentence(shell.language(), problem, written=plain)


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

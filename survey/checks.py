"""What a filled form must be, before anything of it is stored."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from analysis.characters import LOST, entered
from analysis.errors import BadInput, Place, Problem, Value
from analysis.rulebook.instrument import Instrument, Question
from locales import Phrase, languages
from models import Period, Unit
from models.responses import LONGEST_COMMENT, READERS
from survey.late_rules import load_late_rules
from survey.storage import CheckedResponse

COMPLETION_TIMES = (
    (15, "under_15_s"),
    (30, "15_to_30_s"),
    (60, "30_to_60_s"),
    (180, "1_to_3_min"),
)
LONGEST_TIME = "over_3_min"
# Nobody reads and answers a form in fewer seconds.
SHORTEST = 3
# What takes longer to arrive was kept by the device, by whose clock it was filled in.
LONGEST_WAY = timedelta(minutes=15)
# Who fills a form in, as a citizen is asked, and as an interviewer is.
CITIZENS = ("self", "companion", "on_behalf", "unit_staff")
INTERVIEWERS = ("unit_interviewer", "ombudsman_interviewer")
# A database stores no NUL, and half a surrogate pair is no character at all.
UNREADABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True)
class Submission:
    """A filled form as a door hands it over; nothing of it is trusted.

    ``key``: minted for this filled form. ``answers``: by item key, None for "don't know".
    ``experience``: keys of forms, or "none", or "declined"; empty: not answered.
    ``readers``: of the comment; the Ombudsman alone where nobody chose, since who has not agreed
    that the rated unit reads along has not agreed.
    ``seconds``: from the first sight of the form to sending it; None where nobody measured.
    ``token``: of the visit, as it was typed; with one the channel is "token", whatever the door
    says. ``trap``: of the field that no person sees. ``client``: of ``survey.limits``.
    ``partly``: that questions are unanswered was told, or nobody is there to be told.
    ``interviewer``: the registered key of who asks. ``kept``: it waited on a device, which says
    that it was filled in ``filled_at``; None where it doesn't say. ``withdrawn``: the kiosk that
    kept it was withdrawn before it came, so that it waits in the late list.
    """

    key: str
    unit: str
    period: str
    answers: Mapping[str, object]
    service: str | None = None
    experience: Sequence[str] = ()
    respondent: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""
    readers: str = "ombudsman"
    language: str = "id"
    channel: str = "open_link"
    provenance: str = "self"
    seconds: float | None = None
    token: str = ""
    trap: str = ""
    client: str | None = None
    partly: bool = True
    interviewer: str = ""
    kept: bool = False
    filled_at: datetime | None = None
    withdrawn: bool = False

    @cached_property
    def entered_comment(self) -> str:
        """The comment as it is stored: without controls, and what turns the text around it."""
        return entered(LOST.sub("", self.comment))


class SubmissionRefused(BadInput):
    """A submission that cannot be stored; nothing of it was.

    The key of each problem's place is the field of the form where it is mended, "" for the form
    as a whole.
    """


@dataclass(frozen=True)
class AskedForm:
    """Where and what a form asked: a unit with its services' ids by code, its period."""

    unit: Unit
    period: Period
    instrument: Instrument
    services: Mapping[str, int]

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone of the institution."""
        return ZoneInfo(self.unit.institution.timezone)

    def local(self, moment: datetime) -> datetime:
        """The moment in the institution's time zone."""
        return moment.astimezone(self.zone)

    def takes(self, moment: datetime) -> bool:
        """Whether what is filled in at ``moment`` is an answer of the period."""
        period, today = self.period, self.local(moment).date()
        runs = period.closed_at is None or moment < period.closed_at
        return runs and period.starts <= today <= period.ends and self.unit.stands_on(today)

    def ended_lately(self, moment: datetime) -> bool:
        """Whether the period ended for the unit so few days ago that undated answers are its."""
        closed = self.period.closed_at
        ends = [self.period.ends, self.unit.closed_on, closed and self.local(closed).date()]
        since = self.local(moment).date() - min(day for day in ends if day)
        return timedelta() <= since <= timedelta(days=load_late_rules().undated_days)


def check(
    submission: Submission, asked: AskedForm, moment: datetime, interviewer: str = ""
) -> CheckedResponse:
    """The response to store. Raises Refused, naming everything that is wrong.

    What a device kept is of the moment that it tells, as far as the period ran then, and may
    come after it: whoever stores it asks whether the period still takes it. ``interviewer``: as
    whom the submission's key is registered, empty: as nobody.
    """
    filled = filled_when(submission, asked, moment)
    if filled is None:
        found = asked.period.name
        raise SubmissionRefused([Problem("closed_period", Place(key="period"), found=found)])
    local = asked.local(filled)
    refusals = [
        *_refused_way(submission, asked),
        *_refused_entries(submission, asked),
        *_refused_door(submission, interviewer),
    ]
    if refusals:
        raise SubmissionRefused(refusals)
    return _row(
        submission,
        asked,
        channel="token" if submission.token else submission.channel,
        provenance=submission.provenance,
        language=submission.language,
        local_date=local.date(),
        quarter_hour=local.hour * 4 + local.minute // 15,
        device_clock=moment - filled >= LONGEST_WAY,
        completion_time=completion_time(submission.seconds),
        # A kiosk is one client for everybody.
        client_group=None if submission.channel == "kiosk" else submission.client,
    )


def filled_when(submission: Submission, asked: AskedForm, moment: datetime) -> datetime | None:
    """When the form was filled in, as far as it is believed; None: not while the period ran.

    A device is believed a moment between the opening of the period and now. One that tells none
    kept an answer of the period all the same, as only an open period hands out forms; but nobody
    keeps one so long that it may come at any time after.
    """
    told = submission.filled_at if submission.kept else None
    if told and asked.period.opened_at <= told <= moment and asked.takes(told):
        return told
    undated = submission.kept and submission.filled_at is None
    lately = undated and asked.ended_lately(moment)
    return moment if lately or asked.takes(moment) else None


def check_paper(submission: Submission, asked: AskedForm) -> CheckedResponse:
    """The response to store of a keyed paper form, whose day is not known. Raises Refused."""
    if refusals := _refused_entries(submission, asked):
        raise SubmissionRefused(refusals)
    return _row(submission, asked, channel="paper", provenance="paper")


def _row(submission: Submission, asked: AskedForm, **of_the_way: Any) -> CheckedResponse:
    """The entries of the form, as they stand on paper too; and what is known of its way."""
    return CheckedResponse(
        answers={
            key: None if value is None else int(str(value))
            for key, value in submission.answers.items()
        },
        service_id=None if submission.service is None else asked.services[submission.service],
        experience=tuple(submission.experience),
        respondent=dict(submission.respondent),
        comment=submission.entered_comment,
        readers=submission.readers,
        **of_the_way,
    )


def unanswered(answers: Collection[str], instrument: Instrument) -> list[int]:
    """The numbers of the questions that nothing was chosen for; "don't know" is a choice."""
    return [at for at, one in enumerate(instrument.questions, 1) if one.key not in answers]


def completion_time(seconds: float | None) -> str | None:
    """The class of a completion time.

    >>> completion_time(45), completion_time(None)
    ('30_to_60_s', None)
    """
    if seconds is None or not seconds >= 0:  # a clock that was set back, or no number at all
        return None
    return next((name for limit, name in COMPLETION_TIMES if seconds < limit), LONGEST_TIME)


def offered_provenances(interviewer: str) -> tuple[str, ...]:
    """Who may have filled the form in, of whom its reader has to choose.

    ``interviewer``: as whom the form's reader is registered, empty: as nobody.
    """
    return (*CITIZENS, interviewer) if interviewer else CITIZENS


def _refused_entries(submission: Submission, asked: AskedForm) -> list[Problem]:
    return [
        *_refused_service(submission, asked),
        *_refused_answers(submission, asked.instrument),
        *_refused_experience(submission.experience, asked.instrument),
        *_refused_respondent(submission.respondent, asked.instrument),
        *_refused_comment(submission),
    ]


def _refused_way(submission: Submission, asked: AskedForm) -> list[Problem]:
    """What no citizen does who came in by a door that is open."""
    refusals = []
    if submission.channel == "open_link" and not submission.token and not asked.unit.open_link:
        refusals.append(Problem("token_needed", Place(key="token")))
    if submission.trap:
        refusals.append(Problem("trapped"))
    if submission.seconds is not None and not submission.seconds >= SHORTEST:
        refusals.append(Problem("too_fast"))
    return refusals


def _refused_service(submission: Submission, asked: AskedForm) -> list[Problem]:
    if submission.service is None or submission.service in asked.services:
        return []
    place, found = Place(key="service"), shown(submission.service)
    return [Problem("unknown_service", place, found=found, expected=asked.unit.name)]


def _refused_answers(submission: Submission, instrument: Instrument) -> list[Problem]:
    given = {key: value for key, value in submission.answers.items() if value is not None}
    if not given and not submission.experience and not submission.entered_comment:
        return [Problem("nothing_answered", Place(key="answers"))]
    unknown = [key for key in submission.answers if key not in instrument.allowed]
    refusals = [Problem("unknown_item", Place(key="answers"), found=shown(key)) for key in unknown]
    missing = unanswered(submission.answers, instrument)
    if missing and not submission.partly:
        first = Place(key=instrument.questions[missing[0] - 1].key)
        refusals.append(Problem("incomplete", first, found=", ".join(map(str, missing))))
    return refusals + [
        answer_not_allowed(question, given[question.key], [*question.answers.values()])
        for question in instrument.questions
        if question.key in given
        and str(given[question.key]) not in map(str, instrument.allowed[question.key])
    ]


def answer_not_allowed(question: Question, found: object, choices: Sequence[Value]) -> Problem:
    """The problem of an answer that is none of the question's choices, as they were offered."""
    return Problem(
        "answer_not_allowed",
        Place(key=question.key),
        field=question.text,
        found=shown(found),
        expected=choices,
    )


def _refused_experience(experience: Sequence[str], instrument: Instrument) -> list[Problem]:
    alone = {"none", "declined"}
    unknown = set(experience) - set(instrument.experience.forms) - alone
    if unknown:
        found = shown(", ".join(sorted(unknown)))
        return [Problem("unknown_form", Place(key="experience"), found=found)]
    if alone & set(experience) and len(set(experience)) > 1:
        return [Problem("contradiction", Place(key="experience"))]
    return []


def _refused_respondent(respondent: Mapping[str, str], instrument: Instrument) -> list[Problem]:
    fields = {field.key: field for field in instrument.respondent.fields}
    return [
        unknown_option(shown(key), fields[key].text if key in fields else shown(key), value)
        for key, value in respondent.items()
        if key not in fields or value not in fields[key].options
    ]


def unknown_option(key: str, field: Value, found: object) -> Problem:
    """The problem of a choice that the field, as the form calls it, does not offer."""
    return Problem("unknown_option", Place(key=key), field=field, found=shown(found))


def _refused_comment(submission: Submission) -> list[Problem]:
    refusals = []
    length = len(submission.entered_comment)
    if length > LONGEST_COMMENT:
        place = Place(key="comment")
        refusals.append(Problem("comment_too_long", place, found=length, expected=LONGEST_COMMENT))
    if submission.readers not in READERS:
        asked = Phrase("rate.readers")
        refusals.append(unknown_option("readers", asked, submission.readers))
    return refusals


def _refused_door(submission: Submission, interviewer: str) -> list[Problem]:
    refusals = []
    if not submission.provenance:
        refusals.append(Problem("who_needed", Place(key="provenance")))
    elif submission.provenance in INTERVIEWERS and submission.provenance != interviewer:
        refusals.append(Problem("not_registered", Place(key="provenance")))
    elif submission.provenance not in CITIZENS + INTERVIEWERS:
        asked = Phrase("rate.who")
        refusals.append(unknown_option("provenance", asked, submission.provenance))
    if submission.channel not in {"open_link", "kiosk"}:
        refusals.append(unknown_option("channel", "channel", submission.channel))
    if submission.language not in languages():
        refusals.append(unknown_option("language", "language", submission.language))
    return refusals


def shown(found: object) -> str:
    """What was found, cut short and fit to be shown."""
    return UNREADABLE.sub("\ufffd", str(found)[:60])

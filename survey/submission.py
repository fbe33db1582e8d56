"""Submissions: the only way in for a rated visit, checked as a whole, stored as a whole."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from analysis.instrument import Instrument
from models import Period, Receipt, Service, Unit
from models.responses import LONGEST_COMMENT, PROVENANCES
from survey.periods import asked_instrument
from survey.receipts import KEY, code_hash, receipt_code
from survey.storage import Row, store

COMPLETION_TIMES = (
    (15, "under_15_s"),
    (30, "15_to_30_s"),
    (60, "30_to_60_s"),
    (180, "1_to_3_min"),
)
LONGEST_TIME = "over_3_min"
# A database stores no NUL, and half a surrogate pair is no character at all.
UNREADABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True)
class Submission:
    """A filled form as a door hands it over; nothing of it is trusted.

    ``key``: minted for this filled form. ``answers``: by item key, None for "don't know".
    ``experience``: keys of forms, or "none", or "declined"; empty: not answered.
    ``seconds``: from the first sight of the form to sending it.
    """

    key: str
    unit: str
    period: str
    answers: Mapping[str, object]
    service: str | None = None
    experience: Sequence[str] = ()
    respondent: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""
    language: str = "id"
    channel: str = "open_link"
    provenance: str = "self"
    seconds: float | None = None


@dataclass(frozen=True)
class Refusal:
    """Why a submission is refused; ``why`` names the sentence in ``locales/``."""

    why: str
    field: str
    found: str
    expected: str = ""


class Refused(Exception):
    """A submission that cannot be stored; nothing of it was."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        self.refusals = list(refusals)
        super().__init__("; ".join(f"{r.field}: {r.why} ({r.found})" for r in refusals))


def submit(session: Session, secret: bytes, submission: Submission, moment: datetime) -> str:
    """Checks and stores a submission; gives the code of its receipt.

    The same key again gives the same code, and the first answers stand. The caller commits,
    and shows the code only after that. Raises Refused.
    """
    if not KEY.fullmatch(submission.key):
        raise Refused([Refusal("bad_key", "key", _shown(submission.key))])
    code = receipt_code(secret, submission.key)
    receipt = code_hash(secret, code)
    if session.get(Receipt, receipt):
        return code
    unit, period = _place(session, submission, moment)
    row = _checked(session, submission, unit, period, moment)
    try:
        with session.begin_nested():
            session.add(
                Receipt(
                    code_hash=receipt,
                    institution_id=unit.institution_id,
                    unit_id=unit.id,
                    period_id=period.id,
                )
            )
    except IntegrityError:
        if session.get(Receipt, receipt) is None:
            raise
        return code  # the same form, sent at the same moment through another process
    store(session, unit, period, asked_instrument(period), [row])
    return code


def _place(session: Session, submission: Submission, moment: datetime) -> tuple[Unit, Period]:
    unit = session.scalar(select(Unit).where(Unit.code == _code(submission.unit)))
    if unit is None:
        raise Refused([Refusal("unknown_unit", "unit", _shown(submission.unit))])
    period = session.scalar(
        select(Period)
        .where(
            Period.institution_id == unit.institution_id,
            Period.code == _code(submission.period),
        )
        .with_for_update(read=True)  # it stays open until we commit
        .execution_options(populate_existing=True)
    )
    if period is None:
        raise Refused([Refusal("unknown_period", "period", _shown(submission.period))])
    today = moment.astimezone(ZoneInfo(unit.institution.timezone)).date()
    if period.closed_at is not None or not period.starts <= today <= period.ends:
        raise Refused([Refusal("closed_period", "period", period.name)])
    return unit, period


def _checked(
    session: Session, submission: Submission, unit: Unit, period: Period, moment: datetime
) -> Row:
    instrument = asked_instrument(period)
    service = _service(session, submission, unit)
    refusals = [
        *([service] if isinstance(service, Refusal) else []),
        *_refused_answers(submission, instrument),
        *_refused_experience(submission.experience, instrument),
        *_refused_respondent(submission.respondent, instrument),
        *_refused_rest(submission),
    ]
    if refusals:
        raise Refused(refusals)
    local = moment.astimezone(ZoneInfo(unit.institution.timezone))
    return Row(
        answers={
            key: None if value is None else int(str(value))
            for key, value in submission.answers.items()
        },
        service_id=service.id if isinstance(service, Service) else None,
        experience=tuple(submission.experience),
        respondent=dict(submission.respondent),
        comment=_comment(submission),
        channel=submission.channel,
        provenance=submission.provenance,
        language=submission.language,
        local_date=local.date(),
        quarter_hour=local.hour * 4 + local.minute // 15,
        completion_time=completion_time(submission.seconds),
    )


def completion_time(seconds: float | None) -> str | None:
    """The class of a completion time.

    >>> completion_time(45), completion_time(None)
    ('30_to_60_s', None)
    """
    if seconds is None or not seconds >= 0:  # a clock that was set back, or no number at all
        return None
    return next((name for limit, name in COMPLETION_TIMES if seconds < limit), LONGEST_TIME)


def _service(session: Session, submission: Submission, unit: Unit) -> Service | Refusal | None:
    if submission.service is None:
        return None
    found = session.scalar(
        select(Service).where(Service.unit_id == unit.id, Service.code == _code(submission.service))
    )
    return found or Refusal("unknown_service", "service", _shown(submission.service), unit.name)


def _refused_answers(submission: Submission, instrument: Instrument) -> list[Refusal]:
    given = {key: value for key, value in submission.answers.items() if value is not None}
    if not given and not submission.experience and not _comment(submission):
        return [Refusal("nothing_answered", "answers", "")]
    unknown = [key for key in submission.answers if key not in instrument.allowed]
    refusals = [Refusal("unknown_item", "answers", _shown(key)) for key in unknown]
    for key, value in given.items():
        if key in instrument.allowed and str(value) not in map(str, instrument.allowed[key]):
            allowed = ", ".join(map(str, instrument.allowed[key]))
            refusals.append(Refusal("answer_not_allowed", key, _shown(value), allowed))
    return refusals


def _refused_experience(experience: Sequence[str], instrument: Instrument) -> list[Refusal]:
    alone = {"none", "declined"}
    unknown = set(experience) - set(instrument.experience.forms) - alone
    if unknown:
        return [Refusal("unknown_form", "experience", _shown(", ".join(sorted(unknown))))]
    if alone & set(experience) and len(set(experience)) > 1:
        return [Refusal("contradiction", "experience", "")]
    return []


def _refused_respondent(respondent: Mapping[str, str], instrument: Instrument) -> list[Refusal]:
    options = {field.key: field.options for field in instrument.respondent.fields}
    return [
        Refusal("unknown_option", _shown(key), _shown(value))
        for key, value in respondent.items()
        if value not in options.get(key, {})
    ]


def _refused_rest(submission: Submission) -> list[Refusal]:
    refusals = []
    length = len(_comment(submission))
    if length > LONGEST_COMMENT:
        refusals.append(Refusal("comment_too_long", "comment", str(length), str(LONGEST_COMMENT)))
    if UNREADABLE.search(submission.comment):
        refusals.append(Refusal("unreadable_comment", "comment", ""))
    by_hand = {"paper", "import"}
    if submission.provenance not in set(PROVENANCES) - by_hand:
        refusals.append(Refusal("unknown_option", "provenance", _shown(submission.provenance)))
    if submission.channel not in {"open_link", "token", "kiosk"}:
        refusals.append(Refusal("unknown_option", "channel", _shown(submission.channel)))
    if submission.language not in ("id", "en"):
        refusals.append(Refusal("unknown_option", "language", _shown(submission.language)))
    return refusals


def _comment(submission: Submission) -> str:
    """The comment as it is stored: browsers send each line's end as two characters."""
    return submission.comment.replace("\r\n", "\n").strip()


def _code(text: str) -> str | None:
    """The code to look up; None, which nothing equals, for what no database can hold."""
    return None if UNREADABLE.search(text) else text


def _shown(found: object) -> str:
    """What was found, cut short and fit to be shown."""
    return UNREADABLE.sub("\ufffd", str(found)[:60])

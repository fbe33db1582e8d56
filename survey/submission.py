"""Submissions: the only way in for rated visits, one or many in a transaction."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.errors import Place, Problem
from models import LateReceipt, Period, Receipt, insert_absent, writes_alone
from models.prepared import insert_rows
from survey.asking import find_unit
from survey.checks import UNREADABLE, AskedForm, Submission, SubmissionRefused, check, shown
from survey.kiosks import interviewers_by_key, provenance_of
from survey.late import keep_late, known_receipts
from survey.periods import asked_instrument
from survey.receipts import KEY, code_hash, receipt_code
from survey.storage import CheckedResponse, store
from survey.tokens import is_redeemed, redeem_tokens, token_hash

# The codes of a unit and of a period.
Address = tuple[str, str]


@dataclass(frozen=True)
class Taken:
    """The code of a submission's receipt.

    ``known``: the key was stored before this, with these answers or with others: nothing joins
    them, so nobody can tell. ``late``: the answers stored under it went to the late list.
    """

    code: str
    known: bool = False
    late: bool = False


# What became of a submission.
Outcome = Taken | SubmissionRefused


class Accepted(NamedTuple):
    """A submission that may be stored, and its parts; ``at``: its place among those sent."""

    at: int
    token: str
    asked: AskedForm
    row: CheckedResponse
    late: bool


def submit(session: Session, secret: bytes, submission: Submission, moment: datetime) -> str:
    """Checks and stores a submission; gives the code of its receipt.

    The same key again gives the same code, and the first answers stand. The caller commits,
    and shows the code only after that. Raises Refused.
    """
    outcome = submit_all(session, secret, [submission], moment)[0]
    if isinstance(outcome, SubmissionRefused):
        raise outcome
    return outcome.code


def is_known(session: Session, secret: bytes, key: str) -> bool:
    """Whether a form with this key was stored."""
    return bool(known_receipts(session, [code_hash(secret, receipt_code(secret, key))]))


def submit_all(
    session: Session, secret: bytes, submissions: Sequence[Submission], moment: datetime
) -> list[Outcome]:
    """Checks and stores submissions together, with few statements; an outcome for each.

    One that is refused leaves the others as they are. Otherwise as ``submit``.
    """
    codes = [receipt_code(secret, s.key) if KEY.fullmatch(s.key) else None for s in submissions]
    receipts = {code: code_hash(secret, code) for code in codes if code}
    settled = known_receipts(session, receipts.values())
    interviewers = interviewers_by_key(session, secret, {s.interviewer for s in submissions})
    places: dict[Address, AskedForm | SubmissionRefused] = {}
    accepted: dict[str, Accepted] = {}
    refused: dict[int, SubmissionRefused] = {}
    for at, (submission, code) in enumerate(zip(submissions, codes, strict=True)):
        if code is None:
            refused[at] = SubmissionRefused([Problem("bad_key", Place(key="key"))])
        elif receipts[code] not in settled and receipts[code] not in accepted:
            address = submission.unit, submission.period
            if address not in places:
                places[address] = _find_place(session, *address)
            try:
                asked = _asked(places[address])
                asking = provenance_of(interviewers.get(submission.interviewer), asked.unit)
                row = check(submission, asked, moment, asking)
            except SubmissionRefused as problems:
                refused[at] = _with_token(session, secret, submission, problems)
            else:
                # It may have closed since that moment, while this waited for its turn.
                closed = asked.period.closed_at is not None
                late = submission.withdrawn or closed or not asked.takes(moment)
                if late and submission.filled_at is None:
                    row = replace(row, local_date=None)
                accepted[receipts[code]] = Accepted(at, submission.token, asked, row, late)
    lost = _refuse_tokens(session, secret, accepted)
    written = _store_accepted(session, accepted, moment)
    came_late = {**settled, **{receipt: one.late for receipt, one in accepted.items()}}
    return [
        refused[at]
        if code is None or at in refused
        else lost.get(receipts[code])
        or Taken(
            code,
            known=receipts[code] not in written or written[receipts[code]].at != at,
            late=came_late.get(receipts[code], False),
        )
        for at, code in enumerate(codes)
    ]


def _with_token(
    session: Session, secret: bytes, submission: Submission, refused: SubmissionRefused
) -> SubmissionRefused:
    """The refusal, and that of the token where it is no good either: all is told at once."""
    unit, period, token = submission.unit, submission.period, submission.token
    redeemed = is_redeemed(session, secret, unit, period, token) if token else False
    if redeemed is False:
        return refused
    place, found = Place(key="token"), shown(token)
    why = Problem("spent_token" if redeemed else "unknown_token", place, found=found)
    return SubmissionRefused([*refused.problems, why])


def _asked(place: AskedForm | SubmissionRefused) -> AskedForm:
    if isinstance(place, SubmissionRefused):
        raise place
    return place


def _find_place(
    session: Session, unit_code: str, period_code: str
) -> AskedForm | SubmissionRefused:
    unit = find_unit(session, unit_code)
    if unit is None:
        return SubmissionRefused(
            [Problem("unknown_unit", Place(key="unit"), found=shown(unit_code))]
        )
    period = session.scalar(
        select(Period)
        .where(
            Period.institution_id == unit.institution_id,
            Period.code == _storable(period_code),
        )
        .with_for_update(read=True)  # it stays open until we commit
        .execution_options(populate_existing=True)
    )
    if period is None:
        found = shown(period_code)
        return SubmissionRefused([Problem("unknown_period", Place(key="period"), found=found)])
    services = {service.code: service.id for service in unit.services}
    return AskedForm(unit, period, asked_instrument(period), services)


def _storable(text: str) -> str | None:
    """The text; None, which nothing equals, for what no database can hold."""
    return None if UNREADABLE.search(text) else text


def _refuse_tokens(
    session: Session, secret: bytes, accepted: dict[str, Accepted]
) -> dict[str, SubmissionRefused]:
    """Redeems the tokens; takes out of ``accepted`` those whose token is unknown or spent.

    Gives why, by receipt: the same form may stand twice among those sent together.
    """
    tokens = {
        receipt: token_hash(secret, one.token) for receipt, one in accepted.items() if one.token
    }
    holders: dict[tuple[int, int], list[str]] = defaultdict(list)
    for receipt in tokens:
        asked = accepted[receipt].asked
        holders[asked.unit.id, asked.period.id].append(receipt)
    lost: dict[str, Problem] = {}
    for (unit, period), rivals in holders.items():
        wanted = {tokens[receipt] for receipt in rivals}
        redeemed, spent = redeem_tokens(session, unit, period, wanted)
        for receipt in rivals:
            token, typed = tokens[receipt], shown(accepted[receipt].token)
            if token in redeemed:  # the first of several that came together
                redeemed.remove(token)
                spent.add(token)
            elif token in spent:
                lost[receipt] = Problem("spent_token", Place(key="token"), found=typed)
            else:
                lost[receipt] = Problem("unknown_token", Place(key="token"), found=typed)
    # Lost to the same form, sent at the same moment through another process: no refusal.
    settled = known_receipts(session, lost) if lost else set()
    for receipt in lost:
        del accepted[receipt]
    return {
        receipt: SubmissionRefused([refusal])
        for receipt, refusal in lost.items()
        if receipt not in settled
    }


def _store_accepted(
    session: Session, accepted: Mapping[str, Accepted], moment: datetime
) -> Mapping[str, Accepted]:
    """Writes receipts, then the responses of those that nobody else has just written: these."""
    added = {
        code
        for table, late in ((Receipt, False), (LateReceipt, True))
        for code in _add_receipts(
            session, table, {code: one for code, one in accepted.items() if one.late is late}
        )
    }
    written = {code: one for code, one in accepted.items() if code in added}
    together: dict[tuple[int, int, bool], list[Accepted]] = defaultdict(list)
    for one in written.values():
        together[one.asked.unit.id, one.asked.period.id, one.late].append(one)
    for (_, _, late), group in together.items():
        asked, rows = group[0].asked, [one.row for one in group]
        if late:
            keep_late(session, asked, rows, moment)
        else:
            store(session, asked.unit, asked.period, asked.instrument, rows)
    return written


def _add_receipts(
    session: Session, table: type[Receipt | LateReceipt], accepted: Mapping[str, Accepted]
) -> set[str]:
    """The receipts that are new; the others came at the same moment through another process."""
    if not accepted:
        return set()
    receipts, rows = (
        table.__table__,
        [
            {
                "code_hash": receipt,
                "institution_id": one.asked.unit.institution_id,
                "unit_id": one.asked.unit.id,
                "period_id": one.asked.period.id,
            }
            for receipt, one in sorted(accepted.items())  # not as they came
        ],
    )
    if writes_alone(session):
        insert_rows(session, receipts, rows)
        return set(accepted)
    absent = insert_absent(session, receipts).returning(receipts.c.code_hash)
    return set(session.scalars(absent, rows))

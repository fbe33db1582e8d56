"""Submissions: the only way in for rated visits, one or many in a transaction."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.errors import Place, Problem
from models import Period, Receipt, insert_absent
from survey.asking import find_unit
from survey.checks import UNREADABLE, AskedForm, Submission, SubmissionRefused, check, shown
from survey.periods import asked_instrument
from survey.receipts import KEY, code_hash, receipt_code
from survey.storage import CheckedResponse, store
from survey.tokens import redeem_tokens, token_hash

# The code of a receipt, or why there is none.
Outcome = str | SubmissionRefused
# The codes of a unit and of a period.
Address = tuple[str, str]


class Accepted(NamedTuple):
    """A submission that may be stored, and its parts."""

    token: str
    asked: AskedForm
    row: CheckedResponse


def submit(session: Session, secret: bytes, submission: Submission, moment: datetime) -> str:
    """Checks and stores a submission; gives the code of its receipt.

    The same key again gives the same code, and the first answers stand. The caller commits,
    and shows the code only after that. Raises Refused.
    """
    outcome = submit_all(session, secret, [submission], moment)[0]
    if isinstance(outcome, SubmissionRefused):
        raise outcome
    return outcome


def submit_all(
    session: Session, secret: bytes, submissions: Sequence[Submission], moment: datetime
) -> list[Outcome]:
    """Checks and stores submissions together, with few statements; an outcome for each.

    One that is refused leaves the others as they are. Otherwise as ``submit``.
    """
    codes = [receipt_code(secret, s.key) if KEY.fullmatch(s.key) else None for s in submissions]
    receipts = {code: code_hash(secret, code) for code in codes if code}
    settled = _known_receipts(session, receipts.values())
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
            outcome = _checked(submission, places[address], moment)
            if isinstance(outcome, SubmissionRefused):
                refused[at] = outcome
            else:
                accepted[receipts[code]] = Accepted(submission.token, *outcome)
    lost = _refuse_tokens(session, secret, accepted)
    _store_accepted(session, accepted)
    return [
        refused[at] if code is None or at in refused else lost.get(receipts[code], code)
        for at, code in enumerate(codes)
    ]


def _checked(
    submission: Submission, place: AskedForm | SubmissionRefused, moment: datetime
) -> tuple[AskedForm, CheckedResponse] | SubmissionRefused:
    if isinstance(place, SubmissionRefused):
        return place
    try:
        return place, check(submission, place, moment)
    except SubmissionRefused as refused:
        return refused


def _known_receipts(session: Session, hashes: Collection[str]) -> set[str]:
    return set(session.scalars(select(Receipt.code_hash).where(Receipt.code_hash.in_(hashes))))


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
    settled = _known_receipts(session, lost) if lost else set()
    for receipt in lost:
        del accepted[receipt]
    return {
        receipt: SubmissionRefused([refusal])
        for receipt, refusal in lost.items()
        if receipt not in settled
    }


def _store_accepted(session: Session, accepted: Mapping[str, Accepted]) -> None:
    """Writes receipts, then the responses of those that nobody else has just written."""
    if not accepted:
        return
    written = _add_receipts(session, accepted)
    together: dict[tuple[int, int], list[Accepted]] = defaultdict(list)
    for receipt, one in accepted.items():
        if receipt in written:
            together[one.asked.unit.id, one.asked.period.id].append(one)
    for group in together.values():
        asked = group[0].asked
        store(session, asked.unit, asked.period, asked.instrument, [one.row for one in group])


def _add_receipts(session: Session, accepted: Mapping[str, Accepted]) -> set[str]:
    """The receipts that are new; the others came at the same moment through another process."""
    added = session.scalars(
        insert_absent(session, Receipt).returning(Receipt.code_hash),
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
    return set(added)

"""Submissions: the only way in for rated visits, one or many in a transaction."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import Period, Receipt, Unit
from survey.checks import UNREADABLE, Asked, Refusal, Refused, Submission, check, shown
from survey.periods import asked_instrument
from survey.receipts import KEY, code_hash, receipt_code
from survey.storage import Row, store

# The code of a receipt, or why there is none.
Outcome = str | Refused
# The codes of a unit and of a period.
Address = tuple[str, str]


def submit(session: Session, secret: bytes, submission: Submission, moment: datetime) -> str:
    """Checks and stores a submission; gives the code of its receipt.

    The same key again gives the same code, and the first answers stand. The caller commits,
    and shows the code only after that. Raises Refused.
    """
    outcome = submit_all(session, secret, [submission], moment)[0]
    if isinstance(outcome, Refused):
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
    places: dict[Address, Asked | Refused] = {}
    outcomes: list[Outcome] = []
    accepted: dict[str, tuple[Asked, Row]] = {}
    for submission, code in zip(submissions, codes, strict=True):
        if code is None:
            outcomes.append(Refused([Refusal("bad_key", "key", shown(submission.key))]))
        elif receipts[code] in settled or receipts[code] in accepted:
            outcomes.append(code)
        else:
            address = submission.unit, submission.period
            if address not in places:
                places[address] = _find_place(session, *address)
            outcome = _checked(submission, places[address], moment)
            if not isinstance(outcome, Refused):
                accepted[receipts[code]] = outcome
            outcomes.append(outcome if isinstance(outcome, Refused) else code)
    _store_accepted(session, accepted)
    return outcomes


def _checked(
    submission: Submission, place: Asked | Refused, moment: datetime
) -> tuple[Asked, Row] | Refused:
    if isinstance(place, Refused):
        return place
    try:
        return place, check(submission, place, moment)
    except Refused as refused:
        return refused


def _known_receipts(session: Session, hashes: Collection[str]) -> set[str]:
    return set(session.scalars(select(Receipt.code_hash).where(Receipt.code_hash.in_(hashes))))


def _find_place(session: Session, unit_code: str, period_code: str) -> Asked | Refused:
    unit = session.scalar(select(Unit).where(Unit.code == _storable(unit_code)))
    if unit is None:
        return Refused([Refusal("unknown_unit", "unit", shown(unit_code))])
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
        return Refused([Refusal("unknown_period", "period", shown(period_code))])
    services = {service.code: service.id for service in unit.services}
    return Asked(unit, period, asked_instrument(period), services)


def _storable(text: str) -> str | None:
    """The text; None, which nothing equals, for what no database can hold."""
    return None if UNREADABLE.search(text) else text


def _store_accepted(session: Session, accepted: Mapping[str, tuple[Asked, Row]]) -> None:
    """Writes receipts, then the responses of those that nobody else has just written."""
    if not accepted:
        return
    written = _add_receipts(session, accepted)
    together: dict[tuple[int, int], list[tuple[Asked, Row]]] = defaultdict(list)
    for receipt, (asked, row) in accepted.items():
        if receipt in written:
            together[asked.unit.id, asked.period.id].append((asked, row))
    for group in together.values():
        asked = group[0][0]
        store(session, asked.unit, asked.period, asked.instrument, [row for _, row in group])


def _add_receipts(session: Session, accepted: Mapping[str, tuple[Asked, Row]]) -> set[str]:
    """The receipts that are new; the others came at the same moment through another process."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    added = session.scalars(
        dialect.insert(Receipt).on_conflict_do_nothing().returning(Receipt.code_hash),
        [
            {
                "code_hash": receipt,
                "institution_id": asked.unit.institution_id,
                "unit_id": asked.unit.id,
                "period_id": asked.period.id,
            }
            for receipt, (asked, _) in accepted.items()
        ],
    )
    return set(added)

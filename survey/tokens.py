"""Visit tokens: random codes on slips, each good for one rating of one visit.

Stored is only a keyed hash with whether it was redeemed: not when, nor with which answers.
"""

from collections.abc import Collection
from typing import cast

from sqlalchemy import Table, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from models import Period, Unit, VisitToken, writes_alone
from survey.receipts import code_hash, mint_code


def issue_tokens(
    session: Session, secret: bytes, unit: Unit, period: Period, number: int
) -> list[str]:
    """New tokens of a unit in a period, in random order; they are never shown again."""
    tokens = [mint_code() for _ in range(number)]
    session.execute(
        insert(VisitToken),
        [
            {
                "token_hash": token_hash(secret, token),
                "institution_id": unit.institution_id,
                "unit_id": unit.id,
                "period_id": period.id,
                "redeemed": False,
            }
            for token in tokens
        ],
    )
    return tokens


def token_hash(secret: bytes, token: str) -> str:
    """The keyed hash under which a visit token is stored, whatever its case and spacing."""
    return code_hash(secret, token, "token")


def is_good(session: Session, secret: bytes, unit: str, period: str, token: str) -> bool:
    """Whether the token is of this unit and period (codes) and not redeemed."""
    return is_redeemed(session, secret, unit, period, token) is False


def is_redeemed(session: Session, secret: bytes, unit: str, period: str, token: str) -> bool | None:
    """Whether the token of this unit and period (codes) was redeemed; None: it is none of them."""
    found = session.execute(
        select(Unit.code, Period.code, VisitToken.redeemed)
        .select_from(VisitToken)
        .join(Unit, Unit.id == VisitToken.unit_id)
        .join(Period, Period.id == VisitToken.period_id)
        .where(VisitToken.token_hash == token_hash(secret, token))
    ).one_or_none()
    if found is None or (found[0].lower(), found[1]) != (unit.lower(), period):
        return None
    return found[2]


def redeem_tokens(
    session: Session, unit: int, period: int, hashes: Collection[str]
) -> tuple[set[str], set[str]]:
    """The tokens that are redeemed by this, and those that had been; the others are unknown.

    Of two that redeem one token at once, the database lets one win.
    """
    asked = {"hashes": list(hashes), "unit": unit, "period": period}
    if writes_alone(session) and session.scalar(COUNT_FRESH, asked) == len(hashes):
        session.execute(REDEEM, asked)
        return set(hashes), set()
    redeemed = set(session.scalars(REDEEM_AND_TELL, asked))
    if len(redeemed) == len(hashes):
        return redeemed, set()
    return redeemed, set(session.scalars(KNOWN, asked)) - redeemed


TABLE = cast(Table, VisitToken.__table__)
TOKENS = TABLE.c
OF_THE_PLACE = (
    TOKENS.token_hash.in_(bindparam("hashes", expanding=True)),
    TOKENS.unit_id == bindparam("unit"),
    TOKENS.period_id == bindparam("period"),
)
KNOWN = select(TOKENS.token_hash).where(*OF_THE_PLACE)
FRESH = (*OF_THE_PLACE, TOKENS.redeemed.is_(False))
COUNT_FRESH = select(func.count()).where(*FRESH)
REDEEM = update(TABLE).where(*FRESH).values(redeemed=True)
REDEEM_AND_TELL = REDEEM.returning(TOKENS.token_hash)

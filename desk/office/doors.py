"""By which doors a unit's visitors may rate: its open link, its kiosks, who interviews them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_analyst, require_staff
from analysis.characters import entered
from analysis.errors import Written, bad
from desk.audit import log
from models import Interviewer, Kiosk, Unit, now
from survey.kiosks import add_interviewer, add_kiosk

LONGEST_NAME = 60


def set_open_link(session: Session, actor: Actor, unit_id: int, opened: bool) -> None:
    """Lets whoever has the unit's link rate it, or only who holds a visit token or uses a kiosk.

    Raises Forbidden.
    """
    unit = require_staff(session, actor, unit_id)
    if unit.open_link != opened:
        unit.open_link = opened
        log(session, actor, "open_link" if opened else "close_link", unit=unit.code)


def register_kiosk(session: Session, actor: Actor, secret: bytes, unit_id: int, name: str) -> str:
    """Registers a kiosk of the unit; gives its key, which can't be shown again.

    Raises Forbidden, and BadInput for a name that is none.
    """
    unit = require_staff(session, actor, unit_id)
    name = name.strip()
    if not (entered(name) and len(name) <= LONGEST_NAME and name.isprintable()):
        raise bad("name_unfit", found=Written(name), most=LONGEST_NAME)
    key = add_kiosk(session, secret, unit, name, now())
    log(session, actor, "register_kiosk", unit=unit.code, kiosk=name)
    return key


def close_kiosk(session: Session, actor: Actor, kiosk_id: int) -> None:
    """Withdraws a kiosk for good. Raises Forbidden, and BadInput where it has been."""
    kiosk = session.get_one(Kiosk, kiosk_id)
    unit = require_staff(session, actor, kiosk.unit_id)
    if kiosk.closed_at is not None:
        raise bad("kiosk_withdrawn", kiosk=Written(kiosk.name))
    kiosk.closed_at = now()
    log(session, actor, "close_kiosk", unit=unit.code, kiosk=kiosk.name)


def open_kiosks(session: Session, actor: Actor, unit_id: int) -> Sequence[Kiosk]:
    """The unit's kiosks that are in use, oldest first. Raises Forbidden."""
    unit = require_staff(session, actor, unit_id)
    return session.scalars(
        select(Kiosk).where(Kiosk.unit_id == unit.id, Kiosk.closed_at.is_(None)).order_by(Kiosk.id)
    ).all()


def register_interviewer(
    session: Session, actor: Actor, secret: bytes, unit_id: int | None, name: str
) -> str:
    """Registers an interviewer of a unit, or of the Ombudsman; gives the key, shown once.

    Raises Forbidden, and BadInput for a name that is none.
    """
    unit = _of(session, actor, unit_id)
    name = name.strip()
    if not (entered(name) and len(name) <= LONGEST_NAME and name.isprintable()):
        raise bad("name_unfit", found=Written(name), most=LONGEST_NAME)
    key = add_interviewer(session, secret, unit, name, now())
    log(session, actor, "register_interviewer", unit=unit.code if unit else "", interviewer=name)
    return key


def close_interviewer(session: Session, actor: Actor, interviewer_id: int) -> None:
    """Withdraws an interviewer's key for good. Raises Forbidden, and BadInput where it has been."""
    one = session.get_one(Interviewer, interviewer_id)
    unit = _of(session, actor, one.unit_id)
    if one.closed_at is not None:
        raise bad("interviewer_withdrawn", interviewer=Written(one.name))
    one.closed_at = now()
    log(session, actor, "close_interviewer", unit=unit.code if unit else "", interviewer=one.name)


def open_interviewers(session: Session, actor: Actor, unit_id: int | None) -> Sequence[Interviewer]:
    """The unit's interviewers, or the Ombudsman's, whose keys hold. Raises Forbidden."""
    _of(session, actor, unit_id)
    return session.scalars(
        select(Interviewer)
        .where(Interviewer.unit_id.is_not_distinct_from(unit_id), Interviewer.closed_at.is_(None))
        .order_by(Interviewer.id)
    ).all()


def _of(session: Session, actor: Actor, unit_id: int | None) -> Unit | None:
    """The unit that the actor runs; None, for analysts, stands for the Ombudsman."""
    if unit_id is not None:
        return require_staff(session, actor, unit_id)
    require_analyst(actor)
    return None

"""Survey periods: opened and closed by the institution's coordinator."""

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden, require_coordinator
from analysis.characters import entered
from analysis.errors import Written, bad
from analysis.rulebook.fieldwork import FieldInstrument
from analysis.rulebook.instrument import Instrument, instrument_ids, load_instrument
from analysis.rulebook.scheme import Scheme, load_scheme
from desk.audit import log
from desk.integrity.screening import screen_last
from models import (
    Institution,
    InstrumentUsed,
    Period,
    ReceivedBundle,
    Response,
    SchemeUsed,
    insert_absent,
    now,
)
from models.periods import HEADLINES
from models.settings import contact
from survey.fitting import require_table

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}", re.ASCII)
LONGEST_NAME = 200


@dataclass(frozen=True)
class NewPeriod:
    """A survey period of all units of an institution, from its first day to its last.

    ``instrument``: its id; ``headline``: which figure of a unit its announcement leads with.
    """

    institution_id: int
    code: str
    name: str
    starts: date
    ends: date
    instrument: str
    headline: str = "pooled"


def open_period(session: Session, actor: Actor, new: NewPeriod) -> Period:
    """Opens a survey period for all units of an institution.

    Keeps the text and hash of the instrument and of its scheme as they are now. ``headline``:
    which figure of a unit its announcement leads with, fixed from now on. Raises Forbidden,
    and BadInput where nobody is named whom citizens may ask about their data, for days that
    overlap another period's or are of a year that comes as a bundle, a code in use, an
    instrument or a headline that is none of the program's, or rules that are not in force on all
    days.
    """
    institution = require_coordinator(session, actor, new.institution_id)
    session.refresh(institution, with_for_update={"key_share": True})  # one opens at a time
    if not (contact() or institution.demonstration):
        raise bad("contact_missing")
    _refuse_words(new.code, new.name)
    _refuse_beside_bundles(session, institution, new)
    _refuse_collision(session, new.institution_id, new.code, new.starts, new.ends)
    if new.headline not in HEADLINES:
        raise bad("unknown_headline", found=Written(new.headline), known=HEADLINES)
    asked = _instrument(session, new)
    period = Period(
        institution_id=new.institution_id,
        code=new.code,
        name=new.name,
        starts=new.starts,
        ends=new.ends,
        instrument_hash=keep_instrument(session, asked),
        scheme_hash=keep_scheme(session, load_scheme(asked.scheme)),
        headline=new.headline,
        opened_at=now(),
    )
    session.add(period)
    session.flush()
    log(session, actor, "open_period", institution=institution.code, period=new.code)
    return period


def close_period(session: Session, actor: Actor, period_id: int) -> Period:
    """Closes a period for good; its responses forget day, quarter-hour and client group.

    They are screened before they do. Raises Forbidden, and BadInput for one that is closed.
    """
    period = session.get_one(Period, period_id)
    institution = require_coordinator(session, actor, period.institution_id)
    session.refresh(period, with_for_update=True)  # whoever is storing answers finishes first
    if period.closed_at is not None:
        raise bad("period_closed_already", period=period.code)
    screen_last(session, period)
    period.closed_at = now()
    session.flush()
    forgotten = _forget_days(session, period_id)
    log(
        session,
        actor,
        "close_period",
        institution=institution.code,
        period=period.code,
        responses=forgotten,
    )
    return period


def own_period(session: Session, institution_id: int, period_id: int) -> Period:
    """The institution's period. Raises Forbidden."""
    period = session.get(Period, period_id)
    if period is None or period.institution_id != institution_id:
        raise Forbidden(f"period {period_id}")
    return period


def closed_period(session: Session, institution_id: int, period_id: int) -> Period:
    """The institution's period, if it has closed. Raises Forbidden or BadInput."""
    period = own_period(session, institution_id, period_id)
    if period.closed_at is None:
        raise bad("period_open", period=period.code)
    return period


def running_period(session: Session, institution_id: int, period_id: int) -> Period:
    """The institution's period, if it has not closed. Raises Forbidden or BadInput."""
    period = own_period(session, institution_id, period_id)
    if period.closed_at is not None:
        raise bad("period_closed", period=period.code)
    return period


def keep_instrument(session: Session, instrument: Instrument | FieldInstrument) -> str:
    """The hash under which the instrument's text is kept from now on."""
    return _keep(session, InstrumentUsed, instrument)


def keep_scheme(session: Session, scheme: Scheme) -> str:
    """The hash under which the scheme's text is kept from now on."""
    return _keep(session, SchemeUsed, scheme)


def _keep(
    session: Session,
    table: type[InstrumentUsed | SchemeUsed],
    rules: Instrument | Scheme | FieldInstrument,
) -> str:
    if session.get(table, rules.hash) is None:
        kept = {"hash": rules.hash, "key": rules.id, "text": rules.yaml}
        session.execute(insert_absent(session, table), kept)  # two may be the first
    return rules.hash


def _instrument(session: Session, new: NewPeriod) -> Instrument:
    key = new.instrument
    if key not in instrument_ids():  # load_instrument would also read any file of the machine
        raise bad("no_questionnaire", found=Written(key), known=instrument_ids())
    asked = load_instrument(key)
    rules = load_scheme(asked.scheme).valid
    if new.starts < rules.start:
        raise bad("questionnaire_not_yet", found=key, starts=new.starts, first=rules.start)
    if rules.end and new.ends > rules.end:
        raise bad("questionnaire_no_more", found=key, ends=new.ends, last=rules.end)
    require_table(session, asked)
    return asked


def _refuse_words(code: str, name: str) -> None:
    if not CODE.fullmatch(code):
        raise bad("code_unfit", found=Written(code))
    if not (entered(name) and len(name) <= LONGEST_NAME and name.isprintable()):
        raise bad("name_unfit", found=Written(name), most=LONGEST_NAME)


def _refuse_collision(
    session: Session, institution_id: int, code: str, starts: date, ends: date
) -> None:
    if ends < starts:
        raise bad("last_day_too_early", found=ends, first=starts)
    others = session.scalars(select(Period).where(Period.institution_id == institution_id))
    for other in others:
        if other.code == code:
            raise bad("code_taken", found=code)
        if starts <= other.ends and other.starts <= ends:
            raise bad(
                "days_taken",
                starts=starts,
                ends=ends,
                period=other.code,
                first=other.starts,
                last=other.ends,
            )


def _refuse_beside_bundles(session: Session, institution: Institution, new: NewPeriod) -> None:
    """A year whose figures come from the institution's own instance is not asked here too."""
    of_year = ReceivedBundle.year == new.ends.year
    if session.scalar(
        select(ReceivedBundle.id)
        .where(ReceivedBundle.institution_id == institution.id, of_year)
        .limit(1)
    ):
        raise bad("sends_bundles", year=str(new.ends.year))


def _forget_days(session: Session, period_id: int) -> int:
    if session.get_bind().dialect.name == "sqlite":
        month = func.date(Response.local_date, "start of month")
    else:
        month = func.date_trunc("month", Response.local_date)
    done = session.connection().execute(
        update(Response)
        .where(Response.period_id == period_id)
        .values(local_date=month, quarter_hour=None, client_group=None)
    )
    return done.rowcount

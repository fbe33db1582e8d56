"""Survey periods: opened and closed by the institution's coordinator."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Engine, cast, delete, func, or_, select, update
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden, require_coordinator
from analysis.characters import entered
from analysis.errors import Written, bad
from analysis.rulebook.fieldwork import FieldInstrument
from analysis.rulebook.instrument import Instrument, instrument_ids, load_instrument
from analysis.rulebook.scheme import Scheme, load_scheme
from desk.audit import log
from desk.integrity.screening import keep_last, screen_last
from models import (
    Batch,
    Institution,
    InstrumentUsed,
    Period,
    ReceivedBundle,
    Response,
    SchemeUsed,
    UnfinishedClosing,
    Unit,
    insert_absent,
    now,
    reading,
    writing,
)
from models.at_work import at_work, is_at_work, new_work
from models.periods import HEADLINES
from models.settings import contact
from models.slices import Pace, write_in_slices
from survey.arriving import refuse_half_stored, undo_interrupted
from survey.finishing import finish_unless_busy
from survey.fitting import require_table

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}", re.ASCII)
LONGEST_NAME = 200
AT_ONCE = 2_000  # responses named in a statement


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

    They are screened before they do. In the caller's transaction, which others wait for. Raises
    Forbidden, and BadInput for one that is closed or a batch of which is being stored.
    """
    period = _close(session, actor, period_id)
    keep_last(session, screen_last(session, period))
    _forget(session, _remembering(session, period))
    return period


def close_in_slices(engine: Engine, actor: Actor, period_id: int) -> None:
    """The same in short transactions: first it closes, then its responses are screened and forget.

    Where that is interrupted, the next start or closing goes on with it.
    """
    with reading(engine) as session:
        period = session.get_one(Period, period_id)
        require_coordinator(session, actor, period.institution_id)
    undo_interrupted(engine)
    finish_interrupted(engine)
    work = new_work()
    with at_work(engine, work):
        with writing(engine) as session:
            _close(session, actor, period_id)
            session.add(UnfinishedClosing(period_id=period_id, work=work, screened=False))
        _finish(engine, period_id)


def finish_interrupted(engine: Engine) -> int:
    """Goes on with the closings that nobody is at any more; gives their number."""
    with reading(engine) as session:
        left = [(one.period_id, one.work) for one in session.scalars(select(UnfinishedClosing))]
    left = [(period, work) for period, work in left if not is_at_work(engine, work)]
    for period, work in left:
        with at_work(engine, work):
            _finish(engine, period)
    return len(left)


def _close(session: Session, actor: Actor, period_id: int) -> Period:
    period = session.get_one(Period, period_id)
    institution = require_coordinator(session, actor, period.institution_id)
    session.refresh(period, with_for_update=True)  # whoever is storing answers finishes first
    if period.closed_at is not None:
        raise bad("period_closed_already", period=period.code)
    refuse_half_stored(session, Batch.period_id == period_id)
    period.closed_at = now()
    session.flush()
    number = session.scalar(select(func.count()).select_from(Response).where(*_of(period)))
    log(
        session,
        actor,
        "close_period",
        institution=institution.code,
        period=period.code,
        responses=number,
    )
    return period


def _finish(engine: Engine, period_id: int) -> None:
    """Screens first, of which what is left of days would keep it, then forgets; counts at last."""
    pace = Pace()
    with reading(engine) as session:
        unfinished = session.get(UnfinishedClosing, period_id)
        if unfinished is None:
            return  # somebody else has finished it
        period = session.get_one(Period, period_id)
        screened = [] if unfinished.screened else screen_last(session, period)
    write_in_slices(engine, screened, keep_last, pace)
    with writing(engine) as session:
        session.execute(update(UnfinishedClosing).where(_is(period_id)).values(screened=True))
    with reading(engine) as session:
        remembering = _remembering(session, period)
    write_in_slices(engine, remembering, _forget, pace)
    with writing(engine) as session:
        session.execute(delete(UnfinishedClosing).where(_is(period_id)))
    finish_unless_busy(engine, periods=[period_id])


def _is(period_id: int) -> ColumnElement[bool]:
    return UnfinishedClosing.period_id == period_id


def _of(period: Period) -> tuple[ColumnElement[bool], ...]:
    """That a response is of the period; by its unit too, which has an index."""
    units = select(Unit.id).where(Unit.institution_id == period.institution_id)
    return Response.unit_id.in_(units), Response.period_id == period.id


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


def _remembering(session: Session, period: Period) -> Sequence[UUID]:
    """The responses of the period that have not forgotten their days."""
    remember = or_(
        Response.local_date != _month(session),
        Response.quarter_hour.is_not(None),
        Response.client_group.is_not(None),
    )
    return session.scalars(select(Response.id).where(*_of(period), remember)).all()


def _forget(session: Session, responses: Sequence[UUID]) -> None:
    for start in range(0, len(responses), AT_ONCE):
        session.connection().execute(
            update(Response)
            .where(Response.id.in_(responses[start : start + AT_ONCE]))
            .values(local_date=_month(session), quarter_hour=None, client_group=None)
        )


def _month(session: Session) -> ColumnElement[date]:
    if session.get_bind().dialect.name == "sqlite":
        return func.date(Response.local_date, "start of month")
    return cast(func.date_trunc("month", Response.local_date), Date)

"""Who collected a survey's answers, where, how and when: what no figure tells, so it is typed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden, require_coordinator, require_staff, require_unit
from analysis.characters import entered
from analysis.errors import BadInput, Place, Problem, bad
from desk.audit import log
from desk.evidence import CheckedFile, keep_copy, read_evidence
from desk.office.periods import own_period
from models import CollectionNote, CollectionPhoto, Institution, Period, Unit, now
from models.collecting import LONGEST_TOLD
from reports.contents import Collected, Picture

MOST_PHOTOS = 6
LONGEST_CAPTION = 200


@dataclass(frozen=True)
class SurveyOf:
    """Whose survey of which period: a unit's or, with ``unit`` None, an institution's own."""

    unit: int | None
    period: int


@dataclass(frozen=True)
class NewNote:
    """Team, place and way of collecting, each may be empty; its first and last day."""

    team: str
    place: str
    way: str
    first_day: date
    last_day: date


@dataclass(frozen=True)
class NewPhoto:
    """A photograph that was uploaded, and what it shows."""

    photo: CheckedFile
    caption: str


@dataclass(frozen=True)
class ShownPhoto:
    """A photograph that the report shows; ``picture``: None where the file is lost."""

    digest: str
    caption: str
    picture: bytes | None


def note_collecting(session: Session, actor: Actor, whose: SurveyOf, new: NewNote) -> None:
    """Keeps how a survey's answers were collected; what was kept before no longer holds.

    Raises Forbidden or BadInput.
    """
    place, period = _own(session, actor, whose)
    texts = {name: entered(getattr(new, name)) for name in ("team", "place", "way")}
    problems = [
        Problem("told_too_long", Place(key=name), found=len(text), most=LONGEST_TOLD)
        for name, text in texts.items()
        if len(text) > LONGEST_TOLD
    ]
    if not period.starts <= new.first_day <= new.last_day <= period.ends:
        problems.append(
            Problem(
                "days_outside",
                first=new.first_day,
                last=new.last_day,
                starts=period.starts,
                ends=period.ends,
            )
        )
    if problems:
        raise BadInput(problems)
    days = {"first_day": new.first_day, "last_day": new.last_day}
    session.add(CollectionNote(**_place(place, whose), **texts, **days, **_by(actor)))
    session.flush()
    log(session, actor, "note_collecting", of=place.code, period=period.code)


def add_photo(session: Session, actor: Actor, whose: SurveyOf, new: NewPhoto) -> None:
    """Keeps a photograph of the collecting, its pixels alone: neither place nor device.

    Of what was uploaded the log keeps the hash. Raises Forbidden, and BadInput for no caption, or
    one too many.
    """
    place, period = _own(session, actor, whose)
    caption = " ".join(entered(new.caption).split())
    if not 0 < len(caption) <= LONGEST_CAPTION:
        raise bad("caption_unfit", found=len(caption), most=LONGEST_CAPTION)
    if len(_photos(session, whose)) >= MOST_PHOTOS:
        raise bad("photos_full", most=MOST_PHOTOS)
    digest = keep_copy(session, actor, new.photo)
    _turn(session, actor, whose, place, (digest, caption, True))
    hashes = {"sha256": digest, "original": sha256(new.photo.content).hexdigest()}
    log(session, actor, "add_photo", of=place.code, period=period.code, **hashes)


def leave_out_photo(session: Session, actor: Actor, whose: SurveyOf, digest: str) -> None:
    """Takes a photograph out of the report; the file stays. Raises Forbidden or BadInput."""
    place, period = _own(session, actor, whose)
    known = {one.evidence_hash: one.caption for one in _photos(session, whose)}
    if digest not in known:
        raise bad("photo_gone")
    _turn(session, actor, whose, place, (digest, known[digest], False))
    log(session, actor, "leave_out_photo", of=place.code, period=period.code, sha256=digest)


def may_tell(session: Session, actor: Actor, whose: SurveyOf) -> bool:
    """Whether the actor may write of the survey."""
    try:
        _own(session, actor, whose)
    except Forbidden:
        return False
    return True


def collecting_of(session: Session, actor: Actor, whose: SurveyOf) -> CollectionNote | None:
    """What was told last of a survey; None: nothing yet. Raises Forbidden."""
    _readable(session, actor, whose)
    return session.scalar(
        select(CollectionNote)
        .where(*_of(CollectionNote, whose))
        .order_by(CollectionNote.id.desc())
        .limit(1)
    )


def photos_of(session: Session, actor: Actor, whose: SurveyOf) -> list[ShownPhoto]:
    """The photographs that are shown, in the order in which they came. Raises Forbidden."""
    _readable(session, actor, whose)
    return [
        ShownPhoto(one.evidence_hash, one.caption, read_evidence(one.evidence_hash))
        for one in _photos(session, whose)
    ]


def as_told(session: Session, actor: Actor, whose: SurveyOf, collected: Collected) -> Collected:
    """What is known of the collecting, with what was typed of it. Raises Forbidden."""
    pictures = tuple(
        Picture(one.caption, one.picture)
        for one in photos_of(session, actor, whose)
        if one.picture is not None
    )
    collected = replace(collected, pictures=pictures)
    note = collecting_of(session, actor, whose)
    if note is None:
        return collected
    days = note.first_day, note.last_day
    return replace(collected, team=note.team, place=note.place, way=note.way, days=days)


def _own(session: Session, actor: Actor, whose: SurveyOf) -> tuple[Unit | Institution, Period]:
    """Whose survey it is, if the actor may write of it, and the period. Raises Forbidden."""
    if whose.unit is not None:
        unit = require_staff(session, actor, whose.unit)
        return unit, own_period(session, unit.institution_id, whose.period)
    return _institution(session, actor, whose.period)


def _readable(session: Session, actor: Actor, whose: SurveyOf) -> None:
    if whose.unit is not None:
        require_unit(session, actor, whose.unit)
    else:
        _institution(session, actor, whose.period)


def _institution(session: Session, actor: Actor, period_id: int) -> tuple[Institution, Period]:
    period = session.get(Period, period_id)
    if period is None:
        raise Forbidden(f"period {period_id}")
    return require_coordinator(session, actor, period.institution_id), period


def _photos(session: Session, whose: SurveyOf) -> Sequence[CollectionPhoto]:
    """The latest row of each picture, of those that are shown."""
    rows = session.scalars(
        select(CollectionPhoto).where(*_of(CollectionPhoto, whose)).order_by(CollectionPhoto.id)
    )
    latest = {row.evidence_hash: row for row in rows}
    return sorted((row for row in latest.values() if row.shown), key=lambda row: row.id)


def _of(
    table: type[CollectionNote] | type[CollectionPhoto], whose: SurveyOf
) -> Collection[ColumnElement[bool]]:
    return table.period_id == whose.period, table.unit_id == whose.unit


def _turn(
    session: Session,
    actor: Actor,
    whose: SurveyOf,
    place: Unit | Institution,
    said: tuple[str, str, bool],
) -> None:
    digest, caption, shown = said
    told = {"evidence_hash": digest, "caption": caption, "shown": shown}
    session.add(CollectionPhoto(**_place(place, whose), **told, **_by(actor)))
    session.flush()


def _place(place: Unit | Institution, whose: SurveyOf) -> dict[str, int | None]:
    institution = place.institution_id if isinstance(place, Unit) else place.id
    return {"institution_id": institution, "unit_id": whose.unit, "period_id": whose.period}


def _by(actor: Actor) -> dict[str, object]:
    return {"user_id": actor.user_id, "created_at": now()}

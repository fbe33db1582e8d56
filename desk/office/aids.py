"""A unit adds to its form what helps those who don't read: recordings, a film in sign language."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_staff
from analysis.characters import entered
from analysis.errors import Place, Written, bad
from analysis.rulebook.instrument import Instrument
from desk.audit import log
from desk.evidence import CheckedFile, keep_evidence, refuse_archive
from locales import languages
from models import Period, Recording, SignFilm, now
from models.aids import LONGEST_ADDRESS
from survey.aids import Aids, aids_of
from survey.periods import asked_instrument, open_period

LARGEST = 1_000_000
# What old telephones play too; known by its first bytes: where they stand, and which they are.
SOUNDS = {
    "audio/mpeg": (0, (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    "audio/mp4": (4, (b"ftypM4A", b"ftypmp42", b"ftypisom", b"ftypdash")),
    "audio/ogg": (0, (b"OggS",)),
}
ENDINGS = ("mp3", "m4a", "ogg")


@dataclass(frozen=True)
class RecordedQuestion:
    """A question of the unit's form, in one of its languages."""

    unit_id: int
    instrument: Instrument
    item: str
    language: str


def check_sound(file_name: str, content: bytes) -> CheckedFile:
    """A recording that may be kept. Raises BadInput for one too large, no sound, or more."""
    name = entered(file_name)[-200:]
    kind = next((kind for kind, (at, signs) in SOUNDS.items() if content.startswith(signs, at)), "")
    if not kind:
        raise bad("no_sound", Place(name))
    if len(content) > LARGEST:
        raise bad("large_sound", Place(name), found=len(content), most=LARGEST)
    refuse_archive(name, content)
    return CheckedFile(name, kind, content, None)


def set_recording(
    session: Session, actor: Actor, question: RecordedQuestion, file: CheckedFile | None
) -> None:
    """Lets the form play a file at a question; without a ``file`` none any more.

    Raises Forbidden, and BadInput for a question that the instrument doesn't ask.
    """
    unit = require_staff(session, actor, question.unit_id)
    if question.item not in question.instrument.allowed or question.language not in languages():
        raise bad("no_question", found=Written(question.item))
    session.add(
        Recording(
            unit_id=unit.id,
            instrument=question.instrument.id,
            item=question.item,
            language=question.language,
            evidence_hash=keep_evidence(session, actor, file) if file else None,
            user_id=actor.user_id,
            created_at=now(),
        )
    )
    act = "add_recording" if file else "remove_recording"
    log(session, actor, act, unit=unit.code, item=question.item, language=question.language)


def set_film(session: Session, actor: Actor, unit_id: int, address: str) -> None:
    """Says where the form is shown in sign language; "" where nowhere any more.

    Raises Forbidden, and BadInput for what is no https address.
    """
    unit, address = require_staff(session, actor, unit_id), address.strip()
    if address and not _leads(address):
        raise bad("film_unfit", found=Written(address), most=LONGEST_ADDRESS)
    if aids_of(session, unit.id, "").film != address:
        session.add(
            SignFilm(unit_id=unit.id, address=address, user_id=actor.user_id, created_at=now())
        )
        log(session, actor, "set_film", unit=unit.code, link=address)


def asked_of(session: Session, actor: Actor, unit_id: int) -> Instrument | None:
    """What the unit asks now, or asked last; None before its first period. Raises Forbidden."""
    unit = require_staff(session, actor, unit_id)
    latest = select(Period).where(Period.institution_id == unit.institution_id)
    period = open_period(session, unit, now()) or session.scalar(
        latest.order_by(Period.starts.desc(), Period.id.desc())
    )
    return asked_instrument(period) if period else None


def unit_aids(session: Session, actor: Actor, unit_id: int, instrument: Instrument | None) -> Aids:
    """What the unit's form has. Raises Forbidden."""
    unit = require_staff(session, actor, unit_id)
    return aids_of(session, unit.id, instrument.id if instrument else "")


def _leads(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    plain = address.isprintable() and not any(one.isspace() or one == "@" for one in address)
    return plain and parts.scheme == "https" and "." in host and len(address) <= LONGEST_ADDRESS

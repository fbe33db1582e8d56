"""What a unit has added to its form for those who don't read, or don't read well."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Evidence, Recording, SignFilm
from models.settings import evidence_file

LARGEST_KEY = 2**31 - 1


@dataclass(frozen=True)
class Aids:
    """``recordings``: their numbers, by question and language; ``film``: its address, or ""."""

    recordings: Mapping[tuple[str, str], int] = field(default_factory=dict)
    film: str = ""


def aids_of(session: Session, unit_id: int, instrument: str) -> Aids:
    """What the unit has for the instrument's questions, the latest of each."""
    latest: dict[tuple[str, str], int] = {}
    for one in session.scalars(
        select(Recording)
        .where(Recording.unit_id == unit_id, Recording.instrument == instrument)
        .order_by(Recording.id)
    ):
        latest.pop((one.item, one.language), None)
        if one.evidence_hash:
            latest[one.item, one.language] = one.id
    film = session.scalar(
        select(SignFilm.address).where(SignFilm.unit_id == unit_id).order_by(SignFilm.id.desc())
    )
    return Aids(latest, film or "")


def sound_of(session: Session, unit_id: int, recording_id: int) -> tuple[Path, str] | None:
    """The file of a unit's recording and its media type; None where there is none."""
    if recording_id > LARGEST_KEY:
        return None
    found = session.execute(
        select(Evidence.hash, Evidence.media_type)
        .join(Recording, Recording.evidence_hash == Evidence.hash)
        .where(Recording.id == recording_id, Recording.unit_id == unit_id)
    ).one_or_none()
    if found is None:
        return None
    file = evidence_file(found.hash)
    return (file, found.media_type) if file.exists() else None

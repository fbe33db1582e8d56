"""The Ombudsman's publications, as records for everybody."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.publication.certainty import own_share
from analysis.publication.published_scores import PublishedInstitution
from desk.public.addresses import API
from desk.public.records import PublicationRecord, PublishedRow
from desk.publication.published import Entry, entries, permanent_link, sealed_file
from desk.publication.publishing import read_document
from models import Seal

SAME = {
    *("code", "name", "kind", "province", "demonstration"),
    *("grade", "zone", "rank", "rank_in_province", "units"),
}


def publication_records(session: Session) -> list[PublicationRecord]:
    """All public publications, newest first; no simulations."""
    found = entries(session)
    successors = {one.before: key for key, one in found.items() if one.before}
    listed = {key: one for key, one in found.items() if not one.simulation}
    return [_record(one, successors.get(key)) for key, one in listed.items()]


def newest_publication(session: Session) -> datetime | None:
    """When the newest publication became public."""
    return session.scalar(select(func.max(Seal.approved_at)))


def approved_at(session: Session, publication_id: UUID) -> datetime | None:
    """When a publication became public; None for one that is not."""
    return session.scalar(select(Seal.approved_at).where(Seal.publication_id == publication_id))


def published_rows(session: Session, publication_id: UUID) -> Iterator[PublishedRow] | None:
    """The institutions of a public publication; None for another."""
    entry = entries(session).get(publication_id)
    if entry is None:
        return None
    return (
        PublishedRow(
            **one.model_dump(include=SAME),
            score=None if one.score is None else float(one.score),
            score_exact=None if one.score_exact is None else str(one.score_exact),
            label_id=one.label.id if one.label else None,
            label_en=one.label.en if one.label else None,
            rank_set_low=min(_set(one), default=None),
            rank_set_high=max(_set(one), default=None),
            probability=None if (share := own_share(entry.scheme, one)) is None else float(share),
        )
        for one in read_document(entry.publication).institutions
    )


def _set(one: PublishedInstitution) -> list[int]:
    return (one.how_sure and one.how_sure.rank_set) or []


def sealed_publication(session: Session, publication_id: UUID) -> bytes | None:
    """The file by which anyone verifies a public publication, as signed; None for another."""
    try:
        return sealed_file(session, publication_id)
    except KeyError:
        return None


def _record(entry: Entry, replaced_by: UUID | None) -> PublicationRecord:
    publication, seal, title = entry.publication, entry.seal, entry.scheme.title
    address = f"{API}/publications/{publication.id}"
    return PublicationRecord(
        id=publication.id,
        url=address,
        institutions=f"{address}/institutions",
        page=permanent_link("", publication.id),
        number=entry.number,
        year=publication.year,
        scheme=entry.scheme.id,
        title_id=title.id,
        title_en=title.en,
        published=seal.approved_at.date(),
        sha256=seal.hash,
        previous_sha256=seal.previous_hash,
        replaces=entry.before,
        replaced_by=replaced_by,
    )

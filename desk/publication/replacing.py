"""Which publication of a year and scheme replaces which."""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, aliased

from analysis.errors import bad
from analysis.rulebook.scheme import Scheme
from models import Publication, SchemeUsed, Seal


def corrected(session: Session, scheme: Scheme, year: int, corrects: UUID | None) -> str | None:
    """The hash of the publication to be corrected.

    Raises BadInput for one that is not public, of another year or scheme, or replaced already.
    """
    if corrects is None:
        return None
    seal, old = session.get(Seal, corrects), session.get(Publication, corrects)
    if seal is None or old is None:
        raise bad("correction_of_none")
    found = session.get_one(SchemeUsed, old.scheme_hash).key
    if (old.year, found) != (year, scheme.id):
        raise bad(
            "correction_of_another",
            found=f"{found} {old.year}",
            expected=f"{scheme.id} {year}",
        )
    refuse_replaced(session, scheme.id, year, seal.hash)
    return seal.hash


def refuse_replaced(session: Session, scheme: str, year: int, corrects: str | None) -> None:
    """Raises BadInput where what is to be corrected is not the last of its year and scheme."""
    last = session.scalar(
        select(Seal.hash)
        .join(Publication, Publication.id == Seal.publication_id)
        .join(SchemeUsed, SchemeUsed.hash == Publication.scheme_hash)
        .where(Publication.year == year, SchemeUsed.key == scheme)
        .order_by(Seal.approved_at.desc())
        .limit(1)
    )
    if corrects not in (None, last):
        raise bad("correction_of_replaced")


def overtaken() -> ColumnElement[bool]:
    """The condition on publications that one prepared later of their year and scheme is public."""
    later, seal = aliased(Publication), aliased(Seal)
    own, its = aliased(SchemeUsed), aliased(SchemeUsed)
    return exists().where(
        seal.publication_id == later.id,
        later.year == Publication.year,
        later.created_at > Publication.created_at,
        own.hash == Publication.scheme_hash,
        its.hash == later.scheme_hash,
        its.key == own.key,
    )


def refuse_overtaken(session: Session, publication: Publication) -> None:
    """Raises BadInput for one that a later preparation has overtaken."""
    if session.scalar(select(overtaken()).where(Publication.id == publication.id)):
        raise bad("publication_overtaken")

"""Where an accepted objection named nobody's statement: the figure itself must be another.

That is so of what citizens answered, other bodies published or the register of products says. It
is mended once another figure was sealed; what is rightly found after that may be the old one.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.errors import Problem
from analysis.publication.published_scores import PublishedScores, read_scores
from models import Objection, Publication, Seal, ToMend, Unit

NOT_STATED = object()


def same_figures(
    session: Session, accepted: Sequence[tuple[Objection, Unit]], document: PublishedScores
) -> Iterator[Problem]:
    """What the document still says as it was objected to, and nothing public says otherwise."""
    named = set(session.scalars(select(ToMend.objection_id)))
    for objection, unit in accepted:
        publication = session.get_one(Publication, objection.publication_id)
        if objection.id in named or publication.year != document.year:
            continue
        found = _figure(document, unit, objection.item)
        same = found is not NOT_STATED and found == _disputed_figure(session, objection, unit)
        if same and not sealed_otherwise(session, objection, unit):
            yield Problem("figure_not_mended", unit=unit.name, item=objection.item)


def sealed_otherwise(session: Session, objection: Objection, unit: Unit) -> bool:
    """Whether another figure than the one objected to was sealed since it was accepted."""
    before = _disputed_figure(session, objection, unit)
    publication = session.get_one(Publication, objection.publication_id)
    later = select(Publication.document).join(Seal, Seal.publication_id == Publication.id)
    since = later.where(
        Publication.year == publication.year, Seal.approved_at > objection.decided_at
    )
    found = (_figure(read_scores(one), unit, objection.item) for one in session.scalars(since))
    return any(one is not NOT_STATED and one != before for one in found)


def _disputed_figure(session: Session, objection: Objection, unit: Unit) -> object:
    publication = session.get_one(Publication, objection.publication_id)
    return _figure(read_scores(publication.document), unit, objection.item)


def _figure(document: PublishedScores, unit: Unit, item: str) -> object:
    """What the document says of a unit's item, or whether the fact of its suffix holds."""
    stated = next((one for one in document.units if one.code == unit.code), None)
    if stated is None:
        return NOT_STATED
    suffix = document.scheme.as_scheme().suffix
    if suffix is not None and item == suffix.value.fact:
        places = {one.code: one.declared for one in document.institutions}
        return places[stated.institution]
    return stated.inputs.get(item, NOT_STATED)

"""From a score down to what it stands on: the same document that a publication would state."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_unit
from analysis.publication import Document, derive
from analysis.scheme import Scheme
from desk.assessments import CURRENT
from desk.perception import score_visible
from desk.publishing import read_document, software_version
from desk.stated import evidence_of
from models import Institution, Publication, User


@dataclass(frozen=True)
class Judged:
    """A judgement, 0-4, of one item; ``assessor``: a name, None for those who may not know it."""

    assessor_id: int
    assessor: str | None
    rung: int


def explain(
    session: Session,
    actor: Actor,
    scheme: Scheme,
    year: int,
    institution_id: int,
    stand_in: bool = False,
) -> Document:
    """What would be published of those of an institution's units that the actor may see.

    Also where it is not complete. Its ranks mean nothing. Counts of answers are withheld where
    they, or what they leave of an earlier document, would tell of one to four people. Raises
    Forbidden.
    """
    scored = score_visible(session, actor, scheme, year, institution_id, stand_in, squares=True)
    code = session.get_one(Institution, institution_id).code
    prepared = session.scalars(select(Publication).where(Publication.year == year))
    earlier = [part_of(read_document(one), code) for one in prepared]
    evidence = evidence_of(session, scored, earlier, None, software_version(), [code])
    return derive(evidence)


def part_of(document: Document, institution: str) -> Document:
    """The document with this institution and its units only."""
    return {
        **document,
        "institutions": [one for one in document["institutions"] if one["code"] == institution],
        "units": [one for one in document["units"] if one["institution"] == institution],
    }


def interviews(
    session: Session, actor: Actor, unit_id: int, year: int
) -> Mapping[str, list[Judged]]:
    """The current judgements of a unit, by item; assessors' names are for analysts only.

    Raises Forbidden.
    """
    require_unit(session, actor, unit_id)
    rows = session.execute(
        select(CURRENT.c.item, CURRENT.c.assessor_id, User.name, CURRENT.c.judgement)
        .join(User, User.id == CURRENT.c.assessor_id)
        .where(CURRENT.c.unit_id == unit_id, CURRENT.c.year == year)
        .order_by(CURRENT.c.assessor_id)
    )
    found: dict[str, list[Judged]] = {}
    for item, assessor, name, rung in rows:
        shown = name if actor.analyst else None
        found.setdefault(item, []).append(Judged(assessor, shown, rung))
    return found

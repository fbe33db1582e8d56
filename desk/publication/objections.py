"""Objections (sanggah): an institution sees its part before publication, and may object.

By item, with a reason; an analyst who did not assess the item decides, with reasons. While one
is open nothing is published; one that is accepted needs another preparation.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden, require_analyst, require_coordinator
from analysis.errors import Written, bad
from analysis.publication.publication import Document
from analysis.rulebook.fieldwork import items_of
from analysis.rulebook.scheme import Scheme, parse_scheme
from analysis.rules import Text
from desk.audit import log
from desk.publication.publishing import read_document
from desk.reasons import worded
from models import (
    Assessment,
    Declaration,
    Institution,
    Objection,
    Publication,
    Reconciliation,
    Seal,
    Unit,
    now,
    one_at_a_time,
)

RANKS = ("rank", "rank_in_province")


def provisional(
    session: Session, actor: Actor, institution_id: int
) -> list[tuple[Publication, Document]]:
    """What waits for approval, newest first: the institution's own part of each document.

    Without ranks, which tell of others. Raises Forbidden.
    """
    institution = require_coordinator(session, actor, institution_id)
    found = session.scalars(
        select(Publication)
        .outerjoin(Seal)
        .where(Seal.publication_id.is_(None))
        .order_by(Publication.created_at.desc())
    )
    parts = [(one, own_part(read_document(one), institution)) for one in found]
    return [(one, part) for one, part in parts if part["units"]]


def own_part(document: Document, institution: Institution) -> Document:
    """The document's scheme, and of institutions and units this one's only, without ranks."""
    return {
        **{key: document[key] for key in ("year", "scheme", "not_independent", "without")},
        "institutions": [
            _unranked(one) for one in document["institutions"] if one["code"] == institution.code
        ],
        "units": [
            _unranked(one) for one in document["units"] if one["institution"] == institution.code
        ],
    }


def object_to(
    session: Session, actor: Actor, publication_id: UUID, unit_id: int, item: str, reason: str
) -> Objection:
    """Objects to one item of one's own unit in a prepared publication, or to the declared fact.

    Raises Forbidden, and BadInput for an item that the publication has not, one objected to
    already, or a publication that is public.
    """
    unit = session.get_one(Unit, unit_id)
    require_coordinator(session, actor, unit.institution_id)
    one_at_a_time(session, f"publication {publication_id}")
    publication = session.get_one(Publication, publication_id)
    part = own_part(read_document(publication), unit.institution)
    if unit.code not in [one["code"] for one in part["units"]]:
        raise Forbidden(f"publication {publication_id}")
    if publication.seal:
        raise bad("publication_approved")
    scheme = parse_scheme(part["scheme"]["text"], part["scheme"]["id"])
    if item not in (items := disputable(scheme)):
        raise bad("item_not_disputable", found=Written(item), known=list(items))
    objection = Objection(
        publication_id=publication_id,
        unit_id=unit_id,
        item=item,
        reason=worded("reason", reason),
        raised_by=actor.user_id,
        raised_at=now(),
    )
    same = (Objection.publication_id == publication_id, Objection.unit_id == unit_id)
    if session.scalar(select(Objection.id).where(*same, Objection.item == item)):
        raise bad("item_disputed_already", item=Written(item))
    session.add(objection)
    session.flush()
    _log(session, actor, "object", objection, unit)
    return objection


def disputable(scheme: Scheme) -> dict[str, Text]:
    """What may be objected to: the scheme's indicators, and the fact of its suffix; in words."""
    items = {node.key: node.name for node in scheme.indicators()}
    return items | ({scheme.suffix.value.fact: scheme.suffix.value.means} if scheme.suffix else {})


def decide_objection(
    session: Session, actor: Actor, objection_id: int, accepted: bool, answer: str
) -> Objection:
    """Accepts or declines an objection, with reasons: an analyst who never judged the item.

    Raises Forbidden, and BadInput for one's own assessment or objection, or a decided one.
    """
    require_analyst(actor)
    objection = session.get_one(Objection, objection_id, with_for_update=True)
    unit = session.get_one(Unit, objection.unit_id)
    if objection.accepted is not None:
        raise bad("objection_decided")
    if objection.raised_by == actor.user_id:
        raise bad("own_objection")
    if actor.user_id in _assessors(session, objection):
        raise bad("objection_to_own_item")
    objection.answer = worded("answer", answer)
    objection.accepted, objection.decided_by, objection.decided_at = accepted, actor.user_id, now()
    act = "accept_objection" if accepted else "decline_objection"
    _log(session, actor, act, objection, unit)
    return objection


def objections_of(session: Session, actor: Actor) -> Sequence[tuple[Objection, Unit]]:
    """An analyst sees all, a coordinator those of the own institution; open ones first."""
    own = Unit.institution_id.in_(actor.institutions)
    rows = session.execute(
        select(Objection, Unit)
        .join(Unit, Unit.id == Objection.unit_id)
        .where(*([] if actor.analyst else [own]))
        .order_by(Objection.accepted.is_not(None), Objection.id.desc())
    )
    return [(objection, unit) for objection, unit in rows]


def _unranked(one: Document) -> Document:
    return {key: value for key, value in one.items() if key not in RANKS}


def _assessors(session: Session, objection: Objection) -> set[int]:
    """Whoever judged or settled the item, or declared the fact, also if it was mended later."""
    publication = session.get_one(Publication, objection.publication_id)
    unit = session.get_one(Unit, objection.unit_id)
    judged = [
        select(person).where(
            row.unit_id == unit.id,
            row.year == publication.year,
            row.item.in_(items_of(objection.item)),
        )
        for row, person in (
            (Assessment, Assessment.assessor_id),
            (Reconciliation, Reconciliation.user_id),
        )
    ]
    stated = select(Declaration.user_id).where(
        Declaration.year == publication.year,
        Declaration.institution_id == unit.institution_id,
        Declaration.fact == objection.item,
    )
    return {person for query in (*judged, stated) for person in session.scalars(query)}


def _log(session: Session, actor: Actor, act: str, objection: Objection, unit: Unit) -> None:
    publication = str(objection.publication_id)
    log(session, actor, act, publication=publication, unit=unit.code, item=objection.item)

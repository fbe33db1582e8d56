"""Objections (sanggah): an institution sees its part before publication, and may object.

By item, with a reason; an analyst who did not assess the item decides, with reasons. While one
is open nothing of the institution is published; one that is accepted names what has to be mended
before, and needs another preparation.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden, require_analyst, require_coordinator
from analysis.errors import Written, bad
from analysis.publication.published_scores import (
    PublishedInstitution,
    PublishedScores,
    PublishedUnit,
)
from analysis.rulebook.scheme import Scheme
from analysis.rules import Text
from desk.audit import log
from desk.publication.deciders import require_decider
from desk.publication.grounds import StatedPlace
from desk.publication.mending import name_mendings, stands_in_way
from desk.publication.publishing import OF_THIS_FORMAT, read_document
from desk.publication.replacing import overtaken, refuse_overtaken
from desk.publication.windows import require_window_open
from desk.reasons import worded
from models import (
    Institution,
    Objection,
    ObjectionRelease,
    Publication,
    Seal,
    Unit,
    now,
    one_at_a_time,
)

UNRANKED = {"rank": None, "how_sure": None}
UNRANKED_PLACE = {**UNRANKED, "rank_in_province": None}


@dataclass(frozen=True)
class OwnPart:
    """What a document says of one institution, without ranks, and of nobody else."""

    year: int
    scheme: Scheme
    not_independent: bool
    without: Sequence[str]
    institutions: Sequence[PublishedInstitution]
    units: Sequence[PublishedUnit]


def provisional(
    session: Session, actor: Actor, institution_id: int
) -> list[tuple[Publication, OwnPart]]:
    """What waits for approval, newest first: the institution's own part of each document.

    Without ranks, which tell of others, and without what a later one has overtaken. Raises
    Forbidden.
    """
    institution = require_coordinator(session, actor, institution_id)
    found = session.scalars(
        select(Publication)
        .outerjoin(Seal)
        .where(Seal.publication_id.is_(None), OF_THIS_FORMAT, ~overtaken())
        .order_by(Publication.created_at.desc())
    )
    parts = [(one, own_part(read_document(one), institution)) for one in found]
    return [(one, part) for one, part in parts if part.units]


def own_part(document: PublishedScores, institution: Institution) -> OwnPart:
    """Of the document what is about this institution."""
    part = document.of_institution(institution.code)
    return OwnPart(
        year=part.year,
        scheme=part.scheme.as_scheme(),
        not_independent=part.not_independent,
        without=part.without,
        institutions=[one.model_copy(update=UNRANKED_PLACE) for one in part.institutions],
        units=[one.model_copy(update=UNRANKED) for one in part.units],
    )


@dataclass(frozen=True)
class NewObjection:
    """An objection to the judgement of an item of one's own unit, or to the declared fact."""

    unit_id: int
    item: str
    reason: str


def object_to(session: Session, actor: Actor, publication_id: UUID, new: NewObjection) -> Objection:
    """Objects to one item of one's own unit in a prepared publication, or to the declared fact.

    Raises Forbidden, and BadInput for an item that the publication has not, one objected to
    already, a publication that is public or overtaken, or after the days to object.
    """
    unit = session.get_one(Unit, new.unit_id)
    require_coordinator(session, actor, unit.institution_id)
    one_at_a_time(session, f"publication {publication_id}")
    publication = session.get_one(Publication, publication_id)
    part = own_part(read_document(publication), unit.institution)
    if unit.code not in [one.code for one in part.units]:
        raise Forbidden(f"publication {publication_id}")
    if publication.seal:
        raise bad("publication_approved")
    refuse_overtaken(session, publication)
    require_window_open(publication.created_at, now())
    if new.item not in (items := disputable(part.scheme)):
        raise bad("item_not_disputable", found=Written(new.item), known=list(items))
    objection = Objection(
        publication_id=publication_id,
        unit_id=new.unit_id,
        item=new.item,
        reason=worded("reason", new.reason),
        raised_by=actor.user_id,
        raised_at=now(),
    )
    same = (Objection.publication_id == publication_id, Objection.unit_id == new.unit_id)
    if session.scalar(select(Objection.id).where(*same, Objection.item == new.item)):
        raise bad("item_disputed_already", item=Written(new.item))
    session.add(objection)
    session.flush()
    _log(session, actor, "object", objection)
    return objection


def disputable(scheme: Scheme) -> dict[str, Text]:
    """What may be objected to: the scheme's indicators, and the fact of its suffix; in words."""
    items = {node.key: node.name for node in scheme.indicators()}
    return items | ({scheme.suffix.value.fact: scheme.suffix.value.means} if scheme.suffix else {})


@dataclass(frozen=True)
class ObjectionDecision:
    """Whether an objection is accepted, and why; ``mend``: what then has to be stated anew."""

    accepted: bool
    answer: str
    mend: Collection[StatedPlace] = ()


def decide_objection(
    session: Session, actor: Actor, objection_id: int, decision: ObjectionDecision
) -> Objection:
    """Accepts or declines an objection, with reasons: an analyst who never judged the item.

    An accepted one names what has to be mended of what stands behind the figure, where anything
    does. Raises Forbidden, and BadInput for one's own assessment, objection or institution, or a
    decided one.
    """
    require_analyst(actor)
    objection = session.get_one(Objection, objection_id, with_for_update=True)
    if objection.accepted is not None:
        raise bad("objection_decided")
    require_decider(session, actor, objection)
    answer = worded("answer", decision.answer)
    if decision.accepted:
        name_mendings(session, objection, decision.mend)
    objection.accepted, objection.answer = decision.accepted, answer
    objection.decided_by, objection.decided_at = actor.user_id, now()
    act = "accept_objection" if decision.accepted else "decline_objection"
    _log(session, actor, act, objection)
    return objection


def release_objection(
    session: Session, actor: Actor, objection_id: int, reason: str
) -> ObjectionRelease:
    """Says why an accepted objection stands in the way of nothing any more.

    For what nobody can mend (an interviewer who left, answers of a period that is closed) or
    needs not: whoever may decide the objection does it, and the institution reads the reason.
    Raises Forbidden, and BadInput for one's own assessment, objection or institution, or one that
    was not accepted, or is mended or released already.
    """
    one_at_a_time(session, f"objection {objection_id}")
    objection = session.get_one(Objection, objection_id)
    require_decider(session, actor, objection)
    if not stands_in_way(session, objection):
        raise bad("objection_not_in_the_way")
    release = ObjectionRelease(
        objection_id=objection.id,
        reason=worded("reason", reason),
        user_id=actor.user_id,
        created_at=now(),
    )
    session.add(release)
    session.flush()
    session.expire(objection, ["release"])
    _log(session, actor, "release_objection", objection)
    return release


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


def _log(session: Session, actor: Actor, act: str, objection: Objection) -> None:
    publication, unit = str(objection.publication_id), session.get_one(Unit, objection.unit_id).code
    log(session, actor, act, publication=publication, unit=unit, item=objection.item)

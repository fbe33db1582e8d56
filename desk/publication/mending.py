"""What an accepted objection names to be mended, and whether it was.

What a person stated is left to be mended while it still counts as it was stated then. So it is
mended by whoever stated it, who states it anew; by another, whose statement counts in its place (a
judgement that a third person settles, a fact that another analyst declares or the register
decides); and by who changes the round (another assessor in that one's place, another product,
another sample). Where nobody stated anything, the figure must be another (``figures``).

No sequence of acts ends here: an analyst without a role in the institution changes the round's
assessors, and whoever may decide the objection also releases it, with a reason
(``objections.release_objection``). Where every analyst assessed the item or works for the
institution, an administrator makes somebody else one.
"""

from collections.abc import Collection, Sequence
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_coordinator
from analysis.errors import BadInput, Problem, Written, bad
from analysis.publication.published_scores import PublishedScores
from desk.publication.figures import same_figures, sealed_otherwise
from desk.publication.grounds import StatedPlace, grounds_of, nameable
from desk.publication.restated import stated_anew
from models import Institution, Objection, ObjectionRelease, Publication, ToMend, Unit, User

MendingState = Literal["left", "given_anew", "counts_no_longer"]
RELEASED = exists().where(ObjectionRelease.objection_id == Objection.id)
Left = tuple[Objection, Unit, StatedPlace, str]  # the last: who stated it


def name_mendings(session: Session, objection: Objection, named: Collection[StatedPlace]) -> None:
    """Keeps what has to be stated anew.

    Raises BadInput for what is no ground of the objection, and where there are grounds and none
    is named.
    """
    known = nameable(grounds_of(session, objection))
    if known and not named:
        raise bad("nothing_to_mend")
    if unknown := [place for place in named if place not in known]:
        raise bad("no_ground", item=Written(unknown[0].item), subject=Written(unknown[0].subject))
    session.add_all(ToMend(objection_id=objection.id, **vars(place)) for place in set(named))
    session.flush()


def mendings_of(
    session: Session, actor: Actor, objection: Objection
) -> Sequence[tuple[StatedPlace, MendingState]]:
    """What an objection names, and what became of it since.

    For analysts and the objection's institution. Raises Forbidden.
    """
    unit = session.get_one(Unit, objection.unit_id)
    if not actor.analyst:
        require_coordinator(session, actor, unit.institution_id)
    rows = session.execute(
        select(ToMend, stated_anew())
        .join(Objection, Objection.id == ToMend.objection_id)
        .join(Unit, Unit.id == Objection.unit_id)
        .join(Publication, Publication.id == Objection.publication_id)
        .where(ToMend.objection_id == objection.id)
        .order_by(ToMend.item, ToMend.subject, ToMend.person_id)
    )
    counting = nameable(grounds_of(session, objection))

    def state(place: StatedPlace, anew: bool) -> MendingState:
        if place not in counting:
            return "counts_no_longer"
        return "given_anew" if anew else "left"

    named = [(StatedPlace(one.item, one.subject, one.person_id), anew) for one, anew in rows]
    return [(place, state(place, anew)) for place, anew in named]


def mendings_left(session: Session, actor: Actor) -> Sequence[tuple[Objection, Unit]]:
    """The accepted objections that name what the actor stated and still counts as it was."""
    found = _left(session, ToMend.person_id == actor.user_id)
    return list(dict.fromkeys((objection, unit) for objection, unit, *_ in found))


def refuse_disputed(session: Session, publication_id: UUID, document: PublishedScores) -> None:
    """Raises BadInput while an objection stands in the way of the document.

    One of its institutions' that is undecided, or accepted and not mended, whatever publication
    it was raised against; and an accepted one against this very publication. One that was
    released stands in no way.
    """
    of_these = Institution.code.in_([one.code for one in document.institutions])
    every = select(Objection, Unit).join(Unit).join(Institution).where(of_these, ~RELEASED)
    found = [(one, unit) for one, unit in session.execute(every.order_by(Objection.id))]
    if undecided := sum(objection.accepted is None for objection, _ in found):
        raise bad("open_objections", number=undecided)
    accepted = [(objection, unit) for objection, unit in found if objection.accepted]
    own = [one for one, _ in accepted if one.publication_id == publication_id]
    if own:
        raise bad("accepted_objections", number=len(own))
    unmended = [_not_mended(*one) for one in _left(session, of_these)]
    if problems := [*unmended, *same_figures(session, accepted, document)]:
        raise BadInput(problems)


def stands_in_way(session: Session, objection: Objection) -> bool:
    """Whether it was accepted, and is neither mended nor released."""
    if not objection.accepted or objection.release is not None:
        return False
    own = ToMend.objection_id == objection.id
    if session.scalar(select(exists().where(own))):
        return bool(_left(session, own))
    return not sealed_otherwise(session, objection, session.get_one(Unit, objection.unit_id))


def _left(session: Session, which: ColumnElement[bool]) -> list[Left]:
    """What was named, still counts, and was neither stated anew nor released."""
    rows = session.execute(
        select(Objection, Unit, ToMend, User.name)
        .join(ToMend, ToMend.objection_id == Objection.id)
        .join(Unit, Unit.id == Objection.unit_id)
        .join(Institution, Institution.id == Unit.institution_id)
        .join(Publication, Publication.id == Objection.publication_id)
        .join(User, User.id == ToMend.person_id)
        .where(which, ~RELEASED, ~stated_anew())
        .order_by(Objection.decided_at, Objection.id, ToMend.item, ToMend.subject)
    )
    found = [
        (objection, unit, StatedPlace(one.item, one.subject, one.person_id), name)
        for objection, unit, one, name in rows
    ]
    disputes = {objection.id: objection for objection, *_ in found}
    counting = {key: nameable(grounds_of(session, one)) for key, one in disputes.items()}
    return [one for one in found if one[2] in counting[one[0].id]]


def _not_mended(_objection: Objection, unit: Unit, place: StatedPlace, person: str) -> Problem:
    of = [place.item, place.subject] if place.subject else [place.item]
    return Problem("not_mended", unit=unit.name, of=of, person=person)

"""What an accepted objection names to be mended, and whether it was.

Mended is what was stated anew since the objection was accepted: an assessor's judgement by the
same assessor, or settled anew by a third person; an interview by its interviewer; a declared fact
by any analyst, or by a product in the register, which decides it from then on. Until then nothing
of the institution is published. What citizens answered, other bodies published or the register says
nobody states anew: there the figure must be another than the one objected to.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, exists, extract, or_, select
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_coordinator
from analysis.errors import BadInput, Problem, Written, bad
from analysis.publication.published_scores import PublishedScores, read_scores
from desk.assessment.products import FACT
from desk.publication.grounds import StatedPlace, grounds_of, nameable
from models import (
    Assessment,
    Declaration,
    Institution,
    Interview,
    Objection,
    OmbudsmanProduct,
    Publication,
    Reconciliation,
    ToMend,
    Unit,
    User,
)


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
) -> Sequence[tuple[StatedPlace, bool]]:
    """What an objection names, and whether it was stated anew since.

    For analysts and the objection's institution. Raises Forbidden.
    """
    unit = session.get_one(Unit, objection.unit_id)
    if not actor.analyst:
        require_coordinator(session, actor, unit.institution_id)
    rows = session.execute(
        select(ToMend, _stated_anew())
        .join(Objection, Objection.id == ToMend.objection_id)
        .join(Unit, Unit.id == Objection.unit_id)
        .join(Publication, Publication.id == Objection.publication_id)
        .where(ToMend.objection_id == objection.id)
        .order_by(ToMend.item, ToMend.subject, ToMend.person_id)
    )
    return [(StatedPlace(one.item, one.subject, one.person_id), anew) for one, anew in rows]


def mendings_left(session: Session, actor: Actor) -> Sequence[tuple[Objection, Unit]]:
    """The accepted objections that name what the actor stated and has not stated anew."""
    query = _left().where(ToMend.person_id == actor.user_id).order_by(Objection.decided_at)
    return list(dict.fromkeys((objection, unit) for objection, unit, *_ in session.execute(query)))


def refuse_disputed(session: Session, publication_id: UUID, document: PublishedScores) -> None:
    """Raises BadInput while an objection stands in the way of the document.

    One of its institutions' that is undecided, or accepted and not mended, whatever publication
    it was raised against; and an accepted one against this very publication.
    """
    of_these = Institution.code.in_([one.code for one in document.institutions])
    found = session.execute(
        select(Objection, Unit).join(Unit).join(Institution).where(of_these).order_by(Objection.id)
    ).all()
    if undecided := sum(objection.accepted is None for objection, _ in found):
        raise bad("open_objections", number=undecided)
    accepted = [(objection, unit) for objection, unit in found if objection.accepted]
    own = [one for one, _ in accepted if one.publication_id == publication_id]
    if own:
        raise bad("accepted_objections", number=len(own))
    if problems := [*_unmended(session, of_these), *_same_figures(session, accepted, document)]:
        raise BadInput(problems)


def _left() -> Any:
    """What was named and not stated anew: the objection, its unit, what and who."""
    return (
        select(Objection, Unit, ToMend.item, ToMend.subject, User.name)
        .join(ToMend, ToMend.objection_id == Objection.id)
        .join(Unit, Unit.id == Objection.unit_id)
        .join(Publication, Publication.id == Objection.publication_id)
        .join(User, User.id == ToMend.person_id)
        .where(~_stated_anew())
    )


def _stated_anew() -> ColumnElement[bool]:
    """Whether somebody stated what a mending names again since its objection was accepted."""

    def later(model: Any, *same: ColumnElement[bool]) -> ColumnElement[bool]:
        since = model.year == Publication.year, model.created_at > Objection.decided_at
        return exists().where(*since, *same)

    def of_place(model: Any) -> list[ColumnElement[bool]]:
        return [
            model.unit_id == Objection.unit_id,
            model.item == ToMend.item,
            model.subject == ToMend.subject,
        ]

    return or_(
        later(Assessment, *of_place(Assessment), Assessment.assessor_id == ToMend.person_id),
        later(Reconciliation, *of_place(Reconciliation)),
        later(
            Interview,
            Interview.unit_id == Objection.unit_id,
            Interview.area == ToMend.item,
            cast(Interview.respondent, String) == ToMend.subject,
            Interview.interviewer_id == ToMend.person_id,
        ),
        later(
            Declaration,
            Declaration.institution_id == Unit.institution_id,
            Declaration.fact == ToMend.item,
        ),
        exists().where(
            ToMend.item == FACT,
            OmbudsmanProduct.institution_id == Unit.institution_id,
            extract("year", OmbudsmanProduct.issued) <= Publication.year,
            OmbudsmanProduct.created_at > Objection.decided_at,
        ),
    )


def _unmended(session: Session, of_these: ColumnElement[bool]) -> Iterator[Problem]:
    query = _left().join(Institution, Institution.id == Unit.institution_id).where(of_these)
    for _, unit, item, subject, person in session.execute(query.order_by(Objection.id)):
        of = [item, subject] if subject else [item]
        yield Problem("not_mended", unit=unit.name, of=of, person=person)


def _same_figures(
    session: Session, accepted: Sequence[tuple[Objection, Unit]], document: PublishedScores
) -> Iterator[Problem]:
    """Those that named nothing to be stated anew, where the document says the same again."""
    found, named = _figures(document), set(session.scalars(select(ToMend.objection_id)))
    for objection, unit in accepted:
        place = unit.code, objection.item
        if place not in found or objection.id in named:
            continue
        publication = session.get_one(Publication, objection.publication_id)
        before = _figures(read_scores(publication.document))
        if publication.year == document.year and before[place] == found[place]:
            yield Problem("figure_not_mended", unit=unit.name, item=objection.item)


def _figures(document: PublishedScores) -> dict[tuple[str, str], object]:
    """What the document says of each unit by item, and whether the fact of the suffix holds."""
    places = {one.code: one for one in document.institutions}
    suffix = document.scheme.as_scheme().suffix
    found: dict[tuple[str, str], object] = {
        (unit.code, item): value for unit in document.units for item, value in unit.inputs.items()
    }
    if suffix is not None:
        for unit in document.units:
            found[unit.code, suffix.value.fact] = places[unit.institution].declared
    return found

"""Where a figure comes from behind which nobody's statement counts, for whom decides about it."""

from typing import Literal

from sqlalchemy.orm import Session

from accounts.actors import Actor, require_analyst
from desk.assessment.products import FACT, ProductOfPlace, compliance_of, products_of
from desk.assessment.secondary import EVIDENCE, figures_of_units
from desk.publication.grounds import disputed
from models import Objection, SecondaryFigure, Unit

# What citizens say by themselves; the Ombudsman's interviews, where there are any, are grounds.
CITIZENS = ("satisfaction_index", "perceived_maladministration")
FigureOrigin = Literal["citizens", "bodies", "register", "undeclared", "fieldwork"]


def origin_of(session: Session, objection: Objection) -> FigureOrigin:
    """Where it comes from; "fieldwork": from judgements or interviews that count no longer."""
    year, scheme = disputed(session, objection)
    evidence = {node.key: node.evidence for node in scheme.indicators()}
    if objection.item not in evidence:
        code = session.get_one(Unit, objection.unit_id).institution.code
        known = objection.item == FACT and code in compliance_of(session, year)
        return "register" if known else "undeclared"
    if evidence[objection.item] == EVIDENCE:
        return "bodies"
    return "citizens" if evidence[objection.item] in CITIZENS else "fieldwork"


def figure_behind(session: Session, actor: Actor, objection: Objection) -> SecondaryFigure | None:
    """What another body published and somebody entered. Raises Forbidden."""
    require_analyst(actor)
    year, scheme = disputed(session, objection)
    unit = session.get_one(Unit, objection.unit_id)
    return figures_of_units(session, scheme, year, [unit]).get((unit.id, objection.item))


def products_behind(session: Session, actor: Actor, objection: Objection) -> list[ProductOfPlace]:
    """The institution's products of up to the year of the publication. Raises Forbidden."""
    require_analyst(actor)
    year, _ = disputed(session, objection)
    place = session.get_one(Unit, objection.unit_id).institution_id
    return [
        one
        for one in products_of(session, actor)
        if one.institution.id == place and one.product.issued.year <= year
    ]

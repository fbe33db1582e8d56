"""The fact on which the suffix of a scheme's label depends, as analysts state it by year."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_analyst
from analysis.errors import bad
from analysis.index.opinion import fact_holds
from analysis.rulebook.scheme import Scheme
from desk.assessment.products import FACT, compliance_of
from desk.audit import log
from desk.impartial import require_impartial_of
from desk.reasons import worded
from models import Declaration, Institution, now


@dataclass(frozen=True)
class NewDeclaration:
    """Whether the fact of a scheme's suffix holds of an institution in a year, and why."""

    year: int
    institution_id: int
    holds: bool
    reason: str


def declare(session: Session, actor: Actor, scheme: Scheme, new: NewDeclaration) -> Declaration:
    """States whether the fact of the scheme's suffix holds of an institution in a year.

    What was stated before stays beside it. Raises Forbidden, and BadInput for a scheme without
    a suffix, a reason that is none, one's own institution, or a fact that the register of
    products decides.
    """
    require_analyst(actor)
    if scheme.suffix is None:
        raise bad("no_suffix", scheme=scheme.id)
    institution = session.get_one(Institution, new.institution_id)
    require_impartial_of(session, actor, [institution.code])
    decided = compliance_of(session, new.year) if scheme.suffix.value.fact == FACT else {}
    if counted := decided.get(institution.code):
        raise bad("register_decides", issued=counted.issued, followed_up=counted.followed_up)
    declaration = Declaration(
        institution_id=new.institution_id,
        year=new.year,
        fact=scheme.suffix.value.fact,
        holds=new.holds,
        reason=worded("reason", new.reason),
        user_id=actor.user_id,
        created_at=now(),
    )
    session.add(declaration)
    session.flush()
    stated = {"year": new.year, "fact": declaration.fact, "holds": new.holds}
    log(session, actor, "declare", institution=institution.code, **stated)
    return declaration


def declarations_of(
    session: Session, scheme: Scheme, year: int
) -> list[tuple[Declaration, Institution]]:
    """The latest of each institution, by its name; none where the scheme has no suffix."""
    if scheme.suffix is None:
        return []
    latest = (
        select(func.max(Declaration.id))
        .where(Declaration.year == year, Declaration.fact == scheme.suffix.value.fact)
        .group_by(Declaration.institution_id)
    )
    rows = session.execute(
        select(Declaration, Institution)
        .join(Institution, Institution.id == Declaration.institution_id)
        .where(Declaration.id.in_(latest))
        .order_by(Institution.name)
    )
    return [(declaration, institution) for declaration, institution in rows]


def declared(session: Session, scheme: Scheme, year: int) -> set[str]:
    """The codes of the institutions of which the fact holds.

    Where the register has products of an institution, they decide; else what was stated.
    """
    stated = {
        institution.code: declaration.holds
        for declaration, institution in declarations_of(session, scheme, year)
    }
    known = scheme.suffix is not None and scheme.suffix.value.fact == FACT
    counted = compliance_of(session, year) if known else {}
    return {
        code
        for code in {**stated, **counted}
        if fact_holds(stated.get(code, False), counted.get(code))
    }

"""From a score down to its indicators and answers: the document that a publication would state."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_analyst, require_unit
from analysis.publication.publication import derive
from analysis.publication.published_scores import PublishedScores
from analysis.rulebook.fieldwork import parts_of_indicators
from analysis.rulebook.scheme import Scheme
from desk.assessment.completeness import fieldwork_of
from desk.assessment.counted import counted_rows
from desk.assessment.lacks import Lack
from desk.assessment.sampled import round_of, sampled_units
from desk.index.perception import Scoring, score_visible
from desk.publication.publishing import prepared_in, read_document
from desk.publication.stated import PublicationTerms, evidence_of
from models import Institution, Reconciliation, Unit, User


@dataclass(frozen=True)
class NamedJudgement:
    """A judgement, 0-4; ``assessor``: a name, None for those who may not know it."""

    assessor_id: int
    assessor: str | None
    rung: int


@dataclass(frozen=True)
class JudgedItem:
    """One item judged of one subject of a unit; ``settled``: what counts instead, 0-4."""

    item: str
    subject: str
    judged: list[NamedJudgement]
    settled: int | None


def explain(
    session: Session, actor: Actor, scoring: Scoring, institution_id: int
) -> PublishedScores:
    """What would be published of those of an institution's units that the actor may see.

    Also where it is not complete. Its ranks mean nothing. Counts of answers are withheld where
    they, or what they leave of an earlier document, would tell of one to four people. Raises
    Forbidden.
    """
    scored = score_visible(session, actor, replace(scoring, squares=True), institution_id)
    code = session.get_one(Institution, institution_id).code
    documents = [read_document(one) for one in prepared_in(session, scoring.year)]
    earlier = [one.of_institution(code) for one in documents]
    evidence = evidence_of(session, scored, earlier, PublicationTerms(scoring.stand_in), [code])
    return derive(evidence)


def is_whole(
    session: Session, actor: Actor, institution_id: int, year: int, document: PublishedScores
) -> bool:
    """Whether the document holds all units of the institution that are scored in the year."""
    if actor.analyst or institution_id not in actor.institutions:
        return actor.analyst
    sample = sampled_units(session, year)
    if sample is None:
        return True
    own = select(Unit.code).where(Unit.institution_id == institution_id, Unit.id.in_(sample))
    return set(session.scalars(own)) <= {one.code for one in document.units}


def lacks_of(session: Session, actor: Actor, unit_id: int, year: int, scheme: Scheme) -> list[Lack]:
    """What keeps a unit from values under a scheme, by name. Raises Forbidden.

    For analysts alone: it tells who and what was to be looked at.
    """
    require_analyst(actor)
    return fieldwork_of(session, year, scheme, [unit_id]).open_lacks(unit_id)


def judgements_below(
    session: Session, actor: Actor, unit_id: int, year: int
) -> Mapping[str, list[JudgedItem]]:
    """The judgements of a unit that count now, by indicator; names are for analysts only.

    Raises Forbidden.
    """
    require_unit(session, actor, unit_id)
    a_round = round_of(session, year)
    if a_round is None:
        return {}
    counted = counted_rows(a_round, units=[unit_id]).c
    rows = session.execute(
        select(counted.item, counted.subject, User.id, User.name, counted.judgement)
        .join(User, User.id == counted.assessor_id)
        .where(counted.unit_id == unit_id)
        .order_by(counted.item, counted.subject, User.id)
    )
    same = Reconciliation.unit_id == unit_id, Reconciliation.year == year
    settled = {
        (one.item, one.subject): one.judgement
        for one in session.scalars(select(Reconciliation).where(*same).order_by(Reconciliation.id))
    }
    found: dict[tuple[str, str], JudgedItem] = {}
    for item, subject, assessor, name, rung in rows:
        place = item, subject
        one = found.setdefault(place, JudgedItem(item, subject, [], settled.get(place)))
        one.judged.append(NamedJudgement(assessor, name if actor.analyst else None, rung))
    below: dict[str, list[JudgedItem]] = {}
    for one in map(_as_counted, found.values()):
        below.setdefault(parts_of_indicators().get(one.item, one.item), []).append(one)
    return below


def _as_counted(one: JudgedItem) -> JudgedItem:
    """What was settled counts while two assessors stand, between whom it was."""
    return one if len(one.judged) > 1 else replace(one, settled=None)

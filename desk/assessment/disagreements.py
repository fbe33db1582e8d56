"""Where assessors of the same unit differ, and how a third person settles it.

Until it is settled their mean counts, from then on the settled judgement; theirs stay as they
are. Only an analyst settles who judged no such item of the unit in that year, as with objections;
settling again is a new act, and the latest counts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_analyst
from accounts.two_people import require_two_people
from analysis.characters import entered
from analysis.errors import Written, bad
from analysis.rulebook.fieldwork import RUNGS, judged_in
from analysis.uncertainty.agreement import Agreement, agreement
from desk.assessment.assessments import ItemAndSubject, Judgement, read_row
from desk.assessment.counted import SETTLED, counted_rows
from desk.assessment.sampled import round_of
from desk.audit import log
from desk.impartial import require_impartial
from locales import Phrase
from models import Assessment, Reconciliation, Unit, User, now
from models.assessments import REASON


@dataclass(frozen=True)
class Disagreement:
    """An item and subject on which assessors differ, or did: each one's judgement, by assessor.

    ``settled``: the rung that counts, and why, once somebody settled it; ``mine``: whether the
    actor judged the item and so can't settle it.
    """

    place: ItemAndSubject
    judgements: Mapping[int, Judgement]
    settled: tuple[int, str] | None
    mine: bool


@dataclass(frozen=True)
class AssessorComparison:
    """The assessors of a unit: their names, how far each two agree, and where they differ."""

    names: Mapping[int, str]
    agreements: Mapping[tuple[int, int], Agreement]
    differences: Sequence[Disagreement]


def assessed_by_two(session: Session, actor: Actor, year: int) -> list[Unit]:
    """The units of which judgements of two or more assessors count, by name. Raises Forbidden."""
    require_analyst(actor)
    a_round = round_of(session, year)
    if a_round is None:
        return []
    counted = counted_rows(a_round).c
    assessors = (
        select(counted.unit_id)
        .group_by(counted.unit_id)
        .having(func.count(counted.assessor_id.distinct()) > 1)
    )
    return list(session.scalars(select(Unit).where(Unit.id.in_(assessors)).order_by(Unit.name)))


def double_judgements(session: Session, actor: Actor, year: int) -> tuple[int, int]:
    """How many judgements of the year two assessors gave the same things, and the sum of their
    squared differences. Raises Forbidden.

    Of n judgements of the same the squared differences of all pairs sum to n x sum of x squared
    - (sum of x) squared.
    """
    require_analyst(actor)
    a_round = round_of(session, year)
    units = [] if a_round is None else _judged_by_several(session, year)
    if a_round is None or not units:
        return 0, 0
    rows = counted_rows(a_round, units=units).c
    number, rung = func.count(), rows.judgement
    same = (
        select(
            (number * (number - 1)).label("twice_pairs"),
            (number * func.sum(rung * rung) - func.sum(rung) * func.sum(rung)).label("squares"),
        )
        .group_by(rows.unit_id, rows.item, rows.subject)
        .having(number > 1)
        .subquery()
        .c
    )
    twice, squares = session.execute(
        select(func.sum(same.twice_pairs), func.sum(same.squares))
    ).one()
    return int(twice or 0) // 2, int(squares or 0)


def _judged_by_several(session: Session, year: int) -> Sequence[int]:
    """The units of which several judged the same thing, whether it counts or not: by the index."""
    given = Assessment
    same = (
        select(given.unit_id)
        .where(given.year == year)
        .group_by(given.unit_id, given.item, given.subject)
        .having(func.min(given.assessor_id) < func.max(given.assessor_id))
    )
    return session.scalars(select(same.subquery().c.unit_id).distinct()).all()


def compare_assessors(
    session: Session, actor: Actor, unit_id: int, year: int
) -> AssessorComparison:
    """What the assessors of a unit agree on, and what not. Raises Forbidden."""
    require_analyst(actor)
    judged = _by_place(session, unit_id, year)
    settled = _settled(session, unit_id, year)
    people = sorted({assessor for one in judged.values() for assessor in one})
    names = dict(session.execute(select(User.id, User.name).where(User.id.in_(people))).all())
    agreements = {
        (one, other): agreement(
            [
                (given[one].rung, given[other].rung)
                for given in judged.values()
                if one in given and other in given
            ]
        )
        for one, other in combinations(people, 2)
    }
    own = {item for (item, _), given in judged.items() if actor.user_id in given}
    differences = [
        Disagreement(place, given, settled.get(place), place[0] in own)
        for place, given in judged.items()
        if _to_settle(given, place in settled)
    ]
    return AssessorComparison(names, agreements, sorted(differences, key=_in_order(year)))


@dataclass(frozen=True)
class Settlement:
    """What shall count where assessors differ on an item of a subject: 0-4, and why."""

    unit_id: int
    year: int
    place: ItemAndSubject
    rung: int
    reason: str


def settle(session: Session, actor: Actor, settlement: Settlement) -> Reconciliation:
    """Settles what assessors differ on, with a reason; nothing of theirs is changed.

    Raises Forbidden, and BadInput for one's own institution, an item that the actor judged, one
    on which nobody differs, a rung that is none, or a reason that is too short or too long.
    """
    require_analyst(actor)
    require_impartial(session, actor, [settlement.unit_id])
    judged = _by_place(session, settlement.unit_id, settlement.year)
    item, subject = settlement.place
    if any(actor.user_id in given for (key, _), given in judged.items() if key == item):
        raise bad("own_item_settled")
    require_two_people(session, actor, judged.get(settlement.place, {}))
    given = judged.get(settlement.place, {})
    settled_before = settlement.place in _settled(session, settlement.unit_id, settlement.year)
    if not _to_settle(given, settled_before):
        raise bad("no_difference", item=Written(item))
    if settlement.rung not in RUNGS or isinstance(settlement.rung, bool):
        raise bad("no_rung", item=item, found=str(settlement.rung))
    least, most = REASON
    reason = entered(settlement.reason)
    if not least <= len(reason) <= most:
        what = Phrase("written.reason")
        raise bad(
            "words_unfit", what=what, found=Written(settlement.reason), least=least, most=most
        )
    settled = Reconciliation(
        unit_id=settlement.unit_id,
        year=settlement.year,
        item=item,
        subject=subject,
        judgement=settlement.rung,
        reason=reason,
        user_id=actor.user_id,
        created_at=now(),
    )
    session.add(settled)
    session.flush()
    unit = session.get_one(Unit, settlement.unit_id).code
    log(session, actor, "reconcile", year=settlement.year, unit=unit, item=item)
    return settled


def _to_settle(given: Mapping[int, Judgement], settled: bool) -> bool:
    """Whether assessors differ; what was settled between two counts also where they agree since."""
    return len({one.rung for one in given.values()}) > 1 or (settled and len(given) > 1)


def _in_order(year: int) -> Callable[[Disagreement], tuple[bool, int, str]]:
    """What is not settled first, then as the instruments ask."""
    every = [item.key for one in judged_in(year).values() for item in one.items]

    def order(one: Disagreement) -> tuple[bool, int, str]:
        item, subject = one.place
        return one.settled is not None, every.index(item) if item in every else -1, subject

    return order


def _by_place(
    session: Session, unit_id: int, year: int
) -> dict[ItemAndSubject, dict[int, Judgement]]:
    """The judgements of a unit that count, by item and subject, then by assessor."""
    a_round = round_of(session, year)
    if a_round is None:
        return {}
    counted = counted_rows(a_round, units=[unit_id])
    query = select(counted).where(counted.c.unit_id == unit_id)
    found: dict[ItemAndSubject, dict[int, Judgement]] = {}
    for row in session.execute(query.order_by(counted.c.assessor_id)):
        one = read_row(row)
        found.setdefault(one.place, {})[row.assessor_id] = one
    return found


def _settled(session: Session, unit_id: int, year: int) -> dict[ItemAndSubject, tuple[int, str]]:
    rows = session.execute(
        select(SETTLED).where(SETTLED.c.unit_id == unit_id, SETTLED.c.year == year)
    )
    return {(row.item, row.subject): (row.judgement, row.reason) for row in rows}

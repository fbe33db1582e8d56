"""What stands in a year's fieldwork and does not count: whose it is, how much, and why."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.assessment.assessments import CURRENT
from desk.assessment.counted import asked_items, counted_rows
from desk.assessment.interviews import CURRENT as INTERVIEWED
from desk.assessment.interviews import counted_interviews
from desk.assessment.sampled import chosen_assessors
from models import AssessmentRound, User
from models.assessments import WHOLE_UNIT

# Judged by who is no assessor of the unit, an item that the year does not ask, without a subject,
# a subject that is not chosen; interviewed by who is no assessor of the unit, or a user whom
# another interviewed or whom the unit's numbers do not hold.
WHYS = ("person", "item", "no_subject", "subject", "interviewer", "user")


@dataclass(frozen=True)
class NotCounted:
    """So many judgements or interviews of a person in a unit that do not count, for one reason."""

    unit_id: int
    person: str
    why: str
    number: int


def not_counted(
    session: Session, a_round: AssessmentRound, units: Collection[int]
) -> list[NotCounted]:
    """What of the units does not count, by unit, person and reason."""
    chosen = chosen_assessors(session, a_round.year, units)
    items = {one.key for found in asked_items(a_round.year).values() for one in found}
    found: Counter[tuple[int, int, str]] = Counter()
    judged, counted = CURRENT["official"].c, counted_rows(a_round, units=units)
    rows = session.execute(
        select(judged.unit_id, judged.assessor_id, judged.item, judged.subject).where(
            judged.year == a_round.year,
            judged.unit_id.in_(units),
            judged.id.not_in(select(counted.c.id)),
        )
    )
    for unit, person, item, subject in rows:
        if person not in chosen.get(unit, ()):
            why = "person"
        elif item not in items:
            why = "item"
        else:
            why = "subject" if subject != WHOLE_UNIT else "no_subject"
        found[unit, person, why] += 1
    told, counting = INTERVIEWED.c, counted_interviews(a_round, units)
    users = session.execute(
        select(told.unit_id, told.interviewer_id).where(
            told.year == a_round.year,
            told.unit_id.in_(units),
            told.id.not_in(select(counting.c.id)),
        )
    )
    for unit, person in users:
        why = "user" if person in chosen.get(unit, ()) else "interviewer"
        found[unit, person, why] += 1
    people = {person for _, person, _ in found}
    names = dict(session.execute(select(User.id, User.name).where(User.id.in_(people))).all())
    return [
        NotCounted(unit, names[person], why, number)
        for (unit, person, why), number in sorted(found.items())
    ]

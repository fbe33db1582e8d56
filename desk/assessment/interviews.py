"""The Ombudsman's own interviews of users: what they experienced, and whom they trust.

Experience: 100 x the share of those who answered that experienced none of the forms. Trust: 25 x
the mean of all answers 0-4. Both are assumed, say the instruments. A user is the interviewer's
number, never a name.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import (
    JSON,
    ColumnElement,
    FromClause,
    Integer,
    Subquery,
    Text,
    and_,
    cast,
    column,
    false,
    func,
    or_,
    select,
    table,
)
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_analyst
from analysis.disclosure import enough
from analysis.errors import BadInput, Problem, Written, bad
from analysis.rulebook.fieldwork import RUNGS, FieldInstrument, instruments_of
from desk.assessment.sampled import in_sample, named, not_assigned, round_of
from desk.audit import log
from desk.impartial import require_impartial
from desk.office.periods import keep_instrument
from models import (
    AssessmentRound,
    Interview,
    SampledAssessor,
    Unit,
    in_force,
    now,
    one_at_a_time,
)

CURRENT = table(
    "current_interviews",
    column("id", Integer),
    column("unit_id", Integer),
    column("year", Integer),
    column("area", Text),
    column("respondent", Integer),
    column("interviewer_id", Integer),
    column("answers", JSON),
    column("points", Integer),
    column("most", Integer),
)
# Of which the last one is current.
OF_ONE = ("year", "unit_id", "area", "interviewer_id", "respondent")
# What is asked of users in interviews, by the evidence that it is to a scheme.
INTERVIEWS = {
    "perceived_maladministration": "experience",
    "perceived_standards": "seen_standards",
    "public_trust": "trust",
}
NONE, DECLINED = "none", "declined"
FORMS = "forms"
InterviewAnswers = Mapping[str, int | Sequence[str]]


@dataclass(frozen=True)
class Interviewed:
    """The interviewed users of a unit: how many answered, and their points of the most possible.

    ``products``: the sums of points x points, points x most and most x most over them.
    """

    respondents: int
    points: int
    most: int
    products: tuple[int, int, int]

    @property
    def score(self) -> Fraction | None:
        """0-100, unrounded; None where fewer than five answered."""
        shown = enough(self.respondents)
        return Fraction(100 * self.points, self.most) if shown else None

    @property
    def squares(self) -> Fraction:
        """The second moment of the score: 100^2 x sum of (points - r x most)^2 / (sum of most)^2,
        with r the share of all points (the ratio's linear errors)."""
        ratio, (own, cross, most) = Fraction(self.points, self.most), self.products
        return 100**2 * (own - 2 * ratio * cross + ratio**2 * most) / self.most**2


@dataclass(frozen=True)
class InterviewRecord:
    """What one user of a unit answered in an interview of an area.

    ``respondent``: the interviewer's number of the user; ``answers``: of the area "experience" the
    forms, or "none" or "declined", under "forms"; of "trust" 0-4 by item.
    """

    unit_id: int
    year: int
    area: str
    respondent: int
    answers: InterviewAnswers


def record(session: Session, actor: Actor, interview: InterviewRecord) -> None:
    """Stores an interview's answers; the same number of the same interviewer again corrects them.

    ``answers``: of the area "experience" the forms, or "none" or "declined", under "forms"; of
    "trust" 0-4 by item. Raises Forbidden, and BadInput for answers that there are none of, for
    one's own institution, for somebody who is no assessor of the unit in the year's round, and for
    a user whom another of them interviewed: a unit's users are numbered once, whoever interviews
    them.
    """
    record_all(session, actor, [interview])


def record_all(session: Session, actor: Actor, interviews: Collection[InterviewRecord]) -> None:
    """Stores several interviews, each as ``record`` does; what is asked of all is asked once."""
    require_analyst(actor)
    require_impartial(session, actor, {one.unit_id for one in interviews})
    asked = [_instrument(one) for one in interviews]
    for unit_id, year in sorted({(one.unit_id, one.year) for one in interviews}):
        if refusals := not_assigned(session, actor.user_id, year, [unit_id]):
            raise BadInput(refusals)
        one_at_a_time(session, f"interviews {unit_id} {year}")
    places = {(one.unit_id, one.year, one.area) for one in interviews}
    taken = {place: _of_others(session, actor, *place) for place in places}
    kept = {instrument.hash: keep_instrument(session, instrument) for instrument in asked}
    units = {one.unit_id: session.get_one(Unit, one.unit_id).code for one in interviews}
    for one, instrument in zip(interviews, asked, strict=True):
        if one.respondent in taken[one.unit_id, one.year, one.area]:
            raise bad("user_of_another", found=one.respondent)
        points, most = _points(instrument, one.answers)
        session.add(
            Interview(
                unit_id=one.unit_id,
                year=one.year,
                area=one.area,
                instrument_hash=kept[instrument.hash],
                respondent=one.respondent,
                interviewer_id=actor.user_id,
                answers=dict(one.answers),
                points=points,
                most=most,
                created_at=now(),
            )
        )
        unit = units[one.unit_id]
        log(session, actor, "interview", year=one.year, unit=unit, instrument=instrument.id)


def _instrument(interview: InterviewRecord) -> FieldInstrument:
    """What was asked. Raises BadInput where nothing is, or not of so many users."""
    instrument = instruments_of(interview.year).get(interview.area)
    if instrument is None:
        raise bad("no_instrument", area=interview.area, year=str(interview.year))
    if not 1 <= interview.respondent <= instrument.subjects.value:
        raise bad("no_such_user", found=interview.respondent, most=instrument.subjects.value)
    return instrument


def interviews_of(
    session: Session, actor: Actor, unit_id: int, year: int, area: str
) -> dict[int, InterviewAnswers]:
    """The actor's own interviews of a unit's users, by number. Raises Forbidden."""
    require_analyst(actor)
    rows = session.execute(
        select(CURRENT.c.respondent, CURRENT.c.answers).where(
            CURRENT.c.unit_id == unit_id,
            CURRENT.c.year == year,
            CURRENT.c.area == area,
            CURRENT.c.interviewer_id == actor.user_id,
        )
    )
    return dict(rows.all())


def taken_numbers(session: Session, actor: Actor, unit_id: int, year: int, area: str) -> set[int]:
    """The numbers of the unit's users whom its other assessors interviewed. Raises Forbidden."""
    require_analyst(actor)
    return _of_others(session, actor, unit_id, year, area)


def interviewed(
    session: Session, year: int, units: Collection[int] | None = None
) -> dict[tuple[int, str], Interviewed]:
    """The interviews' points by unit and area; ``units`` None: of all units.

    Only those of a unit's assessors in the year's round count, and of each numbered user only
    those of who interviewed the user first. Without a round nothing counts.
    """
    a_round = round_of(session, year)
    if a_round is None:
        return {}
    counted = counted_interviews(a_round, units)
    points, most = counted.c.points, counted.c.most
    query = (
        select(
            counted.c.unit_id,
            counted.c.area,
            func.count(),
            *(
                cast(func.sum(one), Integer)
                for one in (points, most, points * points, points * most, most * most)
            ),
        )
        .where(most > 0)
        .group_by(counted.c.unit_id, counted.c.area)
    )
    rows = session.execute(query if units is None else query.where(counted.c.unit_id.in_(units)))
    return {
        (unit, area): Interviewed(n, points, most, (own, cross, both))
        for unit, area, n, points, most, own, cross, both in rows
    }


def counted_interviews(a_round: AssessmentRound, units: Collection[int] | None = None) -> Subquery:
    """The current interviews that count, with the columns of ``CURRENT``.

    ``units``: at least those of these units.
    """
    few = named(Interview.unit_id, units)
    first, current = _first_interviews(a_round, *few), _current(a_round.year, few)
    one = current.c
    return (
        select(current)
        .join(
            first,
            and_(
                first.c.unit_id == one.unit_id,
                first.c.area == one.area,
                first.c.respondent == one.respondent,
                first.c.interviewer_id == one.interviewer_id,
            ),
        )
        .where(one.year == a_round.year)
        .subquery()
    )


def _current(year: int, few: Sequence[ColumnElement[bool]]) -> FromClause:
    """The view; of a few units what it holds of them, without a look at all others."""
    if not few:
        return CURRENT
    newest = select(func.max(Interview.id)).where(Interview.year == year, *few)
    newest = newest.group_by(*(getattr(Interview, name) for name in OF_ONE))
    columns = (getattr(Interview, one.name) for one in CURRENT.c)
    return select(*columns).where(Interview.id.in_(newest)).subquery()


def _first_interviews(a_round: AssessmentRound, *of: ColumnElement[bool]) -> Subquery:
    """Of each numbered user of the sample the first interview by an assessor of the unit.

    ``of``: which interviews are asked for, so that those of all other units are not looked at.
    """
    chosen, most = SampledAssessor, instruments_of(a_round.year)
    numbered = [
        and_(Interview.area == area, Interview.respondent <= most[area].subjects.value)
        for area in INTERVIEWS.values()
        if area in most
    ]
    first = (
        select(func.min(Interview.id))
        .join(
            chosen,
            and_(
                chosen.unit_id == Interview.unit_id,
                chosen.assessor_id == Interview.interviewer_id,
                chosen.round_id == a_round.id,
                in_force(chosen),
            ),
        )
        .where(Interview.year == a_round.year, or_(*numbered, false()))
        .where(Interview.unit_id.in_(in_sample(a_round)), *of)
        .group_by(Interview.unit_id, Interview.area, Interview.respondent)
    )
    return (
        select(Interview.unit_id, Interview.area, Interview.respondent, Interview.interviewer_id)
        .where(Interview.id.in_(first))
        .subquery()
    )


def _of_others(session: Session, actor: Actor, unit_id: int, year: int, area: str) -> set[int]:
    a_round = round_of(session, year)
    if a_round is None:
        return set()
    here = Interview.unit_id == unit_id, Interview.area == area
    first = _first_interviews(a_round, *here).c
    others = select(first.respondent).where(first.interviewer_id != actor.user_id)
    return set(session.scalars(others))


def _points(instrument: FieldInstrument, answers: InterviewAnswers) -> tuple[int, int]:
    """What the answers add to the score, of how much. Raises BadInput."""
    if instrument.experience is None:
        return _rungs(instrument, answers)
    forms = answers.get(FORMS)
    known = [*instrument.experience.forms, NONE, DECLINED]
    if not isinstance(forms, Sequence) or not forms or set(forms) - set(known):
        raise bad("unknown_experiences", found=Written(str(forms)), known=known)
    if len(forms) > 1 and {NONE, DECLINED} & set(forms):
        raise bad("experiences_at_odds", found=Written(", ".join(forms)))
    return int(NONE in forms), int(DECLINED not in forms)


def _rungs(instrument: FieldInstrument, answers: InterviewAnswers) -> tuple[int, int]:
    known = {item.key for item in instrument.items}
    problems = [
        Problem("no_rung_of_item", item=key, found=Written(str(rung)))
        for key, rung in answers.items()
        if key not in known or isinstance(rung, bool) or rung not in RUNGS
    ]
    if problems:
        raise BadInput(problems)
    given = [rung for rung in answers.values() if isinstance(rung, int)]
    return sum(given), max(RUNGS) * len(given)

"""A year's round: an analyst opens it, institutions propose units, the Ombudsman alone chooses."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden, require_analyst, require_coordinator
from analysis.characters import entered
from analysis.errors import Written, bad
from analysis.rulebook.sampling import PRODUCT, Sampling, load_sampling
from analysis.rulebook.scheme import Scheme
from desk.assessment.completeness import rests_on_fieldwork
from desk.assessment.sampled import rules_of
from desk.assessment.years import require_in_force, require_year
from desk.audit import log
from desk.impartial import require_impartial
from desk.office.periods import keep_scheme
from desk.reasons import worded
from desk.turns import Choice, add_turn, stands, turns
from models import (
    AssessmentRound,
    Proposal,
    Role,
    SampledAssessor,
    SampledSubject,
    SampledUnit,
    SchemeUsed,
    Service,
    Unit,
    User,
    in_force,
    now,
    one_at_a_time,
)
from models.rounds import Turned
from survey.schemes import kept_scheme

MOST_PEOPLE = 99
T = TypeVar("T", bound=Turned)


def open_round(
    session: Session, actor: Actor, year: int, scheme: Scheme, simulation: bool = False
) -> AssessmentRound:
    """Opens the round of a year under the sampling rules as they are now.

    ``scheme``: whose items are judged; ``simulation``: also one that is not in force in the
    year, whose scores can't be published. Raises Forbidden, and BadInput for what is no year, a
    year that has a round, or no rule of the sample, and for a scheme not in force.
    """
    require_analyst(actor)
    require_year(year)
    sampling = load_sampling()
    sampling.rule(year)
    if not simulation:
        require_in_force(scheme, year)
    if session.scalar(select(AssessmentRound.id).where(AssessmentRound.year == year)):
        raise bad("round_of_year", year=str(year))
    opened = AssessmentRound(
        year=year,
        scheme_hash=keep_scheme(session, scheme),
        sampling=sampling.yaml,
        user_id=actor.user_id,
        created_at=now(),
    )
    session.add(opened)
    session.flush()
    act = "open_round" if scheme.valid.covers(year) else "open_simulation"
    log(session, actor, act, year=year, scheme=scheme.id)
    return opened


def rounds(session: Session, actor: Actor) -> Sequence[AssessmentRound]:
    """All rounds, the newest first. Raises Forbidden for who has no part in them."""
    if not (actor.analyst or actor.institutions or actor.units):
        raise Forbidden("rounds")
    return session.scalars(select(AssessmentRound).order_by(AssessmentRound.year.desc())).all()


def judged_under(session: Session, a_round: AssessmentRound) -> Scheme:
    """The scheme whose items the round judges."""
    return kept_scheme(session.get_one(SchemeUsed, a_round.scheme_hash))


def simulated_under(session: Session, year: int) -> Scheme | None:
    """The scheme whose items the year's round judges though it is not in force in the year."""
    a_round = session.scalar(select(AssessmentRound).where(AssessmentRound.year == year))
    scheme = a_round and judged_under(session, a_round)
    return scheme if scheme and not scheme.valid.covers(year) else None


def is_simulated(session: Session, year: int, scheme: Scheme) -> bool:
    """Whether a score under the scheme rests on a round that is a simulation."""
    return rests_on_fieldwork(scheme) and simulated_under(session, year) is not None


def refuse_simulated(session: Session, year: int, scheme: Scheme) -> None:
    """Raises BadInput for a score that rests on a simulation."""
    if is_simulated(session, year, scheme):
        raise bad("round_is_simulation", year=str(year), scheme=scheme.title)


@dataclass(frozen=True)
class UnitProposal:
    """Units of one kind that an institution proposes for the sample, for one reason."""

    units: Collection[int]
    kind: str
    marks: Collection[str]
    reason: str


def propose_units(session: Session, actor: Actor, round_id: int, proposal: UnitProposal) -> None:
    """Proposes units of one kind for one reason; all of them or none.

    Raises Forbidden unless the actor coordinates their institution, and BadInput for no unit, an
    unknown kind or mark, no reason, or a unit that is proposed already.
    """
    a_round = _locked(session, round_id)
    rules = rules_of(a_round)
    found = _units(session, proposal.units)
    for unit in found:
        require_coordinator(session, actor, unit.institution_id)
    _refuse_kind(rules, proposal.kind)
    if unknown := set(proposal.marks) - rules.marks.keys():
        raise bad("unknown_mark", found=Written(min(unknown)), known=list(rules.marks))
    reason = worded("reason", proposal.reason)
    latest = turns(session, Proposal, round_id, proposal.units)
    for unit in found:
        turn = latest.get((unit.id,), 0)
        if stands(turn):
            raise bad("unit_proposed_already", unit=Written(unit.code))
        values = {"kind": proposal.kind, "marks": sorted(proposal.marks), "reason": reason}
        add_turn(session, actor, Choice(Proposal, round_id, (unit.id,)), turn, **values)
    session.flush()
    codes = [unit.code for unit in found]
    log(session, actor, "propose_units", year=a_round.year, units=codes, reason=reason)


def withdraw_proposal(
    session: Session, actor: Actor, round_id: int, unit_id: int, reason: str
) -> None:
    """Withdraws the proposal of a unit. Raises Forbidden or BadInput."""
    a_round = _locked(session, round_id)
    (unit,) = _units(session, [unit_id])
    require_coordinator(session, actor, unit.institution_id)
    standing = session.scalar(_standing(Proposal, round_id, [unit_id]))
    if standing is None:
        raise bad("unit_not_proposed", unit=Written(unit.code))
    reason = worded("reason", reason)
    values = {"kind": standing.kind, "marks": standing.marks, "reason": reason}
    add_turn(session, actor, Choice(Proposal, round_id, (unit_id,)), standing.turn, **values)
    session.flush()
    log(session, actor, "withdraw_proposal", year=a_round.year, unit=unit.code, reason=reason)


def proposals_of(
    session: Session, actor: Actor, round_id: int, institution_id: int
) -> Sequence[Proposal]:
    """What an institution proposes now, in its order. Raises Forbidden for others' analysts."""
    if not actor.analyst:
        require_coordinator(session, actor, institution_id)
    return _of_institution(session, Proposal, round_id, institution_id)


def choose_proposed(session: Session, actor: Actor, round_id: int, units: Collection[int]) -> None:
    """Chooses units that their institution proposes, as it proposes them; all of them or none.

    Raises Forbidden, and BadInput for a unit that is not proposed or is chosen already, or of
    one's own institution.
    """
    _require_outsider(session, actor, units)
    a_round = _locked(session, round_id)
    found = _units(session, units)
    proposed = {one.unit_id: one for one in session.scalars(_standing(Proposal, round_id, units))}
    latest = turns(session, SampledUnit, round_id, units)
    for unit in found:
        turn = latest.get((unit.id,), 0)
        _refuse_chosen(unit, turn)
        if (proposal := proposed.get(unit.id)) is None:
            raise bad("unit_chosen_without_reason", unit=Written(unit.code))
        values = {"kind": proposal.kind, "proposal_id": proposal.id, "reason": ""}
        add_turn(session, actor, Choice(SampledUnit, round_id, (unit.id,)), turn, **values)
    session.flush()
    log(session, actor, "choose_units", year=a_round.year, units=[unit.code for unit in found])


@dataclass(frozen=True)
class UnproposedUnit:
    """A unit that is chosen for the sample though nobody proposed it."""

    unit_id: int
    kind: str
    reason: str


def choose_beyond(session: Session, actor: Actor, round_id: int, chosen: UnproposedUnit) -> None:
    """Chooses a unit beyond what was proposed, with the reason.

    Raises Forbidden, and BadInput for an unknown kind, no reason, or a unit chosen already, or
    of one's own institution.
    """
    _require_outsider(session, actor, [chosen.unit_id])
    a_round = _locked(session, round_id)
    (unit,) = _units(session, [chosen.unit_id])
    _refuse_kind(rules_of(a_round), chosen.kind)
    turn = turns(session, SampledUnit, round_id, [chosen.unit_id]).get((chosen.unit_id,), 0)
    _refuse_chosen(unit, turn)
    reason = worded("reason", chosen.reason)
    add_turn(
        session,
        actor,
        Choice(SampledUnit, round_id, (chosen.unit_id,)),
        turn,
        kind=chosen.kind,
        reason=reason,
    )
    session.flush()
    log(session, actor, "choose_beyond", year=a_round.year, unit=unit.code, reason=reason)


def withdraw_unit(session: Session, actor: Actor, round_id: int, unit_id: int, reason: str) -> None:
    """Takes a unit out of the sample, with the reason. Raises Forbidden or BadInput."""
    _require_outsider(session, actor, [unit_id])
    a_round, unit = _locked(session, round_id), session.get_one(Unit, unit_id)
    chosen = _chosen(session, round_id, unit)
    reason = worded("reason", reason)
    values = {"kind": chosen.kind, "reason": reason}
    add_turn(session, actor, Choice(SampledUnit, round_id, (unit_id,)), chosen.turn, **values)
    session.flush()
    log(session, actor, "withdraw_unit", year=a_round.year, unit=unit.code, reason=reason)


@dataclass(frozen=True)
class SubjectChoice:
    """Which products of a unit are assessed, and how many people of which role.

    ``products``: codes of the unit's services; ``people``: known as petugas-1, petugas-2 and so
    on, never by name; ``reason``: needed where one chosen before is no longer.
    """

    products: Collection[str]
    people: Mapping[str, int]
    reason: str = ""


def choose_subjects(
    session: Session, actor: Actor, round_id: int, unit_id: int, choice: SubjectChoice
) -> None:
    """Says which products of a chosen unit are looked at, and how many people of which role.

    ``products``: codes of the unit's services; ``people``: known as petugas-1, petugas-2 and so
    on, never by name. ``reason``: needed where one chosen before is no longer. Raises Forbidden
    or BadInput.
    """
    _require_outsider(session, actor, [unit_id])
    a_round, unit = _locked(session, round_id), session.get_one(Unit, unit_id)
    _chosen(session, round_id, unit)
    services = set(session.scalars(select(Service.code).where(Service.unit_id == unit_id)))
    if unknown := set(choice.products) - services:
        raise bad("product_of_another", found=Written(min(unknown)), unit=unit.code)
    roles = rules_of(a_round).subjects.keys() - {PRODUCT}
    if unknown := choice.people.keys() - roles:
        raise bad("unknown_role", found=Written(min(unknown)), known=sorted(roles))
    for role, number in choice.people.items():
        if not 0 <= number <= MOST_PEOPLE:
            name = rules_of(a_round).subjects[role].name
            raise bad("people_outside", role=name, found=number, most=MOST_PEOPLE)
    wanted = {(unit_id, PRODUCT, code) for code in choice.products} | {
        (unit_id, role, f"{role}-{at}")
        for role, number in choice.people.items()
        for at in range(1, number + 1)
    }
    _replace(
        session,
        actor,
        a_round,
        unit,
        _Wanted(SampledSubject, "choose_subjects", wanted, choice.reason),
    )


@dataclass(frozen=True)
class AssessorChoice:
    """Which analysts assess a unit; ``reason``: needed where one chosen before is no longer."""

    assessors: Collection[int]
    reason: str = ""


def choose_assessors(
    session: Session, actor: Actor, round_id: int, unit_id: int, choice: AssessorChoice
) -> None:
    """Says which analysts assess a chosen unit.

    ``reason``: needed where one chosen before is no longer. Raises Forbidden or BadInput.
    """
    _require_outsider(session, actor, [unit_id])
    a_round, unit = _locked(session, round_id), session.get_one(Unit, unit_id)
    _chosen(session, round_id, unit)
    if set(choice.assessors) - {user.id for user in possible_assessors(session, actor)}:
        raise bad("no_assessor")
    wanted = {(unit_id, assessor) for assessor in choice.assessors}
    _replace(
        session,
        actor,
        a_round,
        unit,
        _Wanted(SampledAssessor, "choose_assessors", wanted, choice.reason),
    )


def possible_assessors(session: Session, actor: Actor) -> Sequence[User]:
    """The active analysts, by name. Raises Forbidden."""
    require_analyst(actor)
    analysts = select(Role.user_id).where(Role.role == "analyst")
    query = select(User).where(User.active, User.id.in_(analysts)).order_by(User.name)
    return session.scalars(query).all()


def sample_of(
    session: Session, actor: Actor, round_id: int, institution_id: int
) -> tuple[Sequence[SampledUnit], Sequence[SampledSubject], Sequence[SampledAssessor]]:
    """What is chosen of an institution: units, what is looked at in them, and by whom.

    For analysts alone: an institution is not told beforehand whom the assessors visit. Raises
    Forbidden.
    """
    require_analyst(actor)
    return (
        _of_institution(session, SampledUnit, round_id, institution_id),
        _of_institution(session, SampledSubject, round_id, institution_id),
        _of_institution(session, SampledAssessor, round_id, institution_id),
    )


def _require_outsider(session: Session, actor: Actor, units: Collection[int]) -> None:
    """Who chooses of an institution has no role in it: raises Forbidden or BadInput."""
    require_analyst(actor)
    require_impartial(session, actor, units)


def _locked(session: Session, round_id: int) -> AssessmentRound:
    """The round; whoever else changes it waits."""
    one_at_a_time(session, f"round {round_id}")
    return session.get_one(AssessmentRound, round_id)


def _units(session: Session, units: Collection[int]) -> Sequence[Unit]:
    """Raises Forbidden for one that there is not, BadInput where none is asked for."""
    if not units:
        raise bad("no_unit_chosen")
    found = session.scalars(select(Unit).where(Unit.id.in_(units)).order_by(Unit.name)).all()
    if len(found) < len(set(units)):
        raise Forbidden("units")
    return found


def _standing(model: type[T], round_id: int, units: Collection[int]) -> Select[T]:
    return select(model).where(
        model.round_id == round_id, model.unit_id.in_(units), in_force(model)
    )


def _of_institution(
    session: Session, model: type[T], round_id: int, institution_id: int
) -> Sequence[T]:
    query = select(model).join(Unit, Unit.id == model.unit_id)
    return session.scalars(
        query.where(
            Unit.institution_id == institution_id, model.round_id == round_id, in_force(model)
        ).order_by(Unit.name, model.id)
    ).all()


def _chosen(session: Session, round_id: int, unit: Unit) -> SampledUnit:
    """Raises BadInput where the unit is not in the sample."""
    chosen = session.scalar(_standing(SampledUnit, round_id, [unit.id]))
    if chosen is None:
        raise bad("unit_not_sampled", unit=Written(unit.code))
    return chosen


def _refuse_kind(rules: Sampling, kind: str) -> None:
    if kind not in rules.kinds:
        raise bad("unknown_kind", found=Written(kind), known=list(rules.kinds))


def _refuse_chosen(unit: Unit, turn: int) -> None:
    if stands(turn):
        raise bad("unit_chosen_already", unit=Written(unit.code))


@dataclass(frozen=True)
class _Wanted:
    """All that shall be chosen of a unit; ``choices``: the values of ``model.ABOUT`` of each."""

    model: type[Turned]
    act: str
    choices: Collection[tuple[object, ...]]
    reason: str


def _replace(
    session: Session, actor: Actor, a_round: AssessmentRound, unit: Unit, wanted: _Wanted
) -> None:
    """Takes up what is wanted and not there, withdraws what is there and not wanted."""
    latest = turns(session, wanted.model, a_round.id, [unit.id])
    gone = sorted(key for key, turn in latest.items() if stands(turn) and key not in wanted.choices)
    new = sorted(key for key in wanted.choices if not stands(latest.get(key, 0)))
    reason = worded("reason", wanted.reason) if gone else entered(wanted.reason)
    for key in [*gone, *new]:
        choice = Choice(wanted.model, a_round.id, key)
        add_turn(session, actor, choice, latest.get(key, 0), reason=reason)
    session.flush()
    if gone or new:
        changed = {"number": len(wanted.choices), "reason": reason}
        log(session, actor, wanted.act, year=a_round.year, unit=unit.code, **changed)

"""The follow-up plan of a survey: programmes by element, with due date, person and steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from accounts.actors import Actor, require_staff, require_unit
from analysis.characters import entered
from analysis.errors import BadInput, Problem, Written, bad
from desk.audit import log
from desk.office.periods import own_period
from models import Consultation, FollowUp, FollowUpStep, Period, Service, Unit, now
from models.follow_ups import LONGEST_ACCOUNT, STATUSES
from survey.periods import asked_instrument

LONGEST_NAME, LONGEST_MINUTES = 200, 20_000
UNFINISHED = ("planned", "under_way")


@dataclass(frozen=True)
class Realised:
    """How many programmes of a plan are done; one that was dropped stays planned, not done."""

    done: int
    planned: int

    @property
    def share(self) -> Fraction | None:
        """0 to 1; None where nothing was planned."""
        return Fraction(self.done, self.planned) if self.planned else None


@dataclass(frozen=True)
class NewProgramme:
    """A programme that shall raise the mean of an element: by when, and who answers for it.

    ``service_id``: of the service that it is for; None: for all.
    """

    element: str
    programme: str
    due: date
    person: str
    service_id: int | None = None


def plan_follow_up(
    session: Session, actor: Actor, unit_id: int, period_id: int, new: NewProgramme
) -> FollowUp:
    """Adds a programme to the plan of a unit's survey. Raises Forbidden or BadInput."""
    unit = require_staff(session, actor, unit_id)
    period = own_period(session, unit.institution_id, period_id)
    _refuse_programme(session, unit, period, new)
    plan = FollowUp(
        institution_id=unit.institution_id,
        unit_id=unit_id,
        period_id=period_id,
        service_id=new.service_id,
        element=new.element,
        programme=entered(new.programme),
        due=new.due,
        person=entered(new.person),
        user_id=actor.user_id,
        created_at=now(),
    )
    plan.steps = [_step(actor, "planned", "", None)]
    session.add(plan)
    session.flush()
    log(
        session,
        actor,
        "plan_follow_up",
        unit=unit.code,
        period=period.code,
        element=new.element,
    )
    return plan


@dataclass(frozen=True)
class ProgrammeStep:
    """How far a programme is; ``evidence``: the hash of a file that was kept."""

    status: str
    account: str
    evidence: str | None = None


def note_step(
    session: Session, actor: Actor, follow_up_id: int, new: ProgrammeStep
) -> FollowUpStep:
    """Notes how far a programme is, with the hash of evidence that was kept.

    Raises Forbidden or BadInput.
    """
    plan = session.get_one(FollowUp, follow_up_id)
    unit = require_staff(session, actor, plan.unit_id)
    period = own_period(session, unit.institution_id, plan.period_id)
    if new.status not in STATUSES:
        raise bad("unknown_status", found=Written(new.status), known=STATUSES)
    account = entered(new.account)
    if len(account) > LONGEST_ACCOUNT:
        raise bad("account_too_long", found=len(account), most=LONGEST_ACCOUNT)
    if new.status in ("done", "dropped") and not account:
        raise bad("no_account")
    step = _step(actor, new.status, account, new.evidence)
    plan.steps.append(step)
    session.flush()
    log(session, actor, "note_step", unit=unit.code, period=period.code, status=new.status)
    return step


@dataclass(frozen=True)
class NewConsultation:
    """A public consultation about the results: its day, how many took part, its minutes."""

    held: date
    participants: int
    minutes: str
    evidence: str | None = None


def hold_consultation(
    session: Session, actor: Actor, unit_id: int, period_id: int, new: NewConsultation
) -> Consultation:
    """Keeps the minutes of a public consultation. Raises Forbidden or BadInput."""
    unit = require_staff(session, actor, unit_id)
    period = own_period(session, unit.institution_id, period_id)
    minutes = entered(new.minutes)
    words = len(minutes)
    _refuse(
        (new.participants < 1, Problem("no_participants", found=new.participants)),
        (
            not 0 < words <= LONGEST_MINUTES,
            Problem("minutes_unfit", found=words, most=LONGEST_MINUTES),
        ),
    )
    consultation = Consultation(
        institution_id=unit.institution_id,
        unit_id=unit_id,
        period_id=period_id,
        held=new.held,
        participants=new.participants,
        minutes=minutes,
        evidence_hash=new.evidence,
        user_id=actor.user_id,
        created_at=now(),
    )
    session.add(consultation)
    session.flush()
    log(session, actor, "hold_consultation", unit=unit.code, period=period.code, held=str(new.held))
    return consultation


def follow_ups_of(
    session: Session, actor: Actor, unit_id: int, period_id: int
) -> Sequence[FollowUp]:
    """The plan of a unit's survey, each programme with its steps. Raises Forbidden."""
    require_unit(session, actor, unit_id)
    return session.scalars(
        select(FollowUp)
        .where(FollowUp.unit_id == unit_id, FollowUp.period_id == period_id)
        .options(selectinload(FollowUp.steps))
        .order_by(FollowUp.id)
    ).all()


def days_late(plan: FollowUp, today: date) -> int:
    """How many days a programme is past its due day; 0 once it is done or dropped."""
    return max(0, (today - plan.due).days) if plan.steps[-1].status in UNFINISHED else 0


def realised(plans: Sequence[FollowUp]) -> Realised:
    """How much of a plan is done."""
    return Realised(sum(plan.steps[-1].status == "done" for plan in plans), len(plans))


def realised_by_service(plans: Sequence[FollowUp]) -> dict[int | None, Realised]:
    """How much is done for each service that the plan names; None: for the whole unit."""
    services = dict.fromkeys(plan.service_id for plan in plans)
    return {
        service: realised([plan for plan in plans if plan.service_id == service])
        for service in services
    }


def consultations_of(
    session: Session, actor: Actor, unit_id: int, period_id: int
) -> Sequence[Consultation]:
    """The public consultations on a unit's survey. Raises Forbidden."""
    require_unit(session, actor, unit_id)
    return session.scalars(
        select(Consultation)
        .where(Consultation.unit_id == unit_id, Consultation.period_id == period_id)
        .order_by(Consultation.held)
    ).all()


def _refuse_programme(session: Session, unit: Unit, period: Period, new: NewProgramme) -> None:
    """Raises BadInput with all that is wrong with it."""
    elements = {item.element for item in asked_instrument(period).items}
    words, name = len(entered(new.programme)), len(entered(new.person))
    _refuse(
        (new.element not in elements, Problem("element_not_asked", found=Written(new.element))),
        (
            not 0 < words <= LONGEST_ACCOUNT,
            Problem("programme_unfit", found=words, most=LONGEST_ACCOUNT),
        ),
        (not 0 < name <= LONGEST_NAME, Problem("person_unfit", found=name, most=LONGEST_NAME)),
        (new.due < period.starts, Problem("due_too_early", found=new.due, first=period.starts)),
        (
            new.service_id is not None and not _is_of(session, new.service_id, unit),
            Problem("service_of_another", found=str(new.service_id), unit=unit.code),
        ),
    )


def _is_of(session: Session, service_id: int, unit: Unit) -> bool:
    service = session.get(Service, service_id)
    return service is not None and service.unit_id == unit.id


def _step(actor: Actor, status: str, account: str, evidence: str | None) -> FollowUpStep:
    return FollowUpStep(
        status=status,
        account=account,
        evidence_hash=evidence,
        user_id=actor.user_id,
        created_at=now(),
    )


def _refuse(*checked: tuple[bool, Problem]) -> None:
    """Raises BadInput with the problems that there are."""
    if problems := [problem for there, problem in checked if there]:
        raise BadInput(problems)

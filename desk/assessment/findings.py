"""Findings and advice: written for an assessed unit, answered by it, followed until accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from accounts.actors import Actor, in_scope, require_analyst, require_staff
from analysis.errors import Written, bad
from desk.assessment.counted import counted_rows, counted_units
from desk.assessment.rounds import judged_under
from desk.assessment.sampled import sampled_units
from desk.audit import log
from desk.impartial import require_impartial
from desk.reasons import worded
from models import AssessmentRound, Finding, FindingStep, Unit, now, one_at_a_time
from models.findings import FINDING_KINDS

ACTS = {
    "answered": "answer_finding",
    "accepted": "accept_finding",
    "sent_back": "send_back_finding",
}


@dataclass(frozen=True)
class Followed:
    """A finding with the unit that it was written for."""

    finding: Finding
    unit: Unit

    @property
    def status(self) -> str:
        """As in ``status_of``."""
        return status_of(self.finding)

    @property
    def open(self) -> bool:
        """Whether it is still followed: until the Ombudsman accepts an answer."""
        return self.status != "accepted"

    def days(self, moment: datetime) -> int:
        """The days from its writing until it was accepted, or until the moment."""
        end = moment if self.open else self.finding.steps[-1].created_at
        return (end - self.finding.created_at).days


def status_of(finding: Finding) -> str:
    """The status of a finding: "told" (to the unit), "answered", "sent_back" or "accepted"."""
    return finding.steps[-1].status if finding.steps else "told"


@dataclass(frozen=True)
class NewFinding:
    """A finding or advice for a unit; ``item``: of the round's scheme that it is about, if one."""

    unit_id: int
    kind: str
    text: str
    item: str | None = None


def write_finding(session: Session, actor: Actor, round_id: int, new: NewFinding) -> Finding:
    """Writes a finding or advice for a unit, which is told it at once.

    ``item``: the item of the round's scheme that it is about, if one. Raises Forbidden, and
    BadInput for a unit that is not of the sample or not assessed yet.
    """
    require_analyst(actor)
    a_round, unit = session.get_one(AssessmentRound, round_id), session.get_one(Unit, new.unit_id)
    if not sampled_units(session, a_round.year, [new.unit_id]):
        raise bad("unit_not_sampled", unit=Written(unit.code))
    counted = counted_rows(a_round, units=[new.unit_id]).c
    judged = select(counted.id).where(counted.unit_id == new.unit_id)
    if session.scalar(judged.limit(1)) is None:
        raise bad("unit_not_assessed", unit=Written(unit.code))
    if new.kind not in FINDING_KINDS:
        raise bad("unknown_kind", found=Written(new.kind), known=FINDING_KINDS)
    items = {node.key for node in judged_under(session, a_round).indicators()}
    if new.item is not None and new.item not in items:
        raise bad("item_of_no_scheme", item=Written(new.item))
    finding = Finding(
        round_id=round_id,
        unit_id=new.unit_id,
        kind=new.kind,
        item=new.item,
        text=worded("finding", new.text),
        user_id=actor.user_id,
        created_at=now(),
    )
    session.add(finding)
    session.flush()
    log(session, actor, "write_finding", year=a_round.year, unit=unit.code, finding=finding.id)
    return finding


def answer_finding(
    session: Session, actor: Actor, finding_id: int, text: str, evidence: str | None = None
) -> None:
    """The unit's or its institution's answer, with the hash of evidence that was kept.

    Raises Forbidden, and BadInput where an answer waits or was accepted.
    """
    one_at_a_time(session, f"finding {finding_id}")
    finding = session.get_one(Finding, finding_id)
    require_staff(session, actor, finding.unit_id)
    if (status := status_of(finding)) not in ("told", "sent_back"):
        raise bad("finding_answered" if status == "answered" else "finding_accepted")
    step = FindingStep(status="answered", text=worded("answer", text), evidence_hash=evidence)
    _add_step(session, actor, finding, step)


def decide_finding(
    session: Session, actor: Actor, finding_id: int, accepted: bool, text: str
) -> None:
    """Accepts an answer, which closes the finding, or sends it back; with the reason.

    Raises Forbidden, and BadInput where no answer waits, or for one's own institution.
    """
    require_analyst(actor)
    one_at_a_time(session, f"finding {finding_id}")
    finding = session.get_one(Finding, finding_id)
    require_impartial(session, actor, [finding.unit_id])
    if status_of(finding) != "answered":
        raise bad("finding_without_answer")
    status = "accepted" if accepted else "sent_back"
    step = FindingStep(status=status, text=worded("reason", text))
    _add_step(session, actor, finding, step)


def findings_of(session: Session, actor: Actor, round_id: int) -> list[Followed]:
    """A round's findings of the units that the actor may see, open ones first, oldest first."""
    query = (
        select(Finding, Unit)
        .join(Unit, Unit.id == Finding.unit_id)
        .where(Finding.round_id == round_id, in_scope(actor))
        .options(selectinload(Finding.steps), joinedload(Unit.institution))
        .order_by(Finding.id)
    )
    found = [Followed(finding, unit) for finding, unit in session.execute(query)]
    return sorted(found, key=lambda one: not one.open)


def assessed_units(session: Session, actor: Actor, round_id: int) -> Sequence[Unit]:
    """The units of the sample with a judgement: for them findings are written.

    By institution and name. Raises Forbidden.
    """
    require_analyst(actor)
    a_round = session.get_one(AssessmentRound, round_id)
    query = (
        select(Unit)
        .join(Unit.institution)
        .where(Unit.id.in_(counted_units(a_round)))
        .options(joinedload(Unit.institution))
    )
    return sorted(session.scalars(query), key=lambda unit: (unit.institution.name, unit.name))


def _add_step(session: Session, actor: Actor, finding: Finding, step: FindingStep) -> None:
    step.turn = len(finding.steps) + 1
    step.user_id, step.created_at = actor.user_id, now()
    finding.steps.append(step)
    session.flush()
    unit = session.get_one(Unit, finding.unit_id)
    log(session, actor, ACTS[step.status], unit=unit.code, finding=finding.id)

"""What is left of the first day, and institutions that nobody coordinates."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.actors import Actor
from desk.home.tasks import WaitingTask
from desk.register.first_steps import first_steps, unfinished
from models import Institution, Role, User


def steps_left(session: Session, actor: Actor) -> Iterator[WaitingTask]:
    """The first steps that are the actor's and not done."""
    if unfinished(session, actor):
        for step in first_steps(session, actor):
            if step.mine and not step.done:
                yield WaitingTask(f"first_{step.key}", actor.today, step.path)


def without_coordinator(session: Session, actor: Actor) -> Iterator[WaitingTask]:
    """How many institutions with units nobody coordinates, told to administrators."""
    if not actor.administrator:
        return
    coordinated = (
        select(Role.institution_id)
        .join(User, User.id == Role.user_id)
        .where(Role.role == "coordinator", User.active)
    )
    number = session.scalar(
        select(func.count())
        .select_from(Institution)
        .where(Institution.units.any(), Institution.id.not_in(coordinated))
    )
    if number:
        yield WaitingTask("coordinators", actor.today, "pengguna", about={"number": number})

"""What waits to be looked at: unseen alarms, comments without a review, late ratings."""

import json
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from accounts.actors import Actor, run_by
from desk.comments.to_review import comments_to_review
from desk.home.tasks import WaitingTask
from desk.integrity.alarmed import HAS_FLAGS
from desk.integrity.alarms_read import alarms_read
from desk.office.late import late_lists
from models import Period, Screened, Unit, now

RECENT = timedelta(days=180)


def alarms(session: Session, actor: Actor) -> Iterator[WaitingTask]:
    """Screenings of the last half year with an alarm that the person has not seen."""
    rows = session.execute(
        select(Screened.document, Screened.made_at, Unit, Period)
        .join(Unit, Unit.id == Screened.unit_id)
        .join(Period, Period.id == Screened.period_id)
        .where(
            true() if actor.analyst else run_by(actor),
            Screened.made_at >= now() - RECENT,
            HAS_FLAGS,
        )
        .order_by(Screened.made_at)
    ).all()
    seen = alarms_read(session, actor) if rows else {}
    for document, made, unit, period in rows:
        raised = {flag["alarm"] for flag in json.loads(document)["flags"]}
        if raised - seen.get((unit.code, period.code), set()):
            yield WaitingTask(
                "alarm",
                actor.day_of(made),
                "saring",
                about={"unit": unit.name, "period": period.name},
                choices={"unit": unit.code, "period": period.code},
            )


def comments(session: Session, actor: Actor) -> Iterator[WaitingTask]:
    """Comments whose label nobody has reviewed, as far as the person may read them."""
    if number := comments_to_review(session, actor):
        yield WaitingTask("comments", actor.today, "telaah", about={"number": number})


def late_ratings(session: Session, actor: Actor) -> Iterator[WaitingTask]:
    """Ratings that came after the period had closed, which the coordinator may still count."""
    for late in late_lists(session, actor):
        if late.since and late.hindrance is None:
            yield WaitingTask(
                "late_ratings",
                late.since,
                "susulan",
                about={
                    "unit": late.unit.name,
                    "period": late.period.name,
                    "number": late.waiting,
                },
                row=f"{late.unit.code}-{late.period.code}",
            )

"""What a start goes on with, so that it is loaded only where there is something."""

from importlib import import_module

from sqlalchemy import Engine, select

from models import UnfinishedClosing, reading


def finish_closings(engine: Engine) -> None:
    """Goes on with closings that were interrupted; what screens takes a second to load."""
    with reading(engine) as session:
        left = session.scalar(select(UnfinishedClosing.period_id).limit(1))
    if left is not None:
        import_module("desk.office.periods").finish_interrupted(engine)

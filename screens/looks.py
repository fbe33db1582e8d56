"""A look: all that a screen shows is read in one transaction, as it stands at one moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from accounts.actors import Actor
from models import Session, reading
from screens.shell import engine, signed_in


@contextmanager
def look() -> Iterator[tuple[Session, Actor]]:
    """What the desk reads with, and for whom. Raises Forbidden where nobody signed in."""
    actor = signed_in()
    with reading(engine()) as session:
        yield session, actor


@contextmanager
def look_in() -> Iterator[Session]:
    """The same for everybody, also who did not sign in: what is public."""
    with reading(engine()) as session:
        yield session

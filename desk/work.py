"""Does one piece of long work in a process of its own."""

import sys
from collections.abc import Sequence

from sqlalchemy import select

from accounts.actors import actor_of
from analysis.errors import BadInput, Written, bad
from desk.comments import triage
from desk.jobs import begin_job, run
from desk.office import imports
from desk.papers import bundles
from locales.refusals import sentences
from models import Job, User, open_engine, reading, writing
from models.settings import database_url

WORKS = {**bundles.WORKS, **imports.WORKS, **triage.WORKS}


def main(arguments: Sequence[str]) -> int:
    """Does the work of a number, or of a kind for a user name. Returns 0, or 1 for bad input."""
    try:
        do(note(*arguments) if len(arguments) > 1 else int(arguments[0]))
    except BadInput as error:
        print("\n".join(sentences("en", error)), file=sys.stderr)
        return 1
    return 0


def do(job_id: int) -> None:
    """Does the work that was noted under this number."""
    engine = open_engine(database_url())
    with reading(engine) as session:
        kind = session.get_one(Job, job_id).kind
    run(engine, job_id, WORKS[kind])


def note(kind: str, username: str) -> int:
    """Notes a piece of work for the user. Raises BadInput."""
    if kind not in triage.WORKS:
        raise bad("no_such_work", found=Written(kind), known=list(triage.WORKS))
    with writing(open_engine(database_url())) as session:
        user = session.scalar(select(User).where(User.username == username))
        if user is None:
            raise bad("no_such_account", found=Written(username))
        return begin_job(session, actor_of(session, user), kind).id

"""Does one piece of long work in a process of its own."""

import re
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

REGISTER = "register"
NUMBER = re.compile("[0-9]{1,18}")
WORKS = {**bundles.WORKS, **imports.WORKS, **triage.WORKS}


def main(arguments: Sequence[str]) -> int:
    """Does the work of a number, or of a kind for a user name. Returns 0, or 2 for bad input."""
    try:
        do(_noted(*arguments))
    except BadInput as error:
        print("\n".join(sentences("en", error)), file=sys.stderr)
        return 2
    return 0


def _noted(work: str, username: str | None = None, *more: str) -> int:
    """The number of a piece of work that was noted, or is noted now. Raises BadInput."""
    if username is not None and not more:
        return note(work, username)
    if more or not NUMBER.fullmatch(work):
        found = Written(" ".join(filter(None, [work, username, *more])))
        raise bad("no_such_job", found=found, known=[REGISTER, *triage.WORKS])
    return int(work)


def do(job_id: int) -> None:
    """Does the work that was noted under this number. Raises BadInput where none was."""
    engine = open_engine(database_url())
    with reading(engine) as session:
        job = session.get(Job, job_id)
    if job is None:
        raise bad("no_such_job", found=str(job_id), known=[REGISTER, *triage.WORKS])
    run(engine, job_id, WORKS[job.kind])


def note(kind: str, username: str) -> int:
    """Notes a piece of work for the user. Raises BadInput."""
    if kind not in triage.WORKS:
        raise bad("no_such_work", found=Written(kind), known=list(triage.WORKS))
    with writing(open_engine(database_url())) as session:
        user = session.scalar(select(User).where(User.username == username))
        if user is None:
            raise bad("no_such_account", found=Written(username))
        return begin_job(session, actor_of(session, user), kind).id

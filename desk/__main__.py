"""Does one piece of long work in a process of its own.

python -m desk JOB             the work that was noted under this number
python -m desk KIND USERNAME   notes a work without questions for the user, and does it
"""

import sys

from sqlalchemy import select

from accounts.actors import actor_of
from analysis.errors import BadInput, bad, quote
from desk.comments import triage
from desk.jobs import begin_job, run
from desk.papers import bundles
from locales.refusals import sentences
from models import Job, User, open_engine, reading, writing
from models.settings import database_url

WORKS = {**bundles.WORKS, **triage.WORKS}


def main(job_id: int) -> None:
    """Does the work that was noted under this number."""
    engine = open_engine(database_url())
    with reading(engine) as session:
        kind = session.get_one(Job, job_id).kind
    run(engine, job_id, WORKS[kind])


def note(kind: str, username: str) -> int:
    """Notes a piece of work for the user. Raises BadInput."""
    if kind not in triage.WORKS:
        raise bad("work", quote(kind), f"one of {', '.join(triage.WORKS)}")
    with writing(open_engine(database_url())) as session:
        user = session.scalar(select(User).where(User.username == username))
        if user is None:
            raise bad("user", quote(username), "the name with which somebody logs in")
        return begin_job(session, actor_of(session, user), kind).id


if __name__ == "__main__":
    try:
        main(note(*sys.argv[1:]) if len(sys.argv) > 2 else int(sys.argv[1]))
    except BadInput as error:
        sys.exit("\n".join(sentences("en", error)))

"""Does one piece of long work in a process of its own."""

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module

from sqlalchemy import Engine, select

from accounts.actors import actor_of
from analysis.errors import BadInput, Written, bad
from desk.jobs import JobWork, begin_job, run
from locales.refusals import sentences
from models import UNUSABLE, Job, User, open_engine, reading, writing
from models.faults import told
from models.named import named_database
from models.settings import closed_to_others

# The module whose WORKS each kind is among; of the others nothing is loaded.
DONE_BY = {
    "import_file": "desk.office.imports",
    **dict.fromkeys(("reports", "worksheets", "evidence"), "desk.papers.bundles"),
    **dict.fromkeys(("read_comments", "retrain"), "desk.comments.triage"),
}


@closed_to_others()
def main(arguments: Sequence[str]) -> int:
    """Does the work of a number, or of a kind for a user name. Returns 0, or 2 for bad input."""
    try:
        do(int(arguments[0]) if len(arguments) == 1 else note(*arguments))
    except BadInput as error:
        print("\n".join(sentences("en", error)), file=sys.stderr)
        return 2
    except UNUSABLE as error:
        print(f"database or data folder: {told(error)}", file=sys.stderr)
        return 2
    return 0


def work_of(kind: str) -> JobWork:
    """How this kind of work is done. Loads what does it: seconds, where that draws papers."""
    works: Mapping[str, JobWork] = import_module(DONE_BY[kind]).WORKS
    return works[kind]


def do(job_id: int) -> None:
    """Does the work that was noted under this number. Raises BadInput where none was."""
    engine = _opened()
    with reading(engine) as session:
        job = session.get(Job, job_id)
    if job is None:
        raise bad("no_noted_job", found=str(job_id))
    run(engine, job_id, work_of(job.kind))


def note(kind: str, username: str) -> int:
    """Notes a piece of work for the user. Raises BadInput."""
    with writing(_opened()) as session:
        user = session.scalar(select(User).where(User.username == username))
        if user is None:
            raise bad("no_such_account", found=Written(username))
        return begin_job(session, actor_of(session, user), kind).id


def _opened() -> Engine:
    """The database. Raises WrongShape where it is not of the newest shape."""
    return open_engine(named_database())

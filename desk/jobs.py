"""Long work beside the pages: in a process of its own, telling how far it is, to be stopped."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden, actor_of
from accounts.gate import account_now, still
from analysis.errors import BadInput, bad
from desk.audit import log
from locales import LANGUAGES, Language
from locales.refusals import sentences
from models import Job, User, now, reading, writing
from models.settings import OWNER_ALONE, data_folder

# A process that has told nothing for so long is dead; one step of the work takes seconds.
SILENCE = timedelta(minutes=2)
# A file is a copy of what can be made anew, and may tell of people: a week is time to fetch it.
KEPT = timedelta(days=7)
UNFINISHED = ("waiting", "running")

Tell = Callable[[int, int], None]
# Does the work of an actor, telling how much of how much is done; gives a file.
JobWork = Callable[[Engine, Actor, Mapping[str, Any], Tell], tuple[str, bytes]]


class Stopped(Exception):
    """Somebody asked for the work to stop."""


def begin_job(session: Session, actor: Actor, kind: str, **asked: object) -> Job:
    """Notes a piece of work; ``start`` it once that is committed.

    Raises BadInput while another of the actor's is unfinished.
    """
    if any(state_of(job) in UNFINISHED for job in jobs_of(session, actor)):
        raise bad("work_unfinished")
    job = Job(
        kind=kind,
        asked=asked,
        user_id=actor.user_id,
        created_at=now(),
        state="waiting",
        done=0,
        total=0,
        stop=False,
        problem="",
        heard_at=now(),
    )
    session.add(job)
    session.flush()
    log(session, actor, "begin_job", job=job.id, kind=kind, **asked)
    return job


def start(job_id: int) -> subprocess.Popen[bytes]:
    """Starts the work in a process of its own, with this process's settings."""
    return subprocess.Popen(
        [sys.executable, "-m", "desk", str(job_id)],
        cwd=Path(__file__).parent.parent,
        stdin=subprocess.DEVNULL,
    )


def stop_job(session: Session, actor: Actor, job_id: int) -> None:
    """Asks for one's own work to stop. Raises NoResultFound for another's."""
    own_job(session, actor, job_id).stop = True
    log(session, actor, "stop_job", job=job_id)


def own_job(session: Session, actor: Actor, job_id: int) -> Job:
    """One's own piece of work. Raises NoResultFound for another's, and for none."""
    return session.scalars(select(Job).where(Job.id == job_id, Job.user_id == actor.user_id)).one()


def jobs_of(session: Session, actor: Actor, number: int = 10) -> list[Job]:
    """One's own latest pieces of work."""
    newest = select(Job).where(Job.user_id == actor.user_id).order_by(Job.id.desc()).limit(number)
    return list(session.scalars(newest))


def why_failed(job: Job, language: Language) -> str:
    """Why there is no file; blank where nothing is known."""
    try:
        return str(json.loads(job.problem)[language]) if job.problem else ""
    except ValueError:  # told in English, by the program of before
        return job.problem


def hand_in(job_id: int, content: bytes) -> None:
    """Lays down what the work needs and the database does not hold."""
    _handed_in(job_id).write_bytes(content)


def take_in(job_id: int) -> bytes:
    """What was laid down for the work; it is gone then. Raises FileNotFoundError."""
    file = _handed_in(job_id)
    try:
        return file.read_bytes()
    finally:
        file.unlink(missing_ok=True)


def _handed_in(job_id: int) -> Path:
    return _folder() / f"{job_id}.in"


def state_of(job: Job) -> str:
    """Its state; "failed" where its process has died, and so can't tell."""
    silent = job.heard_at < now() - SILENCE
    return "failed" if silent and job.state in UNFINISHED else job.state


def file_of(job: Job) -> bytes | None:
    """What the work made; None where there is nothing (any more)."""
    file = _folder() / str(job.id)
    return file.read_bytes() if job.state == "done" and file.exists() else None


def run(engine: Engine, job_id: int, work: JobWork) -> None:
    """Does the work and keeps its file, or why there is none; old files go first.

    It is done for an account, whether that is signed in or not. At each step, and before the file
    is kept, it asks whether the account stands and has the roles with which it asked.
    """
    _delete_old_files()
    with writing(engine) as session:
        job = session.get_one(Job, job_id)
        job.state, job.heard_at = "running", now()
        actor = actor_of(session, session.get_one(User, job.user_id))
        asked = {**job.asked, "job": job_id}

    def tell(done: int, total: int) -> None:
        with writing(engine) as session:
            job = session.get_one(Job, job_id)
            job.done, job.total, job.heard_at = done, total, now()
            stop = job.stop
            still(account_now(session, actor.user_id), actor)
        if stop:
            raise Stopped

    try:
        name, content = work(engine, actor, asked, tell)
        with reading(engine) as session:
            still(account_now(session, actor.user_id), actor)
        (_folder() / str(job_id)).write_bytes(content)
    except Stopped:
        _end(engine, job_id, "cancelled")
    except Forbidden:
        _refuse(engine, job_id, bad("work_roles_taken"))
    except BadInput as error:
        _refuse(engine, job_id, error)
    except BaseException:
        _end(engine, job_id, "failed")
        raise
    else:
        _end(engine, job_id, "done", file_name=name)


def _refuse(engine: Engine, job_id: int, error: BadInput) -> None:
    told = {spoken: "\n".join(sentences(spoken, error)) for spoken in LANGUAGES}
    _end(engine, job_id, "failed", json.dumps(told))


def _end(
    engine: Engine, job_id: int, state: str, problem: str = "", file_name: str | None = None
) -> None:
    with writing(engine) as session:
        job = session.get_one(Job, job_id)
        job.state, job.problem, job.file_name, job.heard_at = state, problem, file_name, now()


def _delete_old_files() -> None:
    oldest = (now() - KEPT).timestamp()
    for file in _folder().iterdir():
        if file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)


def _folder() -> Path:
    folder = data_folder() / "papers"
    folder.mkdir(OWNER_ALONE, exist_ok=True)
    return folder

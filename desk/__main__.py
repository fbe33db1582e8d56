"""Does one piece of long work in a process of its own: python -m desk JOB."""

import sys

from desk.bundles import WORKS
from desk.jobs import run
from models import Job, open_engine, reading
from models.settings import database_url


def main(job_id: int) -> None:
    """Does the work that was noted under this number."""
    engine = open_engine(database_url())
    with reading(engine) as session:
        kind = session.get_one(Job, job_id).kind
    run(engine, job_id, WORKS[kind])


if __name__ == "__main__":
    main(int(sys.argv[1]))

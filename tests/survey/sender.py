"""Citizens in a process of their own: ``python -m tests.survey.sender URL [KEY...]``.

Submits one form for each key, or without end, and prints each receipt after its commit.
"""

import sys

from models import now, open_engine, writing
from survey.receipts import mint_key
from survey.submission import submit
from tests.survey.conftest import SECRET, a_submission


def main(url: str, *keys: str) -> None:
    engine = open_engine(url)
    for key in keys or iter(mint_key, ""):
        with writing(engine) as session:
            submission = a_submission(key=key, experience=("none",), comment="Baik")
            code = submit(session, SECRET, submission, now())
        print(code, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

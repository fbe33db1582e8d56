"""Loads a service once and forks one for each line that it reads: python tests/mother.py light

A line begins a service, with its settings and the file of its output, or asks how one ended. It
imports nothing of the tests, so that its children have loaded what the service loads.
"""

import gc
import json
import os
import signal
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

FULL = "app"


def main(name: str) -> None:
    """Until its input ends; then no child is left."""
    sys.path[0] = str(Path(__file__).parent.parent)
    gc.disable()
    service = import_module(name)
    if name == FULL:
        service.load_the_rest()
    gc.freeze()
    gc.enable()
    children: set[int] = set()
    for line in sys.stdin:
        asked = json.loads(line)
        if "ended" in asked:
            answer = ended(asked["ended"], children)
        else:
            answer = os.fork()
            if answer == 0:
                become(asked)
                sys.exit(service.main())
            children.add(answer)
        print(json.dumps(answer), flush=True)
    for child in children:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def become(asked: dict[str, Any]) -> None:
    """The surroundings of a service that was begun by itself."""
    os.environ.clear()
    os.environ.update(asked["settings"])
    log = os.open(asked["log"], os.O_WRONLY | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for here, there in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(here, there)
    os.close(log)
    os.close(nothing)


def ended(child: int, children: set[int]) -> int | None:
    """How the child ended, as subprocess tells it; None while it runs."""
    found, status = os.waitpid(child, os.WNOHANG)
    if not found:
        return None
    children.discard(child)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    main(sys.argv[1])

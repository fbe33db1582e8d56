"""How soon something comes: .venv/bin/python -m bench.start

Whole processes by turns: Python that does nothing, pandas loaded, Streamlit loaded; of the command
line the help, the schemes at hand and the index of 49 respondents; and ``app.py`` until it is
ready, the first time with its demonstration and a second time; with what was compiled before, as
``make run`` has it. Ends with 1 where one takes too many times what it is compared with.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from urllib.error import URLError
from urllib.request import urlopen

import numpy as np
import pandas as pd

from bench.compared import HEAD, Compared, Wanted, by_turns
from bench.processes import run

ROOT = Path(__file__).parent.parent
ROUNDS = 5
RESPONDENTS = 49
NOTHING, PANDAS, STREAMLIT = "Python that does nothing", "pandas loaded", "Streamlit loaded"
SMALL, AGAIN = f"satisfaction of {RESPONDENTS} answers", "app.py ready, a second time"
HELP, SCHEMES = "analysis --help", "analysis schemes"
WANTED = [
    Wanted(HELP, 5, NOTHING),
    Wanted(SCHEMES, 5, NOTHING),
    Wanted(SMALL, 2, PANDAS),
    Wanted(AGAIN, 3, STREAMLIT),
]


def main() -> int:
    found = compared()
    print(HEAD, *found.rows(), "", *found.promises(), sep="\n")
    return 0 if all(found.times(one.way, one.beside) <= one.times for one in WANTED) else 1


def compared() -> Compared:
    """The seconds of each."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or all is compiled anew at each start
    with TemporaryDirectory() as folder:
        small = Path(folder) / "small.csv"
        chance = np.random.default_rng(2026)
        answers = pd.DataFrame(chance.integers(1, 5, (RESPONDENTS, 9)))
        answers.columns = pd.Index([f"U{at}" for at in range(1, 10)])
        answers.assign(unit="Contoh").to_csv(small, index=False)
        data = Path(folder) / "data"
        first = ready(data)

        def python(*arguments: str) -> Callable[[], object]:
            return lambda: run(arguments)

        ways: dict[str, Callable[[], object]] = {
            NOTHING: python("-c", "pass"),
            PANDAS: python("-c", "import pandas"),
            STREAMLIT: python("-c", "import streamlit"),
            HELP: python("-m", "analysis", "--help"),
            SCHEMES: python("-m", "analysis", "schemes"),
            SMALL: python("-m", "analysis", "satisfaction", str(small), "--json"),
            AGAIN: lambda: ready(data),
        }
        seconds = by_turns(ways, ROUNDS)
    seconds["app.py ready, with its demonstration to be loaded"] = [first]
    return Compared("Start", seconds, WANTED)


def ready(data: Path) -> float:
    """The seconds until the service in this folder is ready; it is ended then."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    named = {"DATA": str(data), "HOST": "127.0.0.1", "PORT": str(port), "DATABASE_URL": ""}
    start = perf_counter()
    process = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=os.environ | named,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _answers(port):
            if process.poll() is not None:
                raise RuntimeError(f"app.py ended with {process.returncode}")
            sleep(0.01)
        return perf_counter() - start
    finally:
        process.terminate()
        process.wait(60)


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(main())

"""Reading a large file in a process of its own, so that the pages of others don't wait.

The file goes in and what was understood comes out through pipes: neither is ever written down.
Run as a module this is that process.
"""

import pickle
import subprocess
import sys
from pathlib import Path
from threading import Thread
from typing import BinaryIO

from analysis.errors import BadInput
from survey.reading.tables import Asked
from survey.reading.view import STAGES, View, view_file

ROOT = Path(__file__).parents[2]


class Reading:
    """A file being read; ``view`` or ``refused`` is there once it is ``done``."""

    def __init__(self, content: bytes, name: str, asked: Asked) -> None:
        self.stage = STAGES[0]
        self.view: View | None = None
        self.refused: BadInput | None = None
        self.done = False
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        request = pickle.dumps((content, name, asked))
        self._listener = Thread(target=self._listen, args=(request,), daemon=True)
        self._listener.start()

    @property
    def progress(self) -> float:
        """How far it is, 0 to 1: the stage that it is in."""
        return (STAGES.index(self.stage) + 0.5) / len(STAGES)

    def wait(self) -> None:
        """Returns once the file is read."""
        self._listener.join()

    def stop(self) -> None:
        """Ends the reading."""
        self._process.kill()
        self._listener.join()

    def _listen(self, request: bytes) -> None:
        with self._process as process:
            assert process.stdin is not None and process.stdout is not None  # noqa: PT018
            try:
                process.stdin.write(request)
                process.stdin.close()
                while isinstance(told := pickle.load(process.stdout), str):
                    self.stage = told
                self._take(told)
            except (EOFError, BrokenPipeError, pickle.UnpicklingError):
                pass  # it was stopped, or died: there is no view
        self.done = True

    def _take(self, told: View | BadInput) -> None:
        if isinstance(told, View):
            self.view = told
        else:
            self.refused = told


def main(asked: BinaryIO, told: BinaryIO) -> None:
    """Reads what was asked for and tells each stage, then the view or why there is none."""

    def tell(one: object) -> None:
        pickle.dump(one, told)
        told.flush()

    content, name, how = pickle.load(asked)
    try:
        tell(view_file(content, name, how, tell))
    except BadInput as error:
        tell(error)


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)

"""What was interrupted while it was written in slices: batches are undone, closings go on."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence

from sqlalchemy import Engine

from desk.office.periods import finish_interrupted
from models import UNUSABLE, open_engine
from models.faults import told
from models.migrations import shape_fault
from models.named import named_database
from models.settings import closed_to_others
from survey.arriving import undo_interrupted


@closed_to_others()
def main(arguments: Sequence[str]) -> int:
    """Settles what was interrupted. Returns 0, or 2 where the database can't be used."""
    ArgumentParser(
        prog="python -m desk settle", description="Undo interrupted imports, end closings."
    ).parse_args(arguments)
    try:
        engine = open_engine(named_database())
        if fault := shape_fault(engine):
            print(fault, file=sys.stderr)
            return 2
        undone, finished = settle(engine)
    except UNUSABLE as error:
        print(f"database or data folder: {told(error)}", file=sys.stderr)
        return 2
    print(f"{undone} interrupted batches undone, {finished} interrupted closings finished.")
    return 0


def settle(engine: Engine) -> tuple[int, int]:
    """Undoes batches that nobody stores any more, goes on with closings; gives their numbers."""
    return undo_interrupted(engine), finish_interrupted(engine)

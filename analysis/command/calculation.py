"""The command ``replay``: whether a calculation that was written down holds."""

import argparse

from analysis.command.report import CommandReport
from analysis.given import content_of
from analysis.index.calculation import read_log, replay, told


def _replay(options: argparse.Namespace) -> CommandReport:
    log = read_log(content_of(options.file), options.file.name)
    found = replay(log)
    return {
        "scheme": log.scheme.id,
        "units": len(log.input.units),
        "holds": not found,
        "differences": told(found),
    }


def as_text(document: CommandReport) -> str:
    """The verdict, and each difference with what is written and what follows."""
    found = document["differences"]
    return "\n".join(
        [
            f"scheme  {document['scheme']}, {document['units']} units",
            f"log     {f'{len(found)} values DO NOT FOLLOW' if found else 'all follows'}",
            *(
                f"  {one['path']}: written {one['logged']}, follows {one['recomputed']}"
                for one in found
            ),
        ]
    )


def exit_code(document: CommandReport) -> int:
    """1 for a log that does not hold."""
    return 0 if document["holds"] else 1


COMMANDS = {"replay": _replay}

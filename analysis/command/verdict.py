"""The command ``verify``: whether seal and numbers of a publication hold."""

import argparse
from dataclasses import asdict

from analysis.command.report import CommandReport
from analysis.errors import Problem
from analysis.given import content_of
from analysis.publication.sealed import FIRST, Fault, SealVerdict, examine
from locales.refusals import parts, sentence

UNKNOWN_KEY = 3


def _verify(options: argparse.Namespace) -> CommandReport:
    key, previous = (content_of(file) if file else None for file in (options.key, options.previous))
    return of_verdict(examine(content_of(options.file), key, previous))


def of_verdict(verdict: SealVerdict) -> CommandReport:
    """What the examination of a publication found."""
    return {
        **vars(verdict),
        "broken": verdict.broken and sentence("en", verdict.broken),
        "faults": [_fault(one) for one in verdict.faults],
        "holds": verdict.holds,
    }


def _fault(one: Fault | Problem) -> CommandReport:
    if isinstance(one, Fault):
        return asdict(one)
    place, found, expected = parts("en", one)
    return {"path": place, "stated": found, "recomputed": expected}


def as_text(document: CommandReport) -> str:
    """The verdict in lines, each fault with what is stated and what was recomputed."""
    whose = "the key that you gave" if document["own_key"] else "UNKNOWN: the file's own, see --key"
    unchecked = "none" if document["previous"] == FIRST else "not checked, see --previous"
    chained = {None: unchecked, True: "is the file given"}
    faults, withheld = document["faults"], document["withheld"]
    lines = [
        f"publication  {document['sha256']}",
        f"seal         {'BROKEN: ' + document['broken'] if document['broken'] else 'holds'}",
        f"key          {document['key']} ({whose})",
        f"previous     {document['previous']}"
        f" ({chained.get(document['chained'], 'IS NOT the file given')})",
        f"numbers      {f'{len(faults)} DO NOT FOLLOW' if faults else 'all follow'}",
        *(
            f"  {one['path']}: stated {one['stated']}, recomputed {one['recomputed']}"
            for one in faults
        ),
    ]
    if not document["own_key"]:
        lines.append(
            "SEALED BY AN UNKNOWN KEY: whoever changed the file could have sealed it anew."
        )
    if withheld:
        lines.append(f"taken as stated, counts withheld (small groups): {', '.join(withheld)}")
    return "\n".join(lines)


def exit_code(document: CommandReport) -> int:
    """1 for what does not hold, 3 for what holds under a key that nobody gave."""
    if not document["holds"]:
        return 1
    return 0 if document["own_key"] else UNKNOWN_KEY


COMMANDS = {"verify": _verify}

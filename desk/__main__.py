"""The command line of the desk.

python -m desk register FILE   loads institutions, units, services and counters from a file
python -m desk bundle USERNAME INSTITUTION YEAR FILE   signs a district's bundle for the nation
python -m desk receive USERNAME FILE...                loads bundles that districts signed
python -m desk settle          undoes interrupted imports, goes on with interrupted closings
python -m desk JOB             does the long work that was noted under this number
python -m desk KIND USERNAME   notes a work without questions for the user, and does it
"""

import re
import sys
from collections.abc import Sequence
from importlib import import_module

from analysis.errors import BadInput, Written, bad
from locales.refusals import sentences

REGISTER, SETTLE = "register", "settle"
FEDERATION = ("bundle", "receive")
KINDS = ("read_comments", "retrain")  # that ask nothing of the user; see desk.comments.triage
COMMANDS = {REGISTER: "desk.register.command", SETTLE: "desk.office.settling"}
NUMBER = re.compile("[0-9]{1,18}")


def main(arguments: Sequence[str]) -> int:
    """Runs one command. Returns 0, or else what the command does, told on standard error."""
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    # Each loads what it needs alone: what draws papers takes longer to load than a register.
    if arguments[0] in COMMANDS:
        module, rest = COMMANDS[arguments[0]], arguments[1:]
    elif arguments[0] in FEDERATION:
        module, rest = "desk.federation.command", arguments
    elif problem := _unknown(*arguments):
        print("\n".join(sentences("en", problem)), file=sys.stderr)
        return 2
    else:
        module, rest = "desk.work", arguments
    code: int = import_module(module).main(rest)
    return code


def _unknown(work: str, username: str | None = None, *more: str) -> BadInput | None:
    """What is wrong with a work's number, or with its kind and a user's name."""
    if more or (username is None and not NUMBER.fullmatch(work)):
        found = Written(" ".join(filter(None, [work, username, *more])))
        return bad("no_such_job", found=found, known=[*COMMANDS, *FEDERATION, *KINDS])
    if username is not None and work not in KINDS:
        return bad("no_such_work", found=Written(work), known=list(KINDS))
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

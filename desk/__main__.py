"""The command line of the desk.

python -m desk register FILE   loads institutions, units, services and counters from a file
python -m desk JOB             does the long work that was noted under this number
python -m desk KIND USERNAME   notes a work without questions for the user, and does it
"""

import sys
from collections.abc import Sequence
from importlib import import_module


def main(arguments: Sequence[str]) -> int:
    """Runs one command. Returns 0, or else what the command does, told on standard error."""
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    # Each loads what it needs alone: what draws papers takes longer to load than a register.
    if arguments[0] == "register":
        module, rest = "desk.register.command", arguments[1:]
    else:
        module, rest = "desk.work", arguments
    code: int = import_module(module).main(rest)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""How much more a light worker does than at a commit: .venv/bin/python -m bench.door COMMIT

The doors of both commits take turns under the same load, in one run on one database: as they are,
and without storing. The older commit stands in a work tree under a temporary folder, with the
parts that its requirements name. Told are forms a second and what of a processor's time each
took; the latter says more where others use the machine too. Ends with 1 where a ratio is missed.
"""

import os
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.load import Load, keys_for
from bench.places import a_database
from bench.write_path import ROOT, Door, a_unit_with_tokens, serving
from models import migrate, open_engine

KINDS = {"nothing stored": "nothing", "stored": "light"}
WANTED = {"nothing stored": 2.5, "stored": 2.0}
ROUNDS = 7
SECONDS = 1.5
# Parts that a door would take by itself where they are installed.
TAKEN_UNASKED = ("uvloop",)


@dataclass
class Rates:
    """What a door did in each round: forms a second, and microseconds of a processor for each."""

    forms: list[float] = field(default_factory=list)
    cost: list[float] = field(default_factory=list)

    def measure(self, door: Door, load: Load) -> None:
        """One round."""
        before = door.processor_seconds()
        load.run(keys_for(SECONDS))
        if len(load.receipts) != len(load.sent):
            raise RuntimeError("not every form was answered")
        self.forms.append(len(load.sent) / load.seconds)
        self.cost.append(1e6 * (door.processor_seconds() - before) / len(load.sent))


def main() -> int:
    parser = ArgumentParser(prog="python -m bench.door", description=__doc__)
    parser.add_argument("commit", help="the older one")
    parser.add_argument("--database", metavar="URL", help="an empty database, which is filled")
    asked = parser.parse_args()
    with older(asked.commit) as tree, a_database(asked.database) as (engine, url):
        rates = measured(url, {"before": tree, "now": ROOT})
    print("| | | forms a second | times | µs of a processor a form | times less |")
    print("|---|---|---|---|---|---|")
    enough = True
    for kind, wanted in WANTED.items():
        before, now = rates[kind, "before"], rates[kind, "now"]
        times = median(now.forms) / median(before.forms)
        less = median(before.cost) / median(now.cost)
        told = [
            f"{median(before.forms):,.0f} → {median(now.forms):,.0f}",
            f"{times:.2f}",
            f"{median(before.cost):.0f} → {median(now.cost):.0f}",
            f"{less:.2f}",
        ]
        print(f"| {engine} | {kind} | {' | '.join(told)} |")
        enough = enough and times >= wanted
    print(f"\nWanted, of forms a second: {WANTED['nothing stored']} and {WANTED['stored']} times.")
    return 0 if enough else 1


@contextmanager
def older(commit: str) -> Iterator[Path]:
    """A work tree of the commit, which is removed in the end."""
    with TemporaryDirectory() as folder:
        tree = Path(folder) / "older"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", tree, commit], check=True)
        try:
            yield tree
        finally:
            subprocess.run([*git, "remove", "--force", tree], check=True)


def measured(url: str, trees: dict[str, Path]) -> dict[tuple[str, str], Rates]:
    """What the doors of each kind did by turns, of each tree."""
    migrate(url)
    rates = {(kind, tree): Rates() for kind in KINDS for tree in trees}
    with ExitStack() as stack, TemporaryDirectory() as folder:
        tokens = a_unit_with_tokens(open_engine(url), folder)
        doors = {
            (kind, tree): stack.enter_context(
                serving(KINDS[kind], url, folder, root, without(root, Path(folder)))
            )
            for kind, tree in rates
            for root in [trees[tree]]
        }
        for turn in range(ROUNDS + 1):
            for which, door in doors.items():
                load = Load(door.port, tokens=tokens[KINDS[which[0]] == "light"])
                # The first round is to warm up.
                (rates[which] if turn else Rates()).measure(door, load)
    open_engine(url).dispose()
    return rates


def without(tree: Path, folder: Path) -> dict[str, str]:
    """The environment in which a tree finds no part that it doesn't name."""
    named = (tree / "requirements.txt").read_text()
    if missing := [part for part in TAKEN_UNASKED if f"\n{part}==" not in named]:
        hidden = folder / "hidden"
        hidden.mkdir(exist_ok=True)
        for part in missing:
            (hidden / f"{part}.py").write_text(f"raise ImportError({part!r})\n")
        return {"PYTHONPATH": os.pathsep.join([str(hidden), os.environ.get("PYTHONPATH", "")])}
    return {}


if __name__ == "__main__":
    sys.exit(main())

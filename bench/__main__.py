"""All that is promised of speed, in one table: .venv/bin/python -m bench [SUBJECT...]

Side by side in one run, the ratios first; what grows with its size is fitted, and drawn to
``docs/images/``. Data are generated from a seed. Ends with 1 where a promise is missed. Each
subject alone, with more of it: ``python -m bench.nationwide`` and so on.
"""

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from bench import (
    bulk,
    comments,
    dashboard_sizes,
    nation,
    nationwide,
    reports,
    start,
    uncertainty,
    write_path,
)
from bench.compared import HEAD, Compared, Growth

IMAGES = Path(__file__).parent.parent / "docs" / "images"
COMPARED: Mapping[str, Callable[[], Compared]] = {
    "start": start.compared,
    "tally": nationwide.compared,
    "errors": uncertainty.compared,
    "submissions": write_path.compared,
    "bulk": bulk.compared,
    "nation": nation.compared,
    "comments": comments.compared,
    "reports": reports.compared,
}
GROWING: Mapping[str, Callable[[], Growth]] = {
    "tally": nationwide.growth,
    "dashboard": dashboard_sizes.growth,
}
SUBJECTS = [*COMPARED, *(name for name in GROWING if name not in COMPARED)]
GROWTH_HEAD = "| subject | way | seconds by {} | power | straight line |\n|---|---|---|---|---|"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", choices=[*SUBJECTS, []])
    subjects = parser.parse_args().subjects or SUBJECTS
    print(f"Load average: {os.getloadavg()[0]:.1f}\n\n{HEAD}", flush=True)
    promises: list[str] = []
    for subject in (one for one in subjects if one in COMPARED):
        found = COMPARED[subject]()
        print(*found.rows(), sep="\n", flush=True)
        promises += found.promises()
    print("", *promises, "", sep="\n", flush=True)
    for subject in (one for one in subjects if one in GROWING):
        grown = GROWING[subject]()
        print(GROWTH_HEAD.format(grown.things), *grown.rows(), "", sep="\n", flush=True)
        grown.drawn().save(IMAGES / f"growth-{subject}.svg")
    return 1 if any("MISSED" in one for one in promises) else 0


if __name__ == "__main__":
    sys.exit(main())

"""All that is promised of speed, in one table: .venv/bin/python -m bench [SUBJECT...] [--write]

Side by side in one run, the ratios first; what grows with its size is fitted, and drawn to
``docs/images/``. Data are generated from a seed. ``--write`` puts all of it into
``docs/measurements.md``, the medians of before beside the new ones. A subject that fails is told
and loses no other. Ends with 1 where one failed, or a promise is missed. Each subject alone, with
more of it: ``python -m bench.nationwide`` and so on.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from platform import python_version

from bench.compared import HEAD, Compared, Growth
from bench.written import Medians, medians_in, rewritten

DOCS = Path(__file__).parent.parent / "docs"
# The module that measures each subject.
COMPARED = {
    "start": "bench.start",
    "tally": "bench.nationwide",
    "engines": "bench.engines",
    "errors": "bench.uncertainty",
    "submissions": "bench.write_path",
    "bulk": "bench.bulk",
    "nation": "bench.nation",
    "comments": "bench.comments",
    "reports": "bench.reports",
}
GROWING = {"tally": "bench.nationwide", "dashboard": "bench.dashboard_sizes"}
SUBJECTS = [*COMPARED, *(name for name in GROWING if name not in COMPARED)]
GROWTH_HEAD = "| subject | way | seconds by {} | power | straight line |\n|---|---|---|---|---|"
MISSED = "MISSED"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", choices=[*SUBJECTS, []])
    parser.add_argument("--write", action="store_true", help="into docs/measurements.md")
    asked = parser.parse_args()
    if asked.write and asked.subjects:
        parser.error("--write is of all subjects")
    page, lines = DOCS / "measurements.md", list[str]()
    for line in measured(asked.subjects or SUBJECTS, medians_in(page.read_text("utf-8"))):
        print(line, flush=True)
        lines.append(line)
    if asked.write:
        page.write_text(rewritten(page.read_text("utf-8"), lines), "utf-8")
    return 1 if any(MISSED in line for line in lines) else 0


def measured(subjects: Sequence[str], before: Medians) -> Iterator[str]:
    """The lines of the tables, as they are found."""
    day = datetime.now(UTC).date().isoformat()
    machine = f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}"
    yield f"Run on {day}: {machine}, Python {python_version()}.\n\n{HEAD}"
    promises: list[str] = []
    for subject in (one for one in subjects if one in COMPARED):
        try:
            found: Compared = import_module(COMPARED[subject]).compared()
        except Exception as error:  # whatever it is, the others are measured
            promises.append(_failed(subject, error))
        else:
            yield from found.rows(before)
            promises += found.promises()
    yield from ("", *promises, "")
    for subject in (one for one in subjects if one in GROWING):
        try:
            yield from _growth(subject, import_module(GROWING[subject]).growth())
        except Exception as error:
            yield _failed(subject, error)


def _growth(subject: str, found: Growth) -> Iterator[str]:
    picture = Path("images") / f"growth-{subject}.svg"
    found.drawn().save(DOCS / picture)
    yield from (GROWTH_HEAD.format(found.things), *found.rows(), "")
    yield f"![{found.subject}: seconds by {found.things}]({picture})\n"


def _failed(subject: str, error: Exception) -> str:
    return f"- {subject}: not measured, {type(error).__name__}: {error}: {MISSED}"


if __name__ == "__main__":
    sys.exit(main())

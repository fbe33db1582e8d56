"""The one table of speed: its parts stand alone, and it is written beside what stood there."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

PAGE = """Before.
<!-- python -m bench --write -->
| times | subject | way | median, s | fastest, s | before, s |
| 2.00 | Counting | slowly | 0.25 | 0.2 |  |
<!-- end of python -m bench -->
After.
"""
# A subject that is broken stands before one that is measured, and one that cannot be loaded.
RUN = """
import sys
from pathlib import Path
from types import SimpleNamespace
from bench import __main__ as bench
from bench.compared import Compared, Growth, Wanted

def broken():
    raise RuntimeError("no room")

ways = {"quickly": [1.0, 3.0, 2.0], "slowly": [4.0]}
sizes = {"quickly": {10: 0.1, 20: 0.2, 40: 0.4}}
fine = SimpleNamespace(
    compared=lambda: Compared("Counting", ways, [Wanted("slowly", 3, "quickly")]),
    growth=lambda: Growth("Counted", "rows", sizes),
)
sys.modules |= {"fine": fine, "broken": SimpleNamespace(compared=broken, growth=broken)}
bench.DOCS = Path(sys.argv.pop(1))
bench.COMPARED = {"a": "broken", "b": "fine", "c": "absent"}
bench.GROWING = {"a": "broken", "b": "fine"}
bench.SUBJECTS = ["a", "b", "c"]
sys.exit(bench.main())
"""


def test_a_part_that_fails_loses_no_other(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "measurements.md").write_text(PAGE)
    command = [sys.executable, "-c", RUN, str(tmp_path), "--write"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    page = (tmp_path / "measurements.md").read_text()
    assert page.startswith("Before.\n<!--")
    assert page.endswith("-->\nAfter.\n")
    lines = page.splitlines()
    assert "| 1.00 | Counting | quickly | 2 | 1 |  |" in lines
    assert "| 2.00 | Counting | slowly | 4 | 4 | 0.25 |" in lines
    assert "- Counting, slowly: 2 times quickly, wanted at most 3: held" in lines
    assert lines.count("- a: not measured, RuntimeError: no room: MISSED") == 2
    assert any(line.startswith("- c: not measured, ModuleNotFoundError") for line in lines)
    assert "![Counted: seconds by rows](images/growth-b.svg)" in lines
    assert "<svg" in (tmp_path / "images" / "growth-b.svg").read_text()[:200]
    assert set(lines) >= {line for line in done.stdout.splitlines() if line.startswith("|")}


def test_the_page_has_a_place_for_it() -> None:
    page = (ROOT / "docs" / "measurements.md").read_text("utf-8")
    first, last = PAGE.splitlines()[1], PAGE.splitlines()[4]
    assert (page.count(first), page.count(last)) == (1, 1)
    assert page.index(first) < page.index(last)

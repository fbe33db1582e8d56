"""What the service loads before it is ready: what draws, counts or tests comes after that."""

import subprocess
import sys

from tests.conftest import ROOT

LATER = {
    *("alembic", "altair", "docx", "duckdb", "ibis", "interface.cards", "interface.routes"),
    *("matplotlib", "numpy", "openpyxl", "pandas", "pyarrow", "scipy", "screens.drawn", "sklearn"),
    *("weasyprint", "xlsxwriter", "demonstration.load", "desk.papers.announcing"),
    *("analysis.redaction.redacting", "models.findings", "segno", "zxcvbn"),
    "streamlit.components.v2.manifest_scanner",  # reads what all packages say of themselves
}
TOLD = f"""
import sys
import app
app.app._build_starlette_app()
print(*sorted({LATER!r} & sys.modules.keys()))
"""


def test_a_start_loads_nothing_that_can_wait() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TOLD], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []

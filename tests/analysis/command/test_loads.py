"""What each command of the analysis loads: nobody waits for what is not asked."""

import subprocess
import sys

import pytest

from tests.analysis.conftest import DATA
from tests.conftest import ROOT

HEAVY = {
    *("altair", "duckdb", "pandas", "pyarrow.parquet", "scipy.optimize", "scipy.special"),
    *("pydantic", "scipy.stats", "sklearn", "sqlalchemy", "streamlit", "yaml"),
}
# What reads the files of rules.
RULES = {"pydantic", "yaml"}
SEKADAU, PUBLISHED = DATA / "sekadau-2019.csv", DATA / "ombudsman-published.csv"
LOADED = {
    "--help": set[str](),
    "schemes": set[str](),
    f"satisfaction {SEKADAU}": RULES | {"pandas", "scipy.special"},
    f"index {PUBLISHED} --scheme ombudsman-2022": RULES | {"pandas"},
    f"compare {PUBLISHED} --scheme ombudsman-2022": RULES | {"pandas"},
    f"importance {SEKADAU}": RULES | {"pandas"},
    f"robustness {PUBLISHED} --scheme ombudsman-2022": RULES
    | {"pandas", "scipy.optimize", "scipy.special", "scipy.stats"},
}
TOLD = f"""
import sys
from analysis.__main__ import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(*sorted({HEAVY!r} & sys.modules.keys()), file=sys.stderr)
"""


@pytest.mark.parametrize("command", LOADED)
def test_a_command_loads_what_it_needs_alone(command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TOLD, *command.split()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(done.stderr.splitlines()[-1].split()) == LOADED[command]

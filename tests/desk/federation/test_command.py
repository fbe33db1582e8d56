"""The whole way as processes of their own: a district's command, a file, the nation's command."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from desk.index.sent import bundles_in_force
from models import reading
from survey.receipts import key_file
from tests.conftest import ROOT
from tests.desk.federation.conftest import SENDER
from tests.desk.federation.instances import YEAR, Instance


def run(instance: Instance, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command on an instance; ``folder``: its own."""
    settings = {
        "DATABASE_URL": str(instance.engine.url.render_as_string(hide_password=False)),
        "DATA": str(folder),
    }
    return subprocess.run(
        [sys.executable, "-m", "desk", *words],
        cwd=ROOT,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.long
def test_a_bundle_travels_as_a_file(nation: Instance, district: Instance, tmp_path: Path) -> None:
    home, file = tmp_path / "daerah", tmp_path / "kiriman.json"
    home.mkdir()
    words = ["bundle", f"koor-{SENDER}", SENDER, str(YEAR), str(file)]
    key_file(home).write_text(district.secret.hex())
    made = run(district, home, *words)
    assert made.returncode == 0, made.stderr
    assert f"bundle 1 of {SENDER}, {YEAR}" in made.stdout
    assert file.stat().st_mode & 0o077 == 0
    check = run(nation, tmp_path, "receive", "ani", str(file), "--check")
    assert check.stdout == f"{SENDER} {YEAR}, bundle 1: would be stored\n"
    assert run(nation, tmp_path, "receive", "ani", str(file)).stdout.endswith("bundle 1: stored\n")
    again = run(nation, tmp_path, "receive", "ani", str(file), str(file))
    assert (again.returncode, again.stdout.count("holds already")) == (0, 2)
    with reading(nation.engine) as session:
        place = nation.place(SENDER)
        assert bundles_in_force(session, YEAR, [place])[place].institution == SENDER
    altered = tmp_path / "lain.json"
    altered.write_text(json.dumps(json.loads(file.read_text())))
    refused = run(nation, tmp_path, "receive", "ani", str(altered), str(file))
    assert refused.returncode == 2
    assert "lain.json: The file is not written as it was signed" in refused.stderr
    assert "holds already" in refused.stdout


@pytest.mark.long
def test_what_is_wrong_is_one_sentence(district: Instance, tmp_path: Path) -> None:
    key_file(tmp_path).write_text(district.secret.hex())
    there = tmp_path / "ada.json"
    there.write_text("{}")
    cases = {
        ("bundle", f"koor-{SENDER}", SENDER, str(YEAR), str(there)): "the file is there already",
        ("bundle", "koor-buru", SENDER, str(YEAR), str(tmp_path / "a")): "does not coordinate",
        ("bundle", "nobody", SENDER, str(YEAR), str(tmp_path / "a")): "the name with which",
        ("receive", "siti", str(there)): "siti",
    }
    for words, told in cases.items():
        found = run(district, tmp_path, *words)
        assert found.returncode == 2
        assert told in found.stderr
        assert "Traceback" not in found.stderr
    assert sorted(one.name for one in tmp_path.glob("a*")) == ["ada.json"]

"""The whole way as processes of their own: a district's command, a file, the nation's command."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from desk.__main__ import main
from desk.index.sent import bundles_in_force
from models import reading
from survey.receipts import key_file
from tests.conftest import ROOT
from tests.desk.federation.conftest import SENDER
from tests.desk.federation.instances import YEAR, Instance


def settings(instance: Instance, folder: Path) -> dict[str, str]:
    """The environment of an instance, whose key is in the folder."""
    file = key_file(folder)
    if not file.exists():
        file.write_text(instance.secret.hex())
    url = instance.engine.url.render_as_string(hide_password=False)
    return {"DATABASE_URL": url, "DATA": str(folder)}


def run(instance: Instance, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command on an instance; ``folder``: its own."""
    return subprocess.run(
        [sys.executable, "-m", "desk", *words],
        cwd=ROOT,
        env=os.environ | settings(instance, folder),
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.long
def test_a_bundle_travels_as_a_file(nation: Instance, district: Instance, tmp_path: Path) -> None:
    home, file = tmp_path / "daerah", tmp_path / "kiriman.json"
    home.mkdir()
    words = ["bundle", f"koor-{SENDER}", SENDER, str(YEAR), str(file)]
    made = run(district, home, *words)
    assert made.returncode == 0, made.stderr
    assert f"bundle 1 of {SENDER}, {YEAR}" in made.stdout
    assert file.stat().st_mode & 0o077 == 0
    altered = tmp_path / "lain.json"
    altered.write_text(json.dumps(json.loads(file.read_text())))
    got = run(nation, tmp_path, "receive", "ani", str(altered), str(file), str(file))
    assert got.returncode == 2
    assert "lain.json: The file is not written as it was signed" in got.stderr
    said = f"{SENDER} {YEAR}, bundle 1: "
    assert got.stdout.splitlines() == [f"{said}stored", f"{said}holds already"]
    with reading(nation.engine) as session:
        place = nation.place(SENDER)
        assert bundles_in_force(session, YEAR, [place])[place].institution == SENDER


def test_what_is_wrong_is_one_sentence(
    district: Instance,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for key, value in settings(district, tmp_path).items():
        monkeypatch.setenv(key, value)
    there = tmp_path / "ada.json"
    there.write_text("{}")
    target = str(tmp_path / "a")
    cases = {
        ("bundle", f"koor-{SENDER}", SENDER, str(YEAR), str(there)): "the file is there already",
        ("bundle", "koor-buru", SENDER, str(YEAR), target): "does not coordinate",
        ("bundle", "nobody", SENDER, str(YEAR), target): "the name with which",
        ("bundle", f"koor-{SENDER}", "atlantis", str(YEAR), target): "No institution",
        ("bundle", f"koor-{SENDER}", SENDER, "1999", target): "No period of 1999",
        ("receive", "siti", str(there)): "no analyst",
        ("receive", "ani", str(there)): "ada.json: found –, expected bundle, key, signature",
    }
    for words, told in cases.items():
        assert main(words) == 2
        assert told in capsys.readouterr().err
    assert not Path(target).exists()


def test_a_check_tells_and_stores_nothing(
    nation: Instance,
    sent: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for key, value in settings(nation, tmp_path).items():
        monkeypatch.setenv(key, value)
    file = tmp_path / "kiriman.json"
    file.write_bytes(sent)
    assert main(["receive", "ani", str(file), "--check"]) == 0
    assert capsys.readouterr().out == f"{SENDER} {YEAR}, bundle 1: would be stored\n"
    with reading(nation.engine) as session:
        assert bundles_in_force(session, YEAR, [nation.place(SENDER)]) == {}

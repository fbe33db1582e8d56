"""Migrations that are on the main branch never change, nor their places."""

import subprocess
from hashlib import sha256
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from models.migrations import FOLDER, chain, newest
from models.migrations.upgrade import alembic_config
from tests.conftest import ROOT

CHAIN = "models/migrations/chain.sha256"
BRANCHES = ("main", "origin/main")


def lines_of(folder: Path) -> list[str]:
    return (folder / CHAIN).read_text(encoding="utf-8").splitlines()


def git(folder: Path, *words: str) -> str:
    command = ["git", "-C", str(folder), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def changed(folder: Path, branch: str) -> list[str]:
    """The commits of the branch whose chain isn't how the present one begins; newest first."""
    commits = git(folder, "log", "--first-parent", "--format=%h", branch, "--", CHAIN).split()
    present = lines_of(folder)
    return [
        commit
        for commit in commits
        for then in [git(folder, "show", f"{commit}:{CHAIN}").splitlines()]
        if present[: len(then)] != then
    ]


def test_the_chain_names_every_migration_as_it_is() -> None:
    """A migration that is still to land: (cd models/migrations/versions; sha256sum FILE)."""
    files = sorted((FOLDER / "versions").glob("*.py"))
    found = [f"{sha256(file.read_bytes()).hexdigest()}  {file.name}" for file in files]
    assert lines_of(ROOT) == found


def test_the_chain_is_the_order_in_which_alembic_runs_them() -> None:
    script = ScriptDirectory.from_config(alembic_config(""))
    run = [Path(one.path).name for one in script.walk_revisions()][::-1]
    assert chain() == run
    assert newest() == script.get_current_head()


def test_nothing_that_landed_has_changed() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("no clone, so no history")
    if git(ROOT, "rev-parse", "--is-shallow-repository").strip() == "true":
        pytest.skip("a shallow clone: its history is cut off (git fetch --unshallow)")
    known = git(ROOT, "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes")
    branch = next((one for one in BRANCHES if one in known.split()), "HEAD")
    assert changed(ROOT, branch) == []


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository of three commits, each with one migration more."""
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    for number in (1, 2, 3):
        land(tmp_path, *(f"{at}  000{at}.py" for at in range(1, number + 1)))
    return tmp_path


def land(folder: Path, *lines: str) -> None:
    file = folder / CHAIN
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    who = ("-c", "user.name=Ani", "-c", "user.email=ani@example.org")
    git(folder, "add", "--all")
    git(folder, *who, "commit", "--quiet", "--message=Another migration")


def test_appending_is_no_change(clone: Path) -> None:
    land(clone, *lines_of(clone), "4  0004.py")
    assert changed(clone, "main") == []


@pytest.mark.parametrize(
    ("lines", "broken"),
    [
        (["1  0001.py", "2  0002.py", "9  0003.py"], 1),  # other content
        (["1  0001.py", "3  0003.py", "2  0002.py"], 2),  # other places
        (["1  0001.py", "4  0004.py", "2  0002.py", "3  0003.py"], 2),  # put between
        (["1  0001.py", "2  0002.py"], 1),  # gone
    ],
)
def test_any_other_change_is_found(clone: Path, lines: list[str], broken: int) -> None:
    land(clone, *lines)
    assert len(changed(clone, "main")) == broken


def test_a_branch_may_change_what_has_not_landed(clone: Path) -> None:
    git(clone, "switch", "--quiet", "--create", "mine")
    landed = lines_of(clone)
    land(clone, *landed, "4  0004.py")
    land(clone, *landed, "5  0004.py")
    assert changed(clone, "main") == []

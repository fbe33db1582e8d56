"""What every command does with files: the commands are those that the program itself names."""

import argparse
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyrage
import pytest
from alembic.command import upgrade
from sqlalchemy import Engine
from sqlalchemy.event import listen, remove

import accounts.__main__
import analysis.__main__
import desk.__main__
import models.__main__
import survey.__main__
from analysis.rulebook.scheme import load_scheme
from models import open_engine
from models.migrations.upgrade import alembic_config
from tests.survey.test_files import SEKADAU

Main = Callable[[Sequence[str]], int]
# What a command asks for besides its file.
BESIDES = {
    "index": ["--scheme", "ombudsman-2022"],
    "compare": ["--scheme", "ombudsman-2022"],
    "plan": ["--scheme", "ombudsman-2022", "--institution", "A"],
    "robustness": ["--scheme", "ombudsman-2022"],
    "import": ["--unit", "a", "--period", "b"],
}


def _with_files(parser: argparse.ArgumentParser) -> Iterator[str]:
    """The commands of a parser that read a file."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                if any(one.dest in ("file", "files") for one in command._actions):
                    yield name


COMMANDS: dict[str, tuple[Main, list[str]]] = {
    **{
        f"analysis {name}": (analysis.__main__.main, [name])
        for name in _with_files(analysis.__main__._parser())
    },
    **{
        f"survey {name}": (survey.__main__.main, [name])
        for name in _with_files(survey.__main__._parser())
    },
    "desk register": (desk.__main__.main, ["register"]),
    "desk receive": (desk.__main__.main, ["receive", "ani"]),
}

each_command = pytest.mark.parametrize("command", COMMANDS)


@pytest.fixture(autouse=True)
def database(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", sqlite_url)


def told(command: str, file: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What the command tells of the file that it refuses."""
    main, words = COMMANDS[command]
    assert main([*words, file, *BESIDES.get(words[0], [])]) == 2
    return capsys.readouterr().err


def test_the_commands_are_found() -> None:
    assert len(COMMANDS) >= 10


@each_command
def test_only_files_are_read(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "pipa.csv")
    for file, found in {
        "/dev/zero": "zero: found a device or a pipe, expected a file, or - for standard input",
        str(tmp_path / "pipa.csv"): "pipa.csv: found a device or a pipe",
        str(tmp_path / "tidak-ada.csv"): "tidak-ada.csv: found no such file",
        str(tmp_path): f"{tmp_path.name}: found a directory",
        "": "file: found an empty name",
    }.items():
        assert found in told(command, file, capsys)


@each_command
def test_standard_input_is_read_and_its_faults_told(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    found = told(command, "-", capsys)
    assert "no such file" not in found
    assert "Traceback" not in found


@each_command
def test_standard_input_without_end_is_refused(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.given.LARGEST", 1000)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"U1\n" * 1000)))
    assert "-: found a file without an end in sight" in told(command, "-", capsys)


def test_standard_input_twice_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["satisfaction", "-", "-"], ["verify", "-", "--key", "-"]):
        assert analysis.__main__.main(arguments) == 2
        assert capsys.readouterr().err.startswith("-: found - more than once")


# What works on a database, as it is typed; models alone makes one unasked.
ON_A_DATABASE: dict[str, tuple[Main, list[str]]] = {
    "survey import": (
        survey.__main__.main,
        ["import", str(SEKADAU), "--unit", "a", "--period", "b"],
    ),
    "survey forget-order": (survey.__main__.main, ["forget-order"]),
    "survey new-key": (survey.__main__.main, ["new-key", "--why", "the disk was lost"]),
    "survey final-counts": (survey.__main__.main, ["final-counts"]),
    "survey archive-answers": (survey.__main__.main, ["archive-answers", "arsip"]),
    "survey thin": (survey.__main__.main, ["thin", "arsip"]),
    "accounts administrator": (accounts.__main__.main, ["administrator", "ani", "Ani"]),
    "desk register": (desk.__main__.main, ["register", str(SEKADAU)]),
    "desk bundle": (desk.__main__.main, ["bundle", "ani", "malra", "2025", "kiriman.json"]),
    "desk receive": (desk.__main__.main, ["receive", "ani", str(SEKADAU)]),
    "desk settle": (desk.__main__.main, ["settle"]),
    "desk JOB": (desk.__main__.main, ["1"]),
    "desk KIND": (desk.__main__.main, ["read_comments", "ani"]),
}
ON_NONE = {"survey read", "survey answers-table", "survey check-archive"}


# The owner's commands, beside a key and a place that ``owned`` makes.
OF_THE_OWNER: dict[str, list[str]] = {
    "models": [],
    "models audit": ["audit", "--export", "{folder}/trace.jsonl"],
    "models archive": ["archive", "{folder}/a.age", "--until", "2020-01-01", "--to", "{key}"],
    "models backup": ["backup", "{folder}/b.age", "--to", "{key}", "--keys-to", "{other}"],
    "models copy": ["copy", "sqlite:///{folder}/c.sqlite3"],
    "models retain": ["retain"],
}


@pytest.mark.parametrize("command", [*ON_A_DATABASE, *OF_THE_OWNER])
def test_what_a_command_makes_is_its_owners_alone(
    command: str, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the shell lets others read; the database's own files with it."""
    monkeypatch.setenv("DATA", str(tmp_path / "data"))
    open_engine(sqlite_url).dispose()
    shell, while_open = os.umask(0o022), set[int]()

    def note(*_: object) -> None:
        while_open.add(now := os.umask(0o077))
        os.umask(now)

    listen(Engine, "connect", note)
    try:
        main, arguments = ON_A_DATABASE.get(command) or owned(command, tmp_path)
        main(arguments)
        assert os.umask(shell) == 0o022
    finally:
        remove(Engine, "connect", note)
        os.umask(shell)
    assert while_open == {0o077}
    made = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert [one for one in made if one.stat().st_mode & 0o077] == []


def owned(command: str, folder: Path) -> tuple[Main, list[str]]:
    keys = [str(pyrage.x25519.Identity.generate().to_public()) for _ in range(2)]
    words = OF_THE_OWNER[command]
    return models.__main__.main, [
        word.format(folder=folder, key=keys[0], other=keys[1]) for word in words
    ]


def test_every_command_of_the_owner_is_tried() -> None:
    on_none = {"models backup-key", "models restore"}  # which work on none
    named = {f"models {name}" if name else "models" for name in models.__main__.COMMANDS}
    assert named == {*OF_THE_OWNER, *on_none}


def test_every_command_of_the_survey_is_tried() -> None:
    (commands,) = (
        action.choices
        for action in survey.__main__._parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    assert {f"survey {name}" for name in commands} == {
        *(name for name in ON_A_DATABASE if name.startswith("survey")),
        *ON_NONE,
    }


@pytest.mark.parametrize("command", ON_A_DATABASE)
@pytest.mark.parametrize("named", [True, False])
def test_the_database_is_named_and_none_is_made_unasked(
    command: str,
    named: bool,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever forgot the service's DATABASE_URL works on nothing, and is told where that was."""
    monkeypatch.setenv("DATA", str(tmp_path / "data"))
    file = tmp_path / "data" / "suara-layanan.sqlite3"
    if named:
        file = tmp_path / "lain" / "lain.sqlite3"
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    else:
        monkeypatch.delenv("DATABASE_URL")
    main, arguments = ON_A_DATABASE[command]
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert shown.err.startswith(f"Database: sqlite:///{file}\n")
    assert f"There is none at sqlite:///{file}." in shown.err
    assert shown.out == ""
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []


@pytest.mark.parametrize("arguments", [["999999"], ["read_comments", "ani"]])
def test_a_database_that_was_not_migrated_is_told(
    arguments: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = f"sqlite:///{tmp_path / 'lama.sqlite'}"
    upgrade(alembic_config(url), "0004")
    monkeypatch.setenv("DATABASE_URL", url)
    assert desk.__main__.main(arguments) == 2
    found = capsys.readouterr().err
    assert "The database has not been migrated." in found
    assert "sqlite3" not in found


@pytest.mark.parametrize("target", ["Z", "None"])
def test_a_scheme_without_grades_offers_none(
    target: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "kepatuhan.csv"
    file.write_text("institution,unit\nA,U\n")
    arguments = ["plan", str(file), "--scheme", "compliance-2016", "--institution", "A"]
    assert analysis.__main__.main([*arguments, "--target", target]) == 2
    assert f'target: found "{target}", expected none:' in capsys.readouterr().err


def test_what_cannot_be_planned_is_told_with_file_and_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As ``index`` tells it, and in the row of the institution that is planned for."""
    keys = [node.key for node in load_scheme("ombudsman-2022").indicators()]
    rows = [
        f"{name},U,{','.join(value for _ in keys)}" for name, value in (("A", "0"), ("B", "101"))
    ]
    file = tmp_path / "nilai.csv"
    file.write_text("\n".join([f"institution,unit,{','.join(keys)}", *rows]))
    asked = [str(file), "--scheme", "ombudsman-2022"]
    assert analysis.__main__.main(["index", *asked]) == 2
    found = capsys.readouterr().err
    assert found.startswith("nilai.csv: row 3")
    assert analysis.__main__.main(["plan", *asked, "--institution", "B"]) == 2
    assert capsys.readouterr().err == found

"""What is installed is locked: exact, with hashes, of known licences, and listed for who asks."""

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import yaml

from tests.conftest import ROOT

LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
HASHES = re.compile(r"(?: \\\n    --hash=sha256:[0-9a-f]{64})+$", re.MULTILINE)
DIRECT = re.compile(r"([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==(\S+)")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RULES = yaml.safe_load((ROOT / "tests" / "licences-2026.yaml").read_text(encoding="utf-8"))


def listed() -> list[dict[str, Any]]:
    """The parts of the published list."""
    bill = json.loads((ROOT / "docs" / "sbom.cdx.json").read_text(encoding="utf-8"))
    return [*bill["components"]]


def locked(file: str) -> dict[str, str]:
    """Name and version of what a requirements file locks."""
    return {plain(name): version for name, version in LOCKED.findall((ROOT / file).read_text())}


def plain(name: str) -> str:
    """A part's name as indices compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(part: dict[str, Any]) -> Iterator[str]:
    """Each licence that a part declares."""
    for one in part.get("licenses", []):
        found = one.get("expression") or one["license"].get("id") or one["license"]["name"]
        yield from re.split(r" (?:AND|OR) ", found)


def test_every_line_is_exact_and_has_hashes() -> None:
    for file in ("requirements.txt", "requirements-test.txt", "requirements-spark.txt"):
        text = (ROOT / file).read_text(encoding="utf-8")
        assert len(HASHES.findall(text)) == len(locked(file)) == len(re.findall(r"^\w", text, re.M))


def test_what_we_name_is_locked_as_we_name_it() -> None:
    run, groups = PROJECT["project"]["dependencies"], PROJECT["dependency-groups"]
    named_in = {
        "requirements.txt": run,
        "requirements-test.txt": run + groups["test"],
        "requirements-spark.txt": groups["spark"],
    }
    for file, names in named_in.items():
        for line in names:
            named = DIRECT.fullmatch(line)
            assert named, f"{line}: one version, exactly"
            assert locked(file)[plain(named[1])] == named[2]


def test_tests_run_on_what_is_installed_to_run() -> None:
    assert locked("requirements.txt").items() <= locked("requirements-test.txt").items()


def test_the_list_of_parts_tells_what_is_locked() -> None:
    parts = {plain(part["name"]): part["version"] for part in listed()}
    assert parts.items() <= locked("requirements.txt").items()
    elsewhere = locked("requirements.txt").keys() - parts.keys()
    markers = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert all(re.search(rf"^{name}==\S+ ; ", markers, re.MULTILINE) for name in elsewhere)


def test_every_licence_is_allowed_or_let_in() -> None:
    allowed, let_in = {*RULES["allowed"]}, RULES["let_in"]
    questioned = {
        part["name"]
        for part in listed()
        if not {*declared(part)} or not {*declared(part)} <= allowed
    }
    assert questioned == let_in.keys()

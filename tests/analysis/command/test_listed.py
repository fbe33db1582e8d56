"""The listing that ``schemes`` prints is that of the files, and is not believed of others."""

import argparse
import json
from pathlib import Path

import pytest

from analysis.command import rules_at_hand


def listed() -> object:
    return rules_at_hand.COMMANDS["schemes"](argparse.Namespace())


def test_what_is_listed_is_what_the_files_say() -> None:
    """Where a file has changed: python -m analysis.command.rules_at_hand."""
    kept = json.loads(rules_at_hand.LISTED.read_bytes())
    assert kept == {"of": rules_at_hand.files_hash(), "document": rules_at_hand.read_at_hand()}


def test_other_files_are_read_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "listed.json"
    other.write_text(json.dumps({"of": "0" * 64, "document": {"schemes": []}}))
    monkeypatch.setattr(rules_at_hand, "LISTED", other)
    assert listed() == rules_at_hand.read_at_hand()


def test_it_is_printed_as_everything_is() -> None:
    from analysis.command import report

    document = rules_at_hand.read_at_hand()
    assert rules_at_hand.as_json(document) == report.as_json(document)

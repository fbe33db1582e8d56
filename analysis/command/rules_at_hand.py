"""The command ``schemes``: the schemes and instruments at hand."""

import argparse
import json
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.command.report import CommandReport

if TYPE_CHECKING:
    from analysis.rulebook.instrument import Instrument
    from analysis.rulebook.scheme import Scheme

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("analysis/schemes", "survey/instruments")
LISTED = Path(__file__).with_suffix(".json")


def _schemes(options: argparse.Namespace) -> CommandReport:
    """As it was listed of these very files, since to read them takes longer than to print."""
    listed = json.loads(LISTED.read_bytes())
    document: CommandReport = listed["document"]
    return document if listed["of"] == files_hash() else read_at_hand()


def files_hash() -> str:
    """SHA-256 of the names and contents of all files of rules."""
    found = sha256()
    for file in (file for folder in FOLDERS for file in sorted((ROOT / folder).glob("*.yaml"))):
        found.update(f"{file.name}\n".encode() + file.read_bytes() + b"\0")
    return found.hexdigest()


def read_at_hand() -> CommandReport:
    """The same from the files themselves. Raises BadInput where one is broken."""
    from analysis.rulebook.instrument import instrument_ids, load_instrument
    from analysis.rulebook.scheme import load_scheme, scheme_ids

    return {
        "schemes": [of_rules(load_scheme(name)) for name in scheme_ids()],
        "instruments": [of_rules(load_instrument(name)) for name in instrument_ids()],
    }


def of_rules(rules: "Scheme | Instrument") -> CommandReport:
    """One line about a scheme or an instrument."""
    return {
        "id": rules.id,
        "title": rules.title.en,
        "from": rules.valid.start.isoformat(),
        "to": rules.valid.end.isoformat() if rules.valid.end else None,
        "sha256": rules.hash,
    }


def as_json(document: CommandReport) -> str:
    """As all commands print it."""
    return json.dumps(document, indent=2, ensure_ascii=False)


def write_listing() -> None:
    """Lists them anew: ``python -m analysis.command.rules_at_hand``, after a file has changed."""
    listed = {"of": files_hash(), "document": read_at_hand()}
    LISTED.write_text(json.dumps(listed, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


COMMANDS = {"schemes": _schemes}

if __name__ == "__main__":
    write_listing()

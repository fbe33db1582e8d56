"""Does a command of ``python -m analysis`` and prints what it found."""

import argparse
import json
from importlib import import_module

from analysis.command import report

# What is done by which module, so that each loads what it needs alone.
MODULES = {
    "satisfaction": "unit_indices",
    "index": "unit_scores",
    "compare": "unit_scores",
    "importance": "drivers",
    "reliability": "soundness",
    "plan": "least_steps",
    "schemes": "rules_at_hand",
    "comments": "comments",
    "verify": "verdict",
}


def run(options: argparse.Namespace) -> int:
    """Does the command and prints what it found; the code to leave with. Raises BadInput."""
    module = import_module(f"analysis.command.{MODULES[options.command]}")
    document = module.COMMANDS[options.command](options)
    as_text = getattr(module, "as_text", report.as_text)
    print(json.dumps(document, ensure_ascii=False, indent=2) if options.json else as_text(document))
    code: int = module.exit_code(document) if hasattr(module, "exit_code") else 0
    return code

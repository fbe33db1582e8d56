"""Does a command of ``python -m analysis`` and prints what it found."""

import argparse
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from analysis.command import report
from analysis.errors import BadInput
from analysis.given import refuse_early

# What is done by which module, so that each loads what it needs alone.
MODULES = {
    "satisfaction": "unit_indices",
    "index": "unit_scores",
    "compare": "unit_scores",
    "importance": "drivers",
    "reliability": "soundness",
    "plan": "least_steps",
    "robustness": "robustness",
    "schemes": "rules_at_hand",
    "comments": "comments",
    "replay": "calculation",
    "verify": "verdict",
}


def run(options: argparse.Namespace) -> int:
    """Does the command and prints what it found; the code to leave with, 2 for bad input."""
    try:
        _refuse_early(options)
        return _done(options)
    except BadInput as error:
        from locales.refusals import sentences

        report.tell("\n".join(sentences("en", error)))
        return 2


def _refuse_early(options: argparse.Namespace) -> None:
    """Raises BadInput for rules that are broken, and files that cannot be opened."""
    given = vars(options)
    if "instrument" in given or "scheme" in given:
        _refuse_rules(given)
    if given.get("engine") is None:
        refuse_early(given)


def _refuse_rules(given: Mapping[str, Any]) -> None:
    from analysis.rulebook.defaults import load_defaults
    from analysis.rulebook.instrument import load_instrument
    from analysis.rulebook.scheme import load_scheme

    if "instrument" in given:
        load_instrument(given["instrument"] or load_defaults().questionnaire)
    schemes = given.get("scheme", [])
    for scheme in [schemes] if isinstance(schemes, str) else schemes:
        load_scheme(scheme)


def _done(options: argparse.Namespace) -> int:
    module = import_module(f"analysis.command.{MODULES[options.command]}")
    document = module.COMMANDS[options.command](options)
    as_json = getattr(module, "as_json", report.as_json)
    as_text = getattr(module, "as_text", report.as_text)
    text = as_json(document) if options.json else report.for_terminal(as_text(document))
    print(text)
    code: int = module.exit_code(document) if hasattr(module, "exit_code") else 0
    return code

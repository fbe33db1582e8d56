"""The command ``schemes``: the schemes and instruments at hand."""

import argparse

from analysis.command.report import CommandReport
from analysis.rulebook.instrument import Instrument, instrument_ids, load_instrument
from analysis.rulebook.scheme import Scheme, load_scheme, scheme_ids


def _schemes(options: argparse.Namespace) -> CommandReport:
    return {
        "schemes": [of_rules(load_scheme(name)) for name in scheme_ids()],
        "instruments": [of_rules(load_instrument(name)) for name in instrument_ids()],
    }


def of_rules(rules: Scheme | Instrument) -> CommandReport:
    """One line about a scheme or an instrument."""
    return {
        "id": rules.id,
        "title": rules.title.en,
        "from": rules.valid.start.isoformat(),
        "to": rules.valid.end.isoformat() if rules.valid.end else None,
        "sha256": rules.hash,
    }


COMMANDS = {"schemes": _schemes}

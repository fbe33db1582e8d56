"""Schemes that ended, as if they had been kept on: for publications of any year since."""

import re

from analysis.rulebook.scheme import Scheme, load_scheme, parse_scheme


def lasting(name: str) -> Scheme:
    """The scheme without its last day, under an id of its own; one still in force as it is."""
    scheme = load_scheme(name)
    if scheme.valid.end is None:
        return scheme
    text = re.sub(rf"^id: {name}$", f"id: {name}-on", scheme.yaml, flags=re.MULTILINE)
    text = re.sub(r"^(valid: {from: [0-9-]+), to: [0-9-]+", r"\1", text, flags=re.MULTILINE)
    return parse_scheme(text, f"{name}-on")


def always(name: str) -> Scheme:
    """The scheme as if it had been in force from long ago, under an id of its own."""
    scheme = load_scheme(name)
    text = re.sub(rf"^id: {name}$", f"id: {name}-always", scheme.yaml, flags=re.MULTILINE)
    text = re.sub(r"^valid: {.*}", "valid: {from: 2000-01-01}", text, flags=re.MULTILINE)
    return parse_scheme(text, f"{name}-always")

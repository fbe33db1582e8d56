"""Names of files on a command line; apart from what opens them, so that help comes at once."""

from pathlib import Path

STANDARD_INPUT = Path("-")
NAMELESS = Path("\0")  # of an empty name, Path would make the folder


def named(text: str) -> Path:
    """The file of that name."""
    return Path(text) if text else NAMELESS

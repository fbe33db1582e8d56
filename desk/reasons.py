"""Reasons that people give for what they do: some words, not a book."""

from analysis.errors import bad, quote

LENGTHS = (10, 2000)


def worded(place: str, text: str) -> str:
    """The text without space around it. Raises BadInput where it is too short or too long."""
    text = text.strip()
    least, most = LENGTHS
    if not least <= len(text) <= most:
        raise bad(place, quote(text), f"{least} to {most} characters")
    return text

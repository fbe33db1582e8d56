"""The words in which an act is justified: enough to say something, not a book."""

from analysis.errors import bad, quote

SHORTEST, LONGEST = 10, 2000


def worded(place: str, text: str) -> str:
    """The text without the space around it. Raises BadInput for one too short or too long."""
    text = text.strip()
    if not SHORTEST <= len(text) <= LONGEST:
        raise bad(place, quote(text), f"{SHORTEST} to {LONGEST} characters")
    return text

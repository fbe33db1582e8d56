"""Reasons and answers: what people must write in words, long enough to say something."""

from analysis.errors import bad, quote

LENGTHS = (10, 2000)


def worded(place: str, text: str) -> str:
    """The text without space around it. Raises BadInput for one too short or too long."""
    text = text.strip()
    least, most = LENGTHS
    if not least <= len(text) <= most:
        raise bad(place, quote(text), f"{least} to {most} characters")
    return text

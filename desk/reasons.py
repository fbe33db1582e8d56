"""The words in which an act is justified: enough to say something, not a book."""

from analysis.characters import entered
from analysis.errors import Written, bad
from locales import Phrase

SHORTEST, LONGEST = 10, 2000


def worded(what: str, text: str) -> str:
    """The text as it is stored. Raises BadInput for one too short or too long.

    ``what``: "reason", "answer" or "finding".
    """
    text = entered(text)
    if not SHORTEST <= len(text) <= LONGEST:
        raise bad(
            "words_unfit",
            what=Phrase(f"written.{what}"),
            found=Written(text),
            least=SHORTEST,
            most=LONGEST,
        )
    return text

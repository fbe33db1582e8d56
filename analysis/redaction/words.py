"""A comment as words, with what each can be and how it is written."""

import re

from analysis.redaction.lexicon import SENSES

_WORD = re.compile(r"\b[aA]\.? ?[./] ?[nN]\b|[^\W_]+(?:['’`][^\W\d_]+)*")
_SENTENCE = re.compile(r"[.!?;:\n\"(“]")


class CommentWords:
    """The words of a text side by side: where, in lower case, senses, and whether capitalised.

    ``capital`` says nothing (all False) where capitals are ``uniform``: nearly every word has one.
    """

    def __init__(self, text: str, found: list[re.Match[str]], uniform: bool, shouted: bool) -> None:
        self.text = text
        self.spans = [one.span() for one in found]
        self.written = [one[0] for one in found]
        self.lower = [_plain(word) for word in self.written]
        self.senses = [SENSES.get(word, 0) for word in self.lower]
        self.shouted = shouted
        self.capital = [not uniform and word[0].isupper() for word in self.written]

    def __len__(self) -> int:
        return len(self.spans)

    def gap(self, at: int) -> str:
        """What stands between the word before and this one."""
        return self.text[self.spans[at - 1][1] : self.spans[at][0]] if at else "\n"

    def opens(self, at: int) -> bool:
        """Whether the word begins a sentence, so that its capital says nothing."""
        return at == 0 or bool(_SENTENCE.search(self.gap(at)))

    def previous(self, at: int) -> str:
        """The word before in lower case; the first word has none before it."""
        return self.lower[at - 1] if at else ""

    def follows_capital(self, at: int) -> bool:
        """Whether the word before is capitalised; the first word has none before it."""
        return at > 0 and self.capital[at - 1]

    def before(self, at: int) -> int:
        """The senses of the word before; 0 where a sentence begins."""
        return 0 if self.opens(at) else self.senses[at - 1]

    def after(self, at: int) -> int:
        """The senses of the word after, where only a space is between."""
        following = at + 1 < len(self) and self.gap(at + 1) in (" ", "  ")
        return self.senses[at + 1] if following else 0


def read(text: str) -> list[CommentWords]:
    """The text in each way to read its capitals that holds for all its words or the first of them.

    Capitals tell nothing in a text where nearly every word has one. Words added to a text can
    change that; each way is therefore also read up to the last word at which it held, so that
    what was found before is found still.
    """
    found = list(_WORD.finditer(text))
    last: dict[tuple[bool, bool], int] = {}
    capitals = letters = upper = 0
    for count, one in enumerate(found, start=1):
        capitals += one[0][0].isupper()
        letters += sum(map(str.isalpha, one[0]))
        upper += sum(map(str.isupper, one[0]))
        uniform = count >= 6 and capitals > 0.7 * count
        last[uniform, letters > 0 and upper > 0.6 * letters] = count
    return [CommentWords(text, found[:count], *capital) for capital, count in last.items()]


def _plain(word: str) -> str:
    lower = word.lower()
    return (
        "a.n"
        if len(lower) > 2 and lower[0] == "a" and lower[1:-1].strip(" ") in (".", "/", ". /")
        else lower
    )

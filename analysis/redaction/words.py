"""A comment as words, with what each can be and how it is written."""

import re

from analysis.redaction.lexicon import SENSES

_WORD = re.compile(r"\b[aA]\.? ?[./] ?[nN]\b|[^\W_]+(?:['’`][^\W\d_]+)*")
_SENTENCE = re.compile(r"[.!?;:\n\"(“]")


class Words:
    """The words of a text side by side: where, in lower case, senses, and whether capitalised.

    ``capital`` says nothing (all False) where the whole text is in capitals or every word has one.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        found = list(_WORD.finditer(text))
        self.spans = [one.span() for one in found]
        self.written = [one[0] for one in found]
        self.lower = [_plain(word) for word in self.written]
        self.senses = [SENSES.get(word, 0) for word in self.lower]
        capital = [word[0].isupper() for word in self.written]
        letters = sum(map(str.isalpha, text))
        self.shouted = letters > 0 and sum(map(str.isupper, text)) > 0.6 * letters
        if len(capital) >= 6 and sum(capital) > 0.7 * len(capital):
            capital = [False] * len(capital)
        self.capital = capital

    def __len__(self) -> int:
        return len(self.spans)

    def gap(self, at: int) -> str:
        """What stands between the word before and this one."""
        return self.text[self.spans[at - 1][1] : self.spans[at][0]] if at else "\n"

    def opens(self, at: int) -> bool:
        """Whether the word begins a sentence, so that its capital says nothing."""
        return at == 0 or bool(_SENTENCE.search(self.gap(at)))

    def before(self, at: int) -> int:
        """The senses of the word before; 0 where a sentence begins."""
        return 0 if self.opens(at) else self.senses[at - 1]

    def after(self, at: int) -> int:
        """The senses of the word after, where only a space is between."""
        following = at + 1 < len(self) and self.gap(at + 1) in (" ", "  ")
        return self.senses[at + 1] if following else 0


def _plain(word: str) -> str:
    lower = word.lower()
    return (
        "a.n"
        if len(lower) > 2 and lower[0] == "a" and lower[1:-1].strip(" ") in (".", "/", ". /")
        else lower
    )

"""Characters that a person types or pastes: what of them is kept, where text comes in.

The same rule holds on the way into every paper, where text of before it may stand.
"""

import re
from unicodedata import normalize

# What word processors put for an end of a line, Word's vertical tab among them.
LINE_END = re.compile("\r\n|[\r\v\f\x1c\x1d\x85\u2028\u2029]")
# Never drawn, and some turn the text around them: soft hyphens, joiners of words, direction
# marks, tags. The joiners of letters (U+200C, U+200D) stay: Javanese and Arabic need them.
UNSEEN = re.compile(
    "[\x1f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
# Controls, halves of surrogate pairs and what Unicode says is no character.
LOST = re.compile(
    "[\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000)
    )
    + "]"
)
# Word's own places in the fonts Symbol and Wingdings, and what stands there.
WORD = str.maketrans(
    {
        "\x1e": "\u2011",
        "\uf02d": "−",
        "\uf06f": "□",
        "\uf076": "❖",
        "\uf0a7": "▪",
        "\uf0a8": "□",
        "\uf0b7": "•",
        "\uf0d8": "➢",
        "\uf0e0": "→",
        "\uf0e8": "→",
        "\uf0fc": "✓",
        "\uf0fe": "☑",
    }
)
REPLACEMENT = "\ufffd"
AROUND = "\u200c\u200d"


def readable(text: str) -> str:
    """The text with every character either one that can be seen or spaces it, in composed form.

    Ends of lines are one character; what is never drawn goes; Word's bullets become real ones;
    a control becomes "\ufffd". Applied twice, it changes nothing more.

    >>> readable("Satu\\vDua\\uf0b7 tiga\\u200b\\x07")
    'Satu\\nDua• tiga\ufffd'
    """
    lines = LINE_END.sub("\n", text.translate(WORD))
    return normalize("NFC", LOST.sub(REPLACEMENT, UNSEEN.sub("", lines)))


def entered(text: str) -> str:
    """What a person entered into a field, as it is stored: readable, without space around it.

    >>> entered(" Buka loket kedua ✅\\u200b ")
    'Buka loket kedua ✅'
    """
    kept = readable(text).strip()
    while kept != (kept := kept.strip(AROUND).strip()):
        pass
    return kept


def fit(text: str) -> str:
    """What was typed or is the name of a file, without bytes that are no text."""
    return text.encode(errors="replace").decode()

"""Text that people typed, shown as it stands where Streamlit reads Markdown."""

import re

SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")


def plain(text: str) -> str:
    r"""The text in which no character means anything to Markdown.

    >>> plain("[Menang!](http://x)")
    '\\[Menang\\!\\]\\(http\\://x\\)'
    """
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))

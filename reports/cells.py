"""Text in the cells of files that people open in a spreadsheet."""

import re

from analysis.characters import readable

# At the start of a cell; and behind what other settings or languages take for the end of one.
FORMULA = re.compile(r"(^|[;,|\t\r\n])(?=\s*[=+\-@＝＋－＠]|[\t\r\n])")


def harmless(text: str) -> str:
    """The readable text with an apostrophe wherever a spreadsheet would begin to compute.

    Every text that a person wrote goes through here on its way into a file of cells.
    Source: OWASP, CSV Injection.

    >>> harmless('=HYPERLINK("http://x")'), harmless("Poli;@SUM(A1)"), harmless("KTP-el")
    ('\\'=HYPERLINK("http://x")', "Poli;'@SUM(A1)", 'KTP-el')
    """
    return FORMULA.sub(r"\1'", readable(text))

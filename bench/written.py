"""The one table of all in ``docs/measurements.md``: what is found there, and what replaces it."""

from collections.abc import Mapping, Sequence

BEGIN, END = "<!-- python -m bench --write -->", "<!-- end of python -m bench -->"
# Seconds by subject and way.
Medians = Mapping[tuple[str, str], str]
CELLS = 6  # times, subject, way, median, fastest, median before


def medians_in(page: str) -> Medians:
    """The medians that stand in the table."""
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in _own(page).splitlines()]
    return {(row[1], row[2]): row[3] for row in rows if len(row) == CELLS and row[3][:1].isdigit()}


def rewritten(page: str, lines: Sequence[str]) -> str:
    """The page with these lines in place of those that stand there."""
    own = _own(page)
    return page.replace(own, "\n" + "\n".join(lines).strip() + "\n")


def _own(page: str) -> str:
    return page.split(BEGIN)[1].split(END)[0]

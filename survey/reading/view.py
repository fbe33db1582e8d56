"""What a person sees of a file while deciding what its columns mean."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analysis.errors import BadInput
from analysis.grids import read_sheets
from survey.reading.meanings import PERSONAL
from survey.reading.tables import Asked, Table, find_table
from survey.reading.understood import Understood, understand

EXAMPLES = 3
STAGES = ("opening", "finding", "answers")

Tell = Callable[[str], None]


@dataclass(frozen=True)
class ShownColumn:
    """A heading, what it holds, and the first different cells; none of who somebody is."""

    heading: str
    key: str | None
    examples: Sequence[str]


@dataclass(frozen=True)
class View:
    """A table that was found, and what is understood of it or why it is not.

    ``sheets``: all that can be seen; ``heading_row``: from 1.
    """

    name: str
    sheet: str
    sheets: Sequence[str]
    heading_row: int
    columns: Sequence[ShownColumn]
    understood: Understood | None
    refused: BadInput | None


def view_file(content: bytes, name: str, asked: Asked, tell: Tell) -> View:
    """Reads a file; ``tell`` is told each of ``STAGES`` as it begins.

    Raises BadInput for a file in which no table can be found.
    """
    tell("opening")
    sheets = read_sheets(content, name)
    tell("finding")
    table = find_table(sheets, asked, name)
    tell("answers")
    understood, refused = None, None
    try:
        understood = understand(table, content, asked)
    except BadInput as error:
        refused = error
    return View(
        name=name,
        sheet=table.sheet,
        sheets=[sheet.name for sheet in sheets if sheet.visible],
        heading_row=table.heading.row + 1,
        columns=_columns(table),
        understood=understood,
        refused=refused,
    )


def _columns(table: Table) -> list[ShownColumn]:
    shown = []
    for column in table.columns:
        texts = table.texts(column)
        examples: list[str] = texts[texts != ""].unique()[:EXAMPLES].tolist()
        if column.key == PERSONAL:
            examples = []
        shown.append(ShownColumn(column.heading, column.key, examples))
    return shown

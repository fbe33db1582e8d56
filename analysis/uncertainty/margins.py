"""Files of known margins: how the visits spread over the categories of some columns."""

from dataclasses import dataclass

from analysis.errors import BadInput, Place, Problem, Written, bad
from analysis.exact import exact
from analysis.index.composite import Origin
from analysis.tables import ROW, FileRows

COLUMNS = ("column", "category", "visits")
EVERY_UNIT = ""

# The visits, or shares of them, by category by column.
MarginShares = dict[str, dict[str, float]]


@dataclass(frozen=True)
class UnitMargins:
    """The margins of the units in a ``file``, by unit; under "" those of every unit."""

    file: str
    units: dict[str, MarginShares]

    @property
    def columns(self) -> list[str]:
        """The columns that any unit has margins of."""
        return sorted({column for known in self.units.values() for column in known})

    def of(self, unit: str) -> MarginShares:
        """A unit's own margins and those of every unit. Raises BadInput where there are none."""
        known = self.units.get(EVERY_UNIT, {}) | self.units.get(unit, {})
        if not known:
            raise bad("no_margins", Place(self.file), unit=Written(unit))
        return known


def read_margins(rows: FileRows, file: str) -> UnitMargins:
    """The margins in a file. Raises BadInput.

    Columns ``column``, ``category`` and ``visits``, counts or shares; and ``unit`` where units
    differ, blank for every unit.
    """
    frame = rows.frame().rename(columns=str.casefold)
    if absent := [name for name in COLUMNS if name not in frame.columns]:
        raise bad("absent_columns", Place(file), columns=absent, needed=COLUMNS)
    if frame.empty:
        raise bad("no_rows_of_margins", Place(file))
    origin = Origin(file, frame[ROW].to_list())
    units: dict[str, MarginShares] = {}
    problems: list[Problem] = []
    told = frame.reindex(columns=["unit", *COLUMNS], fill_value=EVERY_UNIT)
    for position, (unit, column, category, visits) in enumerate(told.itertuples(index=False)):
        known = units.setdefault(unit, {}).setdefault(column.casefold(), {})
        number = _positive(visits)
        if number is None:
            place = origin.cell(position, "visits")
            problems.append(Problem("visits_not_above_zero", place, found=Written(visits)))
        elif category in known or not category or not column:
            place = origin.cell(position, "category")
            found = Written(category)
            problems.append(Problem("category_again", place, found=found, column=Written(column)))
        else:
            known[category] = number
    if problems:
        raise BadInput(problems)
    return UnitMargins(file, units)


def _positive(text: str) -> float | None:
    try:
        number = float(exact(text))
    except ValueError:
        return None
    return number if number > 0 else None

"""The same data as other worksheets count it, beside the exact index: for comparison only."""

from dataclasses import dataclass
from fractions import Fraction

from analysis.index.reconcile import Way, reconcile
from analysis.index.satisfaction import Satisfaction
from locales import Language, say, show_number
from reports.workbooks.sheets import (
    Bands,
    Book,
    Head,
    grade_name,
    height,
    index_of,
    rounded,
    write_head,
)

COLUMNS = {"way": 34, "index_short": 10, "grade": 10, "difference": 10, "why": 70}


@dataclass(frozen=True)
class CountingWay:
    """One way to count, with its name, its grade, and why it differs, in one sentence."""

    way: Way
    name: str
    grade: str
    why: str


@dataclass(frozen=True)
class WorksheetResult:
    """What a worksheet found: its index, its bands, and the cells of its element means."""

    index: Satisfaction
    averaged: Fraction | None
    bands: Bands
    means: str


def compared(
    unit: Satisfaction, averaged: Fraction | None, language: Language
) -> list[CountingWay]:
    """The ways of ``analysis.index.reconcile`` in words, the exact one first."""
    ways = reconcile(unit, averaged)
    return [
        CountingWay(
            way=way,
            name=say(language, f"worksheet.way_{way.kind}", **_values(way, unit, language)),
            grade=grade_name(way.band),
            why=_why(way, ways[0], unit, language),
        )
        for way in ways
    ]


def _why(way: Way, exact: Way, unit: Satisfaction, language: Language) -> str:
    why = say(language, f"worksheet.why_{way.kind}", **_values(way, unit, language))
    if way.band == exact.band:
        return why
    grades = {"grade": grade_name(way.band), "exact": grade_name(exact.band)}
    return f"{why} {say(language, 'worksheet.other_grade', **grades)}"


def _values(way: Way, unit: Satisfaction, language: Language) -> dict[str, object]:
    k = len(unit.means)
    if way.weight is None:
        return {"k": k}
    printed = len(f"{float(way.weight):g}".partition(".")[2])
    highest = show_number(language, unit.scheme.span[1] * way.weight * k)
    return {"k": k, "weight": show_number(language, way.weight, printed), "highest": highest}


def write_reconciliation(book: Book, found: WorksheetResult, unit: str, head: Head) -> None:
    """The sheet of comparisons; none where there is no index."""
    told = compared(found.index, found.averaged, book.language)
    if not told:
        return
    sheet = book.sheet(book.say("reconciliation"), unit)
    lines = [book.say("unit", unit=unit), book.say("comparison_only")]
    top = write_head(book, sheet, book.say("reconciliation_title"), lines, head)
    for column, (key, width) in enumerate(COLUMNS.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(top, column, book.say(key), book.styles["heading"])
    styles, decimals = book.styles, found.index.scheme.decimals.value
    for row, one in enumerate(told, start=top + 1):
        cell, exact = f"B{row + 1}", f"B${top + 2}"
        shown, apart = float(one.way.shown), float(one.way.difference)
        difference = f"=ROUND({cell}-{exact},{decimals})"
        sheet.set_row(row, height((one.name, COLUMNS["way"]), (one.why, COLUMNS["why"])))
        sheet.write_string(row, 0, one.name, styles["cell"])
        if one.way.weight is None:
            sheet.write_number(row, 1, shown, styles["index"])
        else:
            formula = _index(one.way.weight, found)
            sheet.write_formula(row, 1, formula, styles["index"], shown)
        sheet.write_formula(row, 2, found.bands.grade_of(cell), styles["grade"], one.grade)
        sheet.write_formula(row, 3, difference, styles["difference"], apart)
        sheet.write_string(row, 4, one.why, styles["cell"])


def _index(weight: Fraction, found: WorksheetResult) -> str:
    scheme = found.index.scheme
    return f"={rounded(index_of(f'{weight}*SUM({found.means})', scheme), scheme)}"

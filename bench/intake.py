"""How long a workbook of a hundred thousand rows takes: python -m bench.intake

Reading by calamine stands beside reading by openpyxl, in one run, then the whole understanding.
"""

import io
import random
import time
from collections.abc import Callable

import openpyxl
import xlsxwriter

from analysis.grids import read_sheets
from analysis.rulebook.defaults import load_defaults
from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme
from models import now
from survey.reading.tables import Asked
from survey.reading.understood import read_file

ROWS = 100_000
HEADINGS = ("No", "Nama", "Umur", "Pendidikan", "Pekerjaan", "Jenis Kelamin", "Layanan")


def a_workbook(rows: int = ROWS) -> bytes:
    """Invented answers of so many respondents, as an office has them."""
    content, drawn = io.BytesIO(), random.Random(1)
    book = xlsxwriter.Workbook(content)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, [*HEADINGS, *(f"U{at}" for at in range(1, 10)), "Saran"])
    for at in range(1, rows + 1):
        school, work = drawn.choice(["SD", "SMP", "SMA", "S1"]), drawn.choice(["PNS", "Swasta"])
        person = [at, f"Contoh {at}", drawn.randint(17, 70), school, work, drawn.choice("LP"), ""]
        sheet.write_row(at, 0, [*person, *(drawn.randint(1, 4) for _ in range(9)), "baik"])
    book.close()
    return content.getvalue()


def main() -> None:
    """Prints the seconds, and of the processor, of each way."""
    content = a_workbook()
    instrument = load_instrument(load_defaults().questionnaire)
    asked = Asked(instrument, load_scheme(instrument.scheme), now().date())

    def by_openpyxl() -> int:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return sum(1 for _ in book.worksheets[0].iter_rows(values_only=True))

    ways: dict[str, Callable[[], int]] = {
        "cells by openpyxl": by_openpyxl,
        "cells by calamine": lambda: len(read_sheets(content, "a.xlsx")[0].grid().cells),
        "understood": lambda: read_file(content, "a.xlsx", asked).index.n,
    }
    for name, way in ways.items():
        clock, processor = time.perf_counter(), time.process_time()
        rows = way()
        taken, used = time.perf_counter() - clock, time.process_time() - processor
        print(f"{name}: {rows} rows, {taken:.1f} s, {used:.1f} s of the processor")


if __name__ == "__main__":
    main()

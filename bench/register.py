"""How long a nation's register takes to load, and to load again: python -m bench.register"""

import time
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from accounts.actors import COMMAND_LINE
from demonstration.nation import institutions
from desk.register.file import RegisterFile, file_words, read_register
from desk.register.load import load_register
from desk.register.plan import RegisterPlan
from desk.register.template import template_csv, template_xlsx
from models import Institution, migrate, open_engine, writing

MORE_UNITS = 100  # 4,100 in all
COUNTERS = 1  # a unit
CAP = 20  # seconds
Rows = list[list[str]]


def nation() -> Rows:
    """The rows of 586 institutions and 4,100 units, with services and counters."""
    places, rows = institutions(), []
    for place in places:
        above = place.province.code if place.province else ""
        kind = file_words().kinds[place.kind][0]
        rows.append(["instansi", place.code, place.name, above, kind, "WIB", ""])
    for place in places:
        rows += _units(place)
    more = (f"tambahan-{at}" for at in range(MORE_UNITS))
    return rows + [_row("unit", code, f"Unit {code}", places[0].code) for code in more]


def _units(place: Institution) -> Iterable[list[str]]:
    for unit in place.units:
        yield _row("unit", unit.code, unit.name, place.code)
        for service in unit.services:
            yield _row("layanan", service.code, service.name, unit.code)
        for at in range(1, COUNTERS + 1):
            yield _row("loket", f"loket-{at}", f"Loket {at}", unit.code)


def _row(level: str, code: str, name: str, above: str) -> list[str]:
    return [level, code, name, above, "", "", ""]


def measure(name: str, content: bytes, url: str) -> None:
    """Reads and loads a file, twice, and prints the seconds."""
    for time_of in ("first", "again"):
        starts, processor = time.monotonic(), time.process_time()
        file, plan = _load(name, content, url)
        took, worked = time.monotonic() - starts, time.process_time() - processor
        new = sum(number for _, number, _, _ in plan.numbers())
        told = f"{took:.1f} s, {worked:.1f} s of the processor; {new:,} new, cap {CAP} s"
        print(f"{name:14} {time_of:6} {len(file.rows):,} rows: {told}")


def _load(name: str, content: bytes, url: str) -> tuple[RegisterFile, RegisterPlan]:
    file = read_register(content, name)
    with writing(open_engine(url)) as session:
        return file, load_register(session, COMMAND_LINE, file)


def main() -> None:
    """Loads the nation from CSV and from XLSX, each into a database of its own."""
    rows = nation()
    lines = b"".join(";".join(row).encode() + b"\r\n" for row in rows)
    files = {"register.csv": template_csv("id") + lines, "register.xlsx": template_xlsx("id", rows)}
    for name, content in files.items():
        with TemporaryDirectory() as folder:
            url = f"sqlite:///{Path(folder) / 'register.sqlite3'}"
            migrate(url)
            measure(name, content, url)


if __name__ == "__main__":
    main()

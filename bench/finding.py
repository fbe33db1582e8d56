"""How fast citizens find one of a nation's 4,100 units: .venv/bin/python -m bench.finding

In the database of ``--database URL``, which is empty, else in a temporary SQLite file. Ends
with 1 where a search takes too long.
"""

import argparse
from datetime import timedelta
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from sqlalchemy import Engine

from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme
from demonstration.nation import institutions
from models import (
    InstrumentUsed,
    Period,
    SchemeUsed,
    Service,
    Unit,
    migrate,
    now,
    open_engine,
    reading,
    writing,
)
from survey.finding.finder import find_units
from survey.periods import open_institutions

INSTRUMENT = "skm-2017"
MORE_UNITS = 100  # 4,100 in all
SERVICES = ("KTP-el", "Kartu keluarga", "Akta kelahiran", "Imunisasi", "Poli umum", "Izin usaha")
SEARCHES = (
    *("ktp", "capil", "disdukcapil", "PKM", "puskemas", "kelurahn", "kesehatan"),
    *("puskesmas simulasi 41", "kependudukan kabupaten simulasi 300", "zzzzzz"),
    "mau urus kartu keluarga di dukcapil kota simulasi 17 dekat rumah saya besok pagi",
)
ROUNDS, MOST_SHOWN, MOST_SECONDS = 5, 50, 0.5


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.finding")
    parser.add_argument("--database", metavar="URL", help="an empty one")
    with TemporaryDirectory() as folder:
        url = parser.parse_args().database or f"sqlite:///{folder}/nation.sqlite"
        migrate(url)
        engine = open_engine(url)
        _load(engine)
        print("| typed | found | median, ms |\n|---|---|---|")
        slowest = max(_measure(engine, typed) for typed in SEARCHES)
        _measure_list(engine)
        engine.dispose()
    print(f"\nWanted: at most {MOST_SECONDS} s each.")
    return 0 if slowest <= MOST_SECONDS else 1


def _load(engine: Engine) -> None:
    """The nation's places, each with a period that is open today."""
    instrument = load_instrument(INSTRUMENT)
    scheme = load_scheme(instrument.scheme)
    places, today = institutions(), now().date()
    units = [unit for place in places for unit in place.units]
    for at, unit in enumerate(units):
        for service, name in zip(unit.services, SERVICES[at % 5 :], strict=False):
            service.name = name
    places[0].units += [
        Unit(code=f"tambahan-{at}", name=f"Kelurahan {at}", services=[Service(code="a", name="A")])
        for at in range(MORE_UNITS)
    ]
    asked = InstrumentUsed(hash=instrument.hash, key=instrument.id, text=instrument.yaml)
    used = SchemeUsed(hash=scheme.hash, key=scheme.id, text=scheme.yaml)
    periods = [
        Period(
            institution=place,
            code="1",
            name="Satu",
            starts=today - timedelta(days=9),
            ends=today + timedelta(days=9),
            instrument=asked,
            scheme=used,
            opened_at=now(),
        )
        for place in places
    ]
    with writing(engine) as session:
        session.add_all([*places, *periods])


def _measure(engine: Engine, typed: str) -> float:
    """Prints how long a search takes; gives its median in seconds."""
    took, found = [], 0
    for _ in range(ROUNDS):
        starts = perf_counter()
        with reading(engine) as session:
            found = len(find_units(session, now(), typed, MOST_SHOWN))
        took.append(perf_counter() - starts)
    print(f"| {typed} | {found} | {1000 * median(took):.0f} |")
    return median(took)


def _measure_list(engine: Engine) -> None:
    starts = perf_counter()
    with reading(engine) as session:
        found = len(open_institutions(session, now()))
    print(f"| (the institutions) | {found} | {1000 * (perf_counter() - starts):.0f} |")


if __name__ == "__main__":
    raise SystemExit(main())

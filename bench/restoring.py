"""How long a backup of 1,000,000 responses takes, and to restore it.

.venv/bin/python -m bench.restoring; ``--responses N`` for fewer. SQLite in a temporary folder
(TMPDIR), or from the empty database of ``--database URL`` to that of ``--again URL``; each response
with answers to nine questions and a receipt. The commands are those of ``python -m models``.
"""

import os
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import text

from bench.places import SKM, THIS_YEAR, an_institution
from models import answers_table, every_table, migrate, open_engine, writing
from models.__main__ import main as models_main
from survey.receipts import instance_secret
from survey.storage import CheckedResponse, store

RESPONSES = 1_000_000
PLACE = ("institution", "unit", "period")
NUMBERS = "WITH RECURSIVE one(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM one WHERE n < {0}) "
ANSWERS = answers_table(SKM.id, SKM.allowed).name
PARTS = ("responses", ANSWERS, "experiences")


def copying(table: str, key: str) -> str:
    """The statement that copies the table's one row under each of the new keys."""
    columns = [one.name for one in every_table().tables[table].columns]
    taken = ", ".join("copies.key" if one == key else f"{table}.{one}" for one in columns)
    listed = ", ".join(columns)
    return f"INSERT INTO {table} ({listed}) SELECT {taken} FROM copies, {table}"


# What a new key and a hash are made of.
CHANCE = {
    "sqlite": ("lower(hex(randomblob(16)))", "lower(hex(randomblob(32)))"),
    "postgresql": (
        "gen_random_uuid()",
        "replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')",
    ),
}


def copied(engine: str) -> tuple[str, ...]:
    """The statements that copy the one response, and make receipts."""
    key, digest = CHANCE[engine]
    return (
        f"CREATE TEMPORARY TABLE copies AS {NUMBERS.format(':most')} SELECT {key} AS key FROM one",
        *(copying(table, "id" if table == "responses" else "response_id") for table in PARTS),
        "INSERT INTO receipts (code_hash, institution_id, unit_id, period_id) "
        + NUMBERS.format(":receipts")
        + f"SELECT {digest}, :institution, :unit, :period FROM one",
    )


def main() -> int:
    parser = ArgumentParser(prog="python -m bench.restoring", description=__doc__)
    parser.add_argument("--responses", type=int, default=RESPONSES)
    parser.add_argument("--database", metavar="URL", help="PostgreSQL, empty, as its owner")
    parser.add_argument("--again", metavar="URL", help="another one, to restore into")
    asked = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        files = [f"sqlite:///{folder / one}/suara-layanan.sqlite3" for one in ("data", "again")]
        return _measure(
            folder, asked.responses, asked.database or files[0], asked.again or files[1]
        )


def _measure(folder: Path, wanted: int, source: str, target: str) -> int:
    keys = {name: folder / f"{name}.txt" for name in ("backup", "keys")}
    for file in keys.values():
        models_main(["backup-key", str(file)])
    to, keys_to = (file.read_text().split()[2] for file in keys.values())
    _be_at(folder / "data", source)
    _fill(folder / "data", wanted)
    taken = _seconds(["backup", str(folder / "b.age"), "--to", to, "--keys-to", keys_to])
    who = ["--identity", str(keys["backup"]), "--keys-identity", str(keys["keys"])]
    _be_at(folder / "again", target)
    checked = _seconds(["restore", str(folder / "b.age"), *who, "--dry-run"])
    restored = _seconds(["restore", str(folder / "b.age"), *who])
    size = (folder / "b.age").stat().st_size / 1e6
    print("| responses | backup, MB | taken, s | restore --dry-run, s | restored, s |")
    print("|---|---|---|---|---|")
    print(f"| {wanted:,} | {size:.0f} | {taken:.1f} | {checked:.1f} | {restored:.1f} |")
    return 0


def _be_at(folder: Path, url: str) -> None:
    """An instance of its own from now on, as the environment names one."""
    os.environ["DATA"], os.environ["DATABASE_URL"] = str(folder), url


def _seconds(command: list[str]) -> float:
    start = time.perf_counter()
    if models_main(command):
        raise SystemExit(f"{command[0]} failed")
    return time.perf_counter() - start


def _fill(folder: Path, wanted: int) -> None:
    """One response stored as the service stores it, then copied under other random keys."""
    url = os.environ["DATABASE_URL"]
    folder.mkdir()
    instance_secret(folder)
    migrate(url)
    engine = open_engine(url)
    with writing(engine) as session:
        units, (period,) = an_institution(session, 1, 1, [THIS_YEAR])
        row = CheckedResponse(
            dict.fromkeys(SKM.allowed, 3), "open_link", "self", experience=("none",)
        )
        store(session, units[0], period, SKM, [row])
        place = (period.institution_id, units[0].id, period.id)
        for statement in copied(engine.dialect.name):
            values = {"most": wanted - 1, "receipts": wanted}
            session.execute(text(statement), values | dict(zip(PLACE, place, strict=True)))
    engine.dispose()


if __name__ == "__main__":
    sys.exit(main())

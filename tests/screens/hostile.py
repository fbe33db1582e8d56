"""A demonstration in which every person wrote what would like to be markup."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, String, Text, event, text
from sqlalchemy.orm import Mapper

from demonstration import load as demonstration
from models import every_table, open_engine
from models.base import Base

HOSTILE = (
    "www.evil.test/masuk :material/verified: **x** $a$ -> [y](http://e.test) <b>&amp; `c` "
    ":red[z] # h | t ~~s~~ https://e.test a@b.test :smile: <= http://evil.test"
)
SHORT = "www.evil.test **x** [y](//e.test) :smile: <b>&amp;"
# What people write; all else is ours: codes, kinds, sums, documents.
WRITTEN: Mapping[str, tuple[str, ...]] = {
    "assessments": ("note",),
    "audit_events": ("actor",),
    "batches": ("file_name", "actor"),
    "collection_notes": ("team", "place", "way"),
    "collection_photos": ("caption",),
    "column_meanings": ("heading",),
    "comments": ("text",),
    "consultations": ("minutes",),
    "counters": ("name",),
    "declarations": ("reason",),
    "evidence": ("file_name",),
    "exclusions": ("reason",),
    "finding_steps": ("text",),
    "findings": ("text",),
    "follow_up_steps": ("account",),
    "follow_ups": ("programme", "person"),
    "former_names": ("name",),
    "instance_keys": ("reason",),
    "institutions": ("name",),
    "interviewers": ("name",),
    "keyings": ("name",),
    "kiosks": ("name",),
    "late_countings": ("reason",),
    "media": ("place",),
    "objection_releases": ("reason",),
    "objections": ("reason", "answer"),
    "ombudsman_products": ("number",),
    "periods": ("name",),
    "product_statuses": ("note",),
    "proposals": ("reason",),
    "reconciliations": ("reason",),
    "sampled_assessors": ("reason",),
    "sampled_subjects": ("reason",),
    "sampled_units": ("reason",),
    "secondary_figures": ("source",),
    "secondary_withdrawals": ("reason",),
    "self_assessments": ("note",),
    "sent_bundles": ("reason",),
    "services": ("name",),
    "trusted_key_ends": ("reason",),
    "trusted_keys": ("reason",),
    "unit_changes": ("reason",),
    "units": ("name",),
    "users": ("name",),
    "visit_corrections": ("reason",),
    "waivers": ("reason",),
    "withdrawals": ("reason",),
}
# What of the columns that could hold a sentence is ours.
OURS: Mapping[str, tuple[str, ...]] = {
    "announcements": ("document",),
    "assessments": ("link",),
    "batches": ("again", "asked"),
    "comment_labels": ("elements",),
    "final_counts": ("people",),
    "final_tallies": ("counts", "experienced"),
    "instance_keys": ("public_key",),
    "instruments": ("text",),
    "jobs": ("problem", "file_name"),
    "keyed_sheets": ("filled",),
    "linked_identities": ("issuer", "subject"),
    "publications": ("document",),
    "received_bundles": ("document",),
    "rounds": ("sampling",),
    "schemes": ("text",),
    "screenings": ("document",),
    "seals": ("public_key",),
    "sent_bundles": ("document",),
    "second_factors": ("encrypted",),
    "self_assessments": ("link",),
    "sign_films": ("address",),
    "snapshots": ("tally",),
    "triage_versions": ("parameters", "scores"),
    "trusted_keys": ("public_key",),
    "users": ("password_hash",),
}
# By which the people of the demonstration are told apart where a name has to be its own.
UNIQUE = {"institutions", "units", "services", "periods", "users"}


def hostile(table: str, column: str, was: str) -> str:
    """What stands there instead of what was written."""
    size = getattr(every_table().tables[table].c[column].type, "length", None)
    wish = SHORT if size is not None and size < 200 else HOSTILE
    return f"{wish} {was[:8]}" if table in UNIQUE else wish


@contextmanager
def hostile_people() -> Iterator[None]:
    """Whatever is written through a model meanwhile is hostile, sealed documents with it."""

    def change(mapper: Mapper[object], _connection: Connection, row: object) -> None:
        table = mapper.local_table.name  # type: ignore[attr-defined]
        if table == "audit_events":
            return  # which bear the names of accounts, and those are hostile already
        for column in WRITTEN.get(table, ()):
            if was := getattr(row, column):
                setattr(row, column, hostile(table, column, was))

    every_table()
    for mapper in Base.registry.mappers:
        event.listen(mapper, "before_insert", change)
    try:
        yield
    finally:
        for mapper in Base.registry.mappers:
            event.remove(mapper, "before_insert", change)


def load_hostile(migrated: Path, file: Path, secret: bytes = bytes(32)) -> Engine:
    """The demonstration of hostile people, in a copy of the migrated file."""
    shutil.copyfile(migrated, file)
    engine = open_engine(f"sqlite:///{file}")
    with hostile_people():
        demonstration.load(engine, secret)
    _rewrite_what_was_stored_in_rows(engine)
    return engine


def _rewrite_what_was_stored_in_rows(engine: Engine) -> None:
    """What no model wrote; what guards it is taken away for that, and put back."""
    with engine.begin() as connection:
        asked = text("select name, sql from sqlite_master where type = 'trigger'")
        guards = connection.execute(asked).all()
        for name, _ in guards:
            connection.execute(text(f'drop trigger "{name}"'))
        for table, columns in WRITTEN.items():
            for column in columns:
                if table not in UNIQUE:
                    told = {"wish": hostile(table, column, "")}
                    changed = f"update {table} set {column} = :wish where {column} <> ''"
                    connection.execute(text(changed), told)
        for _, made in guards:
            connection.exec_driver_sql(made)


def columns_of_text() -> dict[str, set[str]]:
    """The columns that could hold a sentence, by table."""
    return {
        table.name: {
            column.name
            for column in table.columns
            if isinstance(column.type, Text)
            or (isinstance(column.type, String) and (column.type.length or 0) >= 200)
        }
        for table in every_table().sorted_tables
    }

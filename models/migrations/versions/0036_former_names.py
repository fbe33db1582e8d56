"""Former names are found as the present ones are: their trigrams are kept by the database too."""

from alembic import op

revision = "0036"
down_revision = "0035"

ADDED = "INSERT INTO former_names_search (rowid, name) VALUES (NEW.id, NEW.name);"
REMOVED = (
    "INSERT INTO former_names_search (former_names_search, rowid, name)"
    " VALUES ('delete', OLD.id, OLD.name);"
)


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            "CREATE INDEX former_names_search ON former_names USING gin (name gin_trgm_ops)"
            " WITH (fastupdate = off)"
        )
        return
    op.execute(
        "CREATE VIRTUAL TABLE former_names_search USING fts5"
        " (name, content='former_names', content_rowid='id', tokenize='trigram')"
    )
    for act, kept in (
        ("INSERT", ADDED),
        ("DELETE", REMOVED),
        ("UPDATE OF name", REMOVED + ADDED),
    ):
        name = f"former_names_search_{act.split()[0].lower()}"
        op.execute(f"CREATE TRIGGER {name} AFTER {act} ON former_names BEGIN {kept} END")
    op.execute("INSERT INTO former_names_search (former_names_search) VALUES ('rebuild')")

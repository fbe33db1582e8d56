"""Who reads a comment; those that stand as they were written may lose personal data, once."""

from alembic import op

from models.migrations.guards import refuse_update, replace_check

revision = "0017"
down_revision = "0012"


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(f"DROP TRIGGER comments_no_update{'' if sqlite else ' ON comments'}")
    column = "readers VARCHAR(30) CONSTRAINT ck_comments_readers CHECK (readers IN {})"
    op.execute(f"ALTER TABLE comments ADD COLUMN {column.format(('unit', 'ombudsman'))}")
    replace_check(
        "comments", "length", "length(text) BETWEEN 1 AND 2000", "length(text) BETWEEN 1 AND 6000"
    )
    refuse_update("comments", ["response_id"])
    refuse_update("comments", when="OLD.readers IS NOT NULL OR NEW.readers IS NULL")

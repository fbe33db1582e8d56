"""The ways in: a unit's open link, its kiosks, and a third language one file away."""

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import refuse_removal, refuse_update

revision = "0005"
down_revision = "0004"

TWO_LANGUAGES = "language IN ('id', 'en')"
ANY_LANGUAGE = (
    "length(language) BETWEEN 2 AND 3 AND ltrim(language, 'abcdefghijklmnopqrstuvwxyz') = ''"
)


def upgrade() -> None:
    op.add_column(
        "units", sa.Column("open_link", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    create_kiosks()
    loosen_language()


def create_kiosks() -> None:
    op.create_table(
        "kiosks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["institution_id", "unit_id"],
            ["units.institution_id", "units.id"],
            name=op.f("fk_kiosks_institution_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosks")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_kiosks_key_hash")),
    )
    refuse_removal("kiosks")
    columns = ["id", "institution_id", "unit_id", "name", "key_hash", "created_at"]
    refuse_update("kiosks", columns)
    # SQLite lets a row number be changed under other names than id.
    refuse_update("kiosks", when="OLD.closed_at IS NOT NULL OR NEW.id <> OLD.id")


def loosen_language() -> None:
    """Which languages there are is checked where they are known, in ``survey.checks``."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_responses_language"), "responses", type_="check")
        op.create_check_constraint(op.f("ck_responses_language"), "responses", ANY_LANGUAGE)
        return
    # SQLite's own way to loosen a check (lang_altertable.html, 7): a copy of the table would
    # lose its triggers, and those of others that look into it would stop the renaming.
    op.execute("PRAGMA writable_schema = ON")
    op.get_bind().execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :old, :new) WHERE name = 'responses'"),
        {"old": TWO_LANGUAGES, "new": ANY_LANGUAGE},
    )
    op.execute("PRAGMA writable_schema = RESET")

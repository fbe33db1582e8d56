"""A small index by which SQLite finds a publication.

Its table is kept in the order of the key, each row with a document of megabytes, which SQLite reads
whole to compare a key: for each of a nation's thousands of counts, as it checks what they refer to.
"""

from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    op.create_index(op.f("ix_publications_id"), "publications", ["id"], unique=True)

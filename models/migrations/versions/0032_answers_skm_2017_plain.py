"""The table of the answers to one instrument."""

from models.migrations.guards import create_answers_table

revision = "0032"
down_revision = "0031"

NAME = "answers_skm_2017_plain"
ITEMS = {
    "requirements": (1, 2, 3, 4),
    "procedure": (1, 2, 3, 4),
    "time": (1, 2, 3, 4),
    "cost": (1, 2, 3, 4),
    "product": (1, 2, 3, 4),
    "competence": (1, 2, 3, 4),
    "conduct": (1, 2, 3, 4),
    "facilities": (1, 2, 3, 4),
    "complaints": (1, 2, 3, 4),
}


def upgrade() -> None:
    create_answers_table(NAME, ITEMS)

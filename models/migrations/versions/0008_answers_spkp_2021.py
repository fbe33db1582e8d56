"""The table of the answers to one instrument."""

from models.migrations.guards import create_answers_table

revision = "0008"
down_revision = "0007"

NAME = "answers_spkp_2021"
ITEMS = {
    "information": (1, 2, 3, 4, 5, 6),
    "requirements": (1, 2, 3, 4, 5, 6),
    "procedure": (1, 2, 3, 4, 5, 6),
    "time": (1, 2, 3, 4, 5, 6),
    "cost": (1, 2, 3, 4, 5, 6),
    "facilities": (1, 2, 3, 4, 5, 6),
    "response": (1, 2, 3, 4, 5, 6),
    "complaints": (1, 2, 3, 4, 5, 6),
}


def upgrade() -> None:
    create_answers_table(NAME, ITEMS)

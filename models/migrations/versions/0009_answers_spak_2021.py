"""The table of the answers to one instrument."""

from models.migrations.guards import create_answers_table

revision = "0009"
down_revision = "0008"

NAME = "answers_spak_2021"
ITEMS = {
    "discrimination": (1, 2, 3, 4, 5, 6),
    "cheating": (1, 2, 3, 4, 5, 6),
    "reward": (1, 2, 3, 4, 5, 6),
    "levy": (1, 2, 3, 4, 5, 6),
    "broker": (1, 2, 3, 4, 5, 6),
}


def upgrade() -> None:
    create_answers_table(NAME, ITEMS)

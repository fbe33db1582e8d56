"""The table of the answers to one instrument."""

from models.migrations.guards import create_answers_table

revision = "0003"
down_revision = "0002"

NAME = "answers_skm_2026"
ITEMS = {
    "p1": (1, 2, 3, 4),
    "p2": (1, 2, 3, 4),
    "p3": (1, 2, 3, 4),
    "p4": (1, 2, 3, 4),
    "p5": (1, 2, 3, 4),
    "p6": (1, 2, 3, 4),
    "p7": (1, 2, 3, 4),
    "p8": (1, 2, 3, 4),
    "p9": (1, 2, 3, 4),
    "p10": (1, 2, 3, 4),
    "p11": (1, 2, 3, 4),
    "p12": (1, 2, 3, 4),
    "p13": (1, 2, 3, 4),
    "p14": (1, 2, 3, 4),
    "p15": (1, 2, 3, 4),
    "p16": (1, 2, 3, 4),
}


def upgrade() -> None:
    create_answers_table(NAME, ITEMS)

"""The table of the answers to one instrument."""

from models.migrations.guards import create_answers_table

revision = "0023"
down_revision = "0022"

NAME = "answers_skm_2004"
ITEMS = {
    "procedure": (1, 2, 3, 4),
    "requirements": (1, 2, 3, 4),
    "clarity": (1, 2, 3, 4),
    "discipline": (1, 2, 3, 4),
    "responsibility": (1, 2, 3, 4),
    "ability": (1, 2, 3, 4),
    "speed": (1, 2, 3, 4),
    "justice": (1, 2, 3, 4),
    "courtesy": (1, 2, 3, 4),
    "fair_cost": (1, 2, 3, 4),
    "certain_cost": (1, 2, 3, 4),
    "schedule": (1, 2, 3, 4),
    "comfort": (1, 2, 3, 4),
    "security": (1, 2, 3, 4),
}


def upgrade() -> None:
    create_answers_table(NAME, ITEMS)

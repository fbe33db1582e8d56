"""The tables that answer neither citizens nor log-ins: loaded all at once, when first asked for.

Their classes are taken from ``models`` as all others are. Meanwhile others may be answered: no
class here may name one in a relationship that is declared after it.
"""

from functools import cache
from importlib import import_module
from types import ModuleType

from sqlalchemy import MetaData

from models.base import Base

FURTHER = (
    "assessments",
    "collecting",
    "comments",
    "declarations",
    "federation",
    "final_counts",
    "findings",
    "objections",
    "opinion",
    "rounds",
    "screenings",
    "sign_offs",
    "snapshots",
    "thinned",
    "visits",
)


def every_table() -> MetaData:
    """All tables: whoever goes through them asks here."""
    _modules()
    return Base.metadata


def found_further(name: str) -> object:
    """What one of the further modules calls so."""
    return next(vars(module)[name] for module in _modules() if name in vars(module))


@cache
def _modules() -> list[ModuleType]:
    return [import_module(f"models.{name}") for name in FURTHER]

"""Whether the database has room for an instrument: its items, forms and respondents."""

import re
from collections.abc import Callable, Iterable

from sqlalchemy import inspect
from sqlalchemy.exc import NoSuchTableError
from sqlalchemy.orm import Session

from analysis.errors import BadInput, Problem, bad, quote
from analysis.rulebook.instrument import Instrument
from models import Response, answers_name
from models.responses import FORMS, RESPONDENT

# They become names of tables and columns; PostgreSQL allows 63 characters with all prefixes.
ID = re.compile("[a-z][a-z0-9-]{0,29}")
KEY = re.compile("[a-z][a-z0-9_]{0,19}")
LONGEST_OPTION = 30


def require_room(instrument: Instrument) -> None:
    """Raises BadInput for what no table could hold: all of it, by key."""
    fields = instrument.respondent.fields
    taken = {"response_id", "month", *Response.__table__.columns.keys()}
    rules: list[tuple[str, Iterable[str], Callable[[str], object], str]] = [
        ("id", [instrument.id], ID.fullmatch, "a-z, 0-9 and -, at most 30, a letter first"),
        ("item", instrument.allowed, KEY.fullmatch, "a-z, 0-9 and _, at most 20, a letter first"),
        ("item", instrument.allowed, lambda key: key not in taken, "another name"),
        ("form", instrument.experience.forms, FORMS.__contains__, f"one of {', '.join(FORMS)}"),
        (
            "respondent",
            [field.key for field in fields],
            RESPONDENT.__contains__,
            f"one of {', '.join(RESPONDENT)}",
        ),
        (
            "option",
            [option for field in fields for option in field.options],
            lambda key: len(key) <= LONGEST_OPTION,
            f"at most {LONGEST_OPTION} characters",
        ),
    ]
    problems = [
        Problem(f"{instrument.id}: {what}", quote(key), expected)
        for what, keys, fits, expected in rules
        for key in keys
        if not fits(key)
    ]
    if problems:
        raise BadInput(problems)


def require_table(session: Session, instrument: Instrument) -> None:
    """Raises BadInput unless the database has the table of exactly the instrument's items."""
    require_room(instrument)
    name = answers_name(instrument.id)
    try:
        columns = {column["name"] for column in inspect(session.connection()).get_columns(name)}
    except NoSuchTableError as error:
        expected = f"a table {name}: run python -m survey answers-table, then migrate"
        raise bad(instrument.id, "no table for its answers", expected) from error
    if columns != {"response_id", *instrument.allowed}:
        raise bad(instrument.id, "other items than those of its table", "a new id for new items")

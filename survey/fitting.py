"""Whether the database has room for an instrument: its items, forms and respondents."""

import re

from sqlalchemy import inspect
from sqlalchemy.exc import NoSuchTableError
from sqlalchemy.orm import Session

from analysis.errors import BadInput, Place, Problem, bad
from analysis.rulebook.instrument import Instrument
from models import Response, answers_name
from models.responses import FORMS, RESPONDENT

# They become names of tables and columns; PostgreSQL allows 63 characters with all prefixes.
ID = re.compile("[a-z][a-z0-9-]{0,29}")
KEY = re.compile("[a-z][a-z0-9_]{0,19}")
LONGEST_OPTION = 30


def require_room(instrument: Instrument) -> None:
    """Raises BadInput for what no table could hold: all of it, by key."""
    place, items = Place(instrument.id), instrument.allowed
    taken = {"response_id", "month", *Response.__table__.columns.keys()}
    fields = instrument.respondent.fields
    options = [option for field in fields for option in field.options]
    checked: list[tuple[object, Problem]] = [
        (ID.fullmatch(instrument.id), Problem("id_unfit", place)),
        *((KEY.fullmatch(key), Problem("item_unfit", place, item=key)) for key in items),
        *((key not in taken, Problem("item_taken", place, item=key)) for key in items),
        *(
            (form in FORMS, Problem("form_unstored", place, form=form, known=FORMS))
            for form in instrument.experience.forms
        ),
        *(
            (
                field.key in RESPONDENT,
                Problem("field_unstored", place, field=field.key, known=RESPONDENT),
            )
            for field in fields
        ),
        *(
            (
                len(option) <= LONGEST_OPTION,
                Problem("long_option", place, option=option, most=LONGEST_OPTION),
            )
            for option in options
        ),
    ]
    problems = [problem for fits, problem in checked if not fits]
    if problems:
        raise BadInput(problems)


def require_table(session: Session, instrument: Instrument) -> None:
    """Raises BadInput unless the database has the table of exactly the instrument's items."""
    require_room(instrument)
    name = answers_name(instrument.id)
    try:
        columns = {column["name"] for column in inspect(session.connection()).get_columns(name)}
    except NoSuchTableError as error:
        raise bad("no_table", Place(instrument.id), table=name) from error
    if columns != {"response_id", *instrument.allowed}:
        raise bad("other_items", Place(instrument.id))

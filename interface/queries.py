"""What may be asked of a list: the parameters behind the question mark."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError
from starlette.datastructures import QueryParams

from analysis.errors import BadInput, Place, Problem
from analysis.rules import problem_of
from desk.public.records import CODE

MOST_A_PART, LAST_PART = 500, 100_000


def _digits(value: object) -> object:
    """Digits and nothing else: Python would also read " 1_0"."""
    if isinstance(value, str) and not (value.isascii() and value.isdecimal()):
        raise PydanticCustomError("int_parsing", "a whole number in digits")
    return value


Whole = BeforeValidator(_digits)
AskedCode = Annotated[str, Field(pattern=CODE, max_length=60)]


class NoQuery(BaseModel):
    """Nothing may be asked."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ListQuery(NoQuery):
    """In which format; without it, what the header Accept prefers."""

    format: Literal["json", "csv"] | None = None


class AnnouncementQuery(ListQuery):
    """Which announcements, and which part of their list."""

    institution: Annotated[AskedCode | None, Field(description="Code of an institution")] = None
    unit: Annotated[AskedCode | None, Field(description="Code of a unit")] = None
    year: Annotated[
        int | None, Field(ge=1945, le=9999, description="In which the survey ended"), Whole
    ] = None
    page: Annotated[int, Field(ge=1, le=LAST_PART, description="Which part, from 1"), Whole] = 1
    size: Annotated[int, Field(ge=1, le=MOST_A_PART, description="Of a part"), Whole] = 100


def read_query(kind: type[NoQuery], asked: QueryParams) -> NoQuery:
    """The parameters as ``kind`` declares them. Raises BadInput naming each that is unfit."""
    pairs = asked.multi_items()
    names = [name for name, _ in pairs]
    if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        raise BadInput([Problem("parameter_twice", Place(key=name)) for name in twice])
    try:
        return kind.model_validate(dict(pairs))
    except ValidationError as error:
        problems = [problem_of(one, _parameter) for one in error.errors()]
        raise BadInput(problems) from error


def _parameter(name: str, *_deeper: object) -> Place:
    return Place(key=name)

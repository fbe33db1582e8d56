"""What was understood of a file, in words and as JSON."""

from collections.abc import Mapping
from typing import Any

from locales import say
from locales.refusals import sentence, show_value
from survey.reading.understood import LeftOut, Understood, Warned


def as_document(understood: Understood, language: str = "en") -> dict[str, Any]:
    """What was understood as JSON: ``index`` and ``grade`` as in python -m analysis."""
    index = understood.index
    return {
        "sheet": understood.sheet,
        "heading_row": understood.heading_row,
        "n": index.n,
        "index": index.shown,
        "grade": index.band.grade if index.band else None,
        "columns": dict(understood.columns),
        "left_out": [
            {"row": one.row, "why": why_left_out(language, one)} for one in understood.left_out
        ],
        "warnings": [warning(language, one) for one in understood.warnings],
    }


def as_lines(understood: Understood) -> list[str]:
    """The same in English sentences, without what it warns of."""
    index = understood.index
    sheet = f", sheet {understood.sheet}" if understood.sheet else ""
    known = [f"{heading} = {key}" for heading, key in understood.columns.items() if key]
    none = sentence("en", index.no_index) if index.no_index else ""
    told = f"{index.shown} {index.band.grade}" if index.band else none
    return [
        f"{understood.name}{sheet}: heading in row {understood.heading_row}, {index.n} respondents",
        f"columns: {', '.join(known)}",
        f"satisfaction index of this file: {told}",
        *(f"row {one.row} left out: {why_left_out('en', one)}" for one in understood.left_out),
    ]


def why_left_out(language: str, one: LeftOut) -> str:
    """Why a row is no respondent."""
    return say(language, f"left_out.{one.why}", text=f"“{one.text}”")


def warning(language: str, one: Warned) -> str:
    """What a person should know of a file."""
    values: Mapping[str, str] = {
        name: show_value(language, value) for name, value in one.values.items()
    }
    if "what" in values:
        values = {**values, "what": say(language, f"meanings.{values['what']}")}
    return say(language, f"understood.{one.code}", **values)

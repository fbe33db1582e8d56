"""Errors of the data in files: columns ``<node>_se`` beside the nodes' own; double judgements."""

from collections.abc import Mapping, Sequence
from math import sqrt

from analysis.errors import BadInput, Place, Problem, Written, bad
from analysis.exact import exact
from analysis.index.composite import Column, MeasureUnit, Origin
from analysis.rulebook.scheme import ROOT, Scheme, reach
from analysis.tables import ROW, FileRows

ERROR = "_se"
DOUBLE = ("first", "second")
RUNGS = range(5)

ErrorColumns = Mapping[str, Sequence[float | None]]


def error_headings(headings: Sequence[str], scheme: Scheme) -> dict[str, str]:
    """By node the heading of its column of standard errors, where there is one; case is ignored."""
    keys = {key.casefold(): key for key in (ROOT, *(node.key for node in scheme.nodes()))}
    return {
        keys[name.removesuffix(ERROR)]: heading
        for heading in headings
        if (name := heading.casefold()) not in keys
        if name.endswith(ERROR) and name.removesuffix(ERROR) in keys
    }


def read_errors(
    rows: FileRows, scheme: Scheme, file: str, unit: MeasureUnit = "percent"
) -> dict[str, Column]:
    """The columns of standard errors by node, on the scale of the node's own; blank is None.

    With ``unit`` "points" those of the root's children come in weight points, as their values
    do. Raises BadInput for what is no number, or below 0, and without the node's own column.
    """
    frame = rows.frame()
    origin = Origin(file, frame[ROW].to_list())
    own = {heading.casefold() for heading in rows.headings}
    full = {
        node.key: reach(node)[1] / node.weight.value if unit == "points" else 1
        for node in scheme.children
    }
    found: dict[str, Column] = {}
    problems: list[Problem] = []
    for key, heading in error_headings(rows.headings, scheme).items():
        if key.casefold() not in own:
            raise bad("error_of_nothing", Place(file, column=heading), node=key)
        column = []
        for position, text in enumerate(frame[heading].to_list()):
            try:
                value = exact(text) * full.get(key, 1) if text else None
            except ValueError:
                value = None
                problems.append(
                    Problem("no_number", origin.cell(position, heading), found=Written(text))
                )
            if value is not None and value < 0:
                problems.append(
                    Problem("error_below_zero", origin.cell(position, heading), found=value)
                )
            column.append(value)
        found[key] = column
    if problems:
        raise BadInput(problems)
    return found


def read_double(rows: FileRows, file: str) -> list[tuple[int, int]]:
    """Pairs of rungs that two assessors gave the same things: columns ``first`` and ``second``.

    Raises BadInput for other columns, for what is no rung, and for fewer than two pairs.
    """
    headings = {heading.casefold(): heading for heading in rows.headings}
    if absent := [name for name in DOUBLE if name not in headings]:
        raise bad("absent_columns", Place(file), columns=absent, needed=[*DOUBLE])
    frame = rows.frame()
    origin = Origin(file, frame[ROW].to_list())
    allowed = {str(rung): rung for rung in RUNGS}
    problems = [
        Problem("no_double_rung", origin.cell(position, headings[name]), found=Written(text))
        for name in DOUBLE
        for position, text in enumerate(frame[headings[name]].to_list())
        if text not in allowed
    ]
    if problems:
        raise BadInput(problems)
    one, other = ([allowed[text] for text in frame[headings[name]]] for name in DOUBLE)
    if len(one) < 2:
        raise bad("few_doubles", Place(file), found=len(one))
    return list(zip(one, other, strict=True))


def disagreement(pairs: Sequence[tuple[int, int]]) -> float:
    """The standard deviation of one judgement, in rungs: sqrt(mean of (a - b)^2 / 2).

    >>> disagreement([(4, 3), (2, 2), (1, 2), (3, 3)])
    0.5
    """
    return sqrt(sum((one - other) ** 2 for one, other in pairs) / (2 * len(pairs)))

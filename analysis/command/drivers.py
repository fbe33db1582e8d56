"""The command ``importance``: what drives the overall rating."""

import argparse

from analysis.command.answers import read_answers, read_overall
from analysis.command.files import asked_of
from analysis.command.report import CommandReport, tell
from analysis.errors import Problem
from analysis.soundness.importance import (
    Importance,
    VarianceShares,
    element_values,
    importance,
    variance_shares,
)
from analysis.tables import open_table, refuse_empty
from locales.refusals import sentence


def _importance(options: argparse.Namespace) -> CommandReport:
    asked, rows, name = asked_of(options), open_table(options.file, tell), options.file.name
    columns = asked.columns(rows.headings, name)
    refuse_empty(rows, name)
    answers = read_answers(rows, columns, asked.instrument, name)
    elements = element_values(answers, asked.items_of)
    if options.overall is None:
        return of_variance(variance_shares(elements))
    overall = read_overall(rows, columns, options.overall, asked.instrument, name)
    return of_importance(importance(elements, overall))


def of_importance(result: Importance | Problem) -> CommandReport:
    """The relative importance of the elements, the greatest first."""
    if isinstance(result, Problem):
        return {"reason": sentence("en", result)}
    ordered = sorted(result.drivers, key=lambda one: one.importance, reverse=True)
    return {
        "n": result.n,
        "left_out": result.left_out,
        "constant": list(result.constant),
        "r_squared": result.r_squared,
        "elements": [vars(one) for one in ordered],
        "level": result.level,
        "draws": result.draws,
        "seed": result.seed,
    }


def of_variance(result: VarianceShares | Problem) -> CommandReport:
    """Each element's share of the index's variance, which says nothing of importance."""
    if isinstance(result, Problem):
        return {"reason": sentence("en", result)}
    return {
        "n": result.n,
        "left_out": result.left_out,
        "constant": list(result.constant),
        "shares_of_variance": dict(result.shares),
    }


COMMANDS = {"importance": _importance}

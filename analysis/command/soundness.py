"""The command ``reliability``: how well the items agree."""

import argparse

from analysis.command.answers import read_answers
from analysis.command.files import asked_of
from analysis.command.report import CommandReport, tell
from analysis.errors import Problem
from analysis.rulebook.conventions import StatisticName, conventions
from analysis.soundness.reliability import ItemFigures, Reliability, ReliabilityFigure, reliability
from analysis.tables import open_table, refuse_empty
from locales.refusals import sentence


def _reliability(options: argparse.Namespace) -> CommandReport:
    asked, rows, name = asked_of(options), open_table(options.file, tell), options.file.name
    columns = asked.columns(rows.headings, name)
    refuse_empty(rows, name)
    answers = read_answers(rows, columns, asked.instrument, name)
    return of_reliability(reliability(answers))


def of_reliability(result: Reliability) -> CommandReport:
    """Each figure with how it is read by convention, or the reason why there is none."""
    interval = {} if isinstance(result.interval, Problem) else {"interval": list(result.interval)}
    return {
        "n": result.n,
        "left_out": result.left_out,
        "constant": list(result.constant),
        "alpha": {**_figure("alpha", result.alpha), **interval, "level": result.level},
        "omega": _figure("omega", result.omega),
        "kmo": _figure("kmo", result.kmo),
        "items": [_item(one) for one in result.items],
        "note": vars(conventions().note),
    }


def _item(one: ItemFigures) -> CommandReport:
    return {
        "item": one.item,
        "item_rest": _figure("item_rest", one.item_rest),
        "loading": _figure("loading", one.loading),
        "kmo": _figure("kmo", one.kmo),
    }


def _figure(name: StatisticName, value: ReliabilityFigure) -> CommandReport:
    if isinstance(value, Problem):
        return {"value": None, "reason": sentence("en", value)}
    reading = conventions().read(name, value)
    return {"value": value, "word": vars(reading.word), "sentence": vars(reading.sentence)}


COMMANDS = {"reliability": _reliability}

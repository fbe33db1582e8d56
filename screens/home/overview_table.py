"""The overview's table: names whole, a picture a row; on a phone each unit is a card."""

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

import streamlit as st

from analysis.disclosure import SMALLEST_GROUP
from analysis.rulebook.certainty import load_certainty
from desk.home.overview import InstitutionOverview, OverviewLine
from locales.refusals import show_value
from reports.headline_picture import HeadlinePicture, described, row_svg
from screens.shell import address, day, language, number, say, signed

COLUMNS = ("unit", "respondents", "index", "change", "plan", "report")
PICTURE = 150  # pixels
NOTHING = "–"


def show_lines(found: InstitutionOverview, lines: Sequence[OverviewLine]) -> None:
    """The lines as a table that a screen reader reads."""
    headings = {key: say(f"overview.{key}", short=found.scheme.short) for key in COLUMNS}
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in headings.values())
    rows = "".join(_row(found, line, headings) for line in lines)
    st.html(f'<table class="overview"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>')


def grade_of(line: OverviewLine) -> str:
    """The grade of a unit's index, empty where it has none that is shown."""
    return (line.index.band.grade or "") if line.index and line.index.band else ""


def certainty_of(line: OverviewLine) -> str:
    """How sure its grade is, in words; empty where that can't be said."""
    grade = grade_of(line)
    key = line.certainty.certainty(grade) if line.certainty and grade else None
    return load_certainty().short(grade, key, language()) if key else ""


def _row(found: InstitutionOverview, line: OverviewLine, headings: dict[str, str]) -> str:
    where = escape(address("unit", unit=line.unit.code, period=found.period.code))
    cells = {
        "respondents": _respondents(line),
        "index": _index(found, line),
        "change": _change(line),
        "plan": _plan(line),
        "report": _report(line) if found.period.closed_at else NOTHING,
    }
    told = "".join(
        f'<td data-heading="{escape(headings[key])}"><div>{cell}</div></td>'
        for key, cell in cells.items()
    )
    return f'<tr><th scope="row"><a href="{where}">{escape(line.name)}</a></th>{told}</tr>'


def _respondents(line: OverviewLine) -> str:
    if line.index is None:
        return _small(say("overview.few", smallest=SMALLEST_GROUP))
    n = number(line.index.n, 0)
    if line.minimum is None:
        return f"<b>{n}</b>{_small(say('overview.no_visits'))}"
    of = say("overview.of_minimum", n=n, minimum=number(line.minimum, 0))
    lacking = _small(say("overview.lacking", number=number(line.short, 0)), line.short)
    return f"<b>{escape(of)}</b>{lacking if line.short else ''}"


def _index(found: InstitutionOverview, line: OverviewLine) -> str:
    if line.index is None or line.index.index is None:
        return NOTHING
    picture = HeadlinePicture(
        scheme=found.scheme,
        index=line.index.index,
        interval=line.certainty.bounded if line.certainty else None,
        level=load_certainty().level,
    )
    drawn = quote(row_svg(picture, language(), PICTURE))
    told = escape(described(picture, language()))
    shown = escape(picture.number(line.index.index, language()))
    sure = certainty_of(line) or grade_of(line)
    return (
        f"<b>{shown}</b>{_small(sure)}"
        f'<img src="data:image/svg+xml;utf8,{drawn}" alt="{told}" width="{PICTURE}">'
    )


def _change(line: OverviewLine) -> str:
    if line.change is None or line.change.difference is None:
        return NOTHING
    verdict = show_value(language(), line.change.verdict)
    return f"<b>{escape(signed(line.change.difference))}</b>{_small(verdict)}"


def _plan(line: OverviewLine) -> str:
    if not line.plan.planned:
        return NOTHING
    done = say(
        "overview.plan_state",
        done=number(line.plan.done, 0),
        planned=number(line.plan.planned, 0),
    )
    late = say("overview.late_plans", number=number(line.plan.late, 0))
    return escape(done) + (_small(late, line.plan.late) if line.plan.late else "")


def _report(line: OverviewLine) -> str:
    taken = say("overview.not_yet") if line.report is None else day(line.report)
    if line.announced is None:
        return escape(taken)
    announced = say("overview.announced_on", day=day(line.announced))
    return escape(taken) + _small(announced)


def _small(text: str, warns: object = False) -> str:
    """A second line; ``warns``: of something to be done."""
    kind = "late" if warns else "told"
    return f'<small class="{kind}">{escape(text)}</small>'

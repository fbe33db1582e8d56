"""The overview as a file: the same figures, for spreadsheets."""

from collections.abc import Sequence

import streamlit as st

from accounts.actors import Actor, Forbidden
from desk.home.overview import InstitutionOverview, OverviewLine
from desk.places import institutions_seen
from locales.refusals import show_value
from models import Session
from reports.tables import SheetCell, SheetTable, table_csv, table_xlsx
from screens.handing import CSV, XLSX, NamedFile, hand_out
from screens.home.overview_table import certainty_of, grade_of
from screens.offers import kept_for
from screens.shell import language, say

HEADINGS = (
    *("institution", "period", "code", "unit", "respondents", "minimum", "short", "index"),
    *("low", "high", "grade", "certainty", "change", "changed", "planned", "done", "late"),
    *("report", "announced"),
)


def offer(found: InstitutionOverview, lines: Sequence[OverviewLine]) -> None:
    """Two buttons: the lines as they are filtered, as CSV and as XLSX."""
    table, of = _table(found, lines), found.institution.id

    def sees(session: Session, asking: Actor) -> None:
        if of not in {one.id for one in institutions_seen(session, asking)}:
            raise Forbidden(f"institution {of}")

    name = f"{say('overview.file')}-{found.institution.code}-{found.period.code}"
    kinds = (("csv", table_csv, CSV), ("xlsx", table_xlsx, XLSX))
    with st.container(horizontal=True):
        for ending, write, media_type in kinds:
            file, content = NamedFile(f"{name}.{ending}", media_type), write(table)
            make = kept_for(content, sees)
            hand_out(say(f"overview.as_{ending}"), file, make, f"overview_{ending}")


def _table(found: InstitutionOverview, lines: Sequence[OverviewLine]) -> SheetTable:
    headings = [say(f"overview.{key}", short=found.scheme.short) for key in HEADINGS]
    return SheetTable(say("overview.sheet"), headings, [_row(found, line) for line in lines])


def _row(found: InstitutionOverview, line: OverviewLine) -> list[SheetCell]:
    index, certainty, change = line.index, line.certainty, line.change
    low, high = (certainty.bounded if certainty else None) or (None, None)
    return [
        found.institution.name,
        found.period.name,
        line.unit.code,
        line.name,
        index.n if index else None,
        line.minimum,
        line.short,
        None if index is None or index.shown is None else float(index.shown),
        None if low is None else round(low, 2),
        None if high is None else round(high, 2),
        grade_of(line) or None,
        certainty_of(line) or None,
        None if change is None or change.difference is None else round(change.difference, 2),
        show_value(language(), change.verdict) if change else None,
        line.plan.planned,
        line.plan.done,
        line.plan.late,
        line.report,
        line.announced.date() if line.announced else None,
    ]

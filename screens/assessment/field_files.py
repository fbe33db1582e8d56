"""Judgements from a workbook: handed out with units and items, brought back, looked at, stored."""

from collections import Counter
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from accounts.actors import Actor
from analysis.errors import BadInput
from desk.assessment.assessments import Judgement, changed
from desk.assessment.field_sheets import RequestedSheet, hand_out, read_judgements
from desk.assessment.fieldwork import Capacity, Judging
from desk.assessment.sampled import assigned_to
from desk.places import units_among
from models import Institution, Session
from screens import handing
from screens.acts import fresh
from screens.assessment.judging import save
from screens.plain import show_table
from screens.problems import show_problems
from screens.shell import language, number, say


def show_files(
    session: Session, actor: Actor, institution: Institution, year: int, capacity: Capacity
) -> None:
    """Hands out the workbook of an institution; takes one, shows what it would change, stores."""
    if capacity == "official" and not _assigned(session, actor, institution, year):
        st.info(say("field_files.not_assigned"), icon=":material/assignment_ind:")
        return
    st.markdown(say("field_files.lead"))
    sheet = RequestedSheet(year, institution.id, language(), capacity)
    handing.hand_out(
        say("field_files.download"),
        handing.NamedFile(f"penilaian-{institution.code}-{year}.xlsx", handing.XLSX),
        lambda writing, asking: hand_out(writing, asking, sheet),
        "field_files_download",
    )
    file = st.file_uploader(say("field_files.file"), type=["xlsx", "csv"], key=fresh("field_file"))
    if file is None:
        return
    content = file.getvalue()
    try:
        judging = Judging(None, year, capacity)
        found = read_judgements(session, actor, content, file.name, judging)
    except BadInput as error:
        show_problems(error)
        return
    new = changed(session, actor, year, found, capacity)
    _preview(session, actor, found, new)
    rows = number(len(new), 0)
    if new and st.button(
        say("field_files.store", rows=rows), type="primary", key="field_files_store"
    ):
        save(year, capacity, new)


def _assigned(session: Session, actor: Actor, institution: Institution, year: int) -> bool:
    """Whether the actor assesses any unit of the institution."""
    own = units_among(session, actor, assigned_to(session, actor.user_id, year))
    return any(unit.institution_id == institution.id for unit in own)


def _preview(
    session: Session, actor: Actor, found: Sequence[Judgement], new: Sequence[Judgement]
) -> None:
    """How many judgements of each unit are in the file, and how many of them are news."""
    rows, news = (Counter(one.unit_id for one in some) for some in (found, new))
    headings = [say(f"field_files.{key}") for key in ("unit", "rows", "new", "same")]
    table = [
        (
            unit.name,
            *(number(n, 0) for n in (rows[unit.id], news[unit.id], rows[unit.id] - news[unit.id])),
        )
        for unit in units_among(session, actor, rows)
    ]
    show_table(pd.DataFrame(table, columns=headings))
    st.caption(say("field_files.means"))

"""Assessors' judgements of a unit: entered in a table or imported from a file."""

import pandas as pd
import streamlit as st

from accounts.actors import Actor
from analysis.errors import BadInput
from analysis.scheme import Scheme, load_scheme
from desk.assessments import (
    LONGEST_NOTE,
    RUNGS,
    Judgement,
    assess,
    judged_items,
    judgements_of,
    read_judgements,
)
from models import now, reading, writing
from screens.choices import choose_unit
from screens.plain import show_table
from screens.problems import show_problems
from screens.shell import engine, language, number, say, signed_in

# It asks for every item that the other schemes ask for.
SCHEME = "ombudsman-2022"
FIRST_YEAR = 2016
SAVED = "assess_saved"


def screen() -> None:
    """Asks for year and unit; takes judgements by hand or from a file."""
    st.title(say("shell.page_penilaian"))
    actor = signed_in()
    _tell_saved()
    scheme = load_scheme(SCHEME)
    years = list(range(now().year, FIRST_YEAR - 1, -1))
    year = st.selectbox(say("words.year"), years, key="assess_year")
    by_hand, from_file = st.tabs([say("assess.by_hand"), say("assess.from_file")])
    with by_hand:
        _by_hand(actor, scheme, year)
    with from_file:
        _from_file(actor, scheme, year)


def _by_hand(actor: Actor, scheme: Scheme, year: int) -> None:
    with reading(engine()) as session:
        chosen = choose_unit(session, actor, "assess_unit")
        if chosen is None:
            return
        unit = chosen.id
        present = judgements_of(session, actor, unit, year)
    items = [
        (say(f"assess.{area}"), node)
        for area, nodes in judged_items(scheme).items()
        for node in nodes
    ]
    frame = pd.DataFrame(
        {
            "area": [area for area, _ in items],
            "item": [node.name[language()] for _, node in items],
            "rung": [_rung(present, node.key) for _, node in items],
            "note": [present.get(node.key, (None, ""))[1] for _, node in items],
        },
        index=[node.key for _, node in items],
    )
    done = int(frame["rung"].notna().sum())
    st.progress(done / len(frame), text=say("assess.progress", done=done, all=len(frame)))
    st.caption(say("assess.ladder"))
    edited = st.data_editor(
        frame,
        hide_index=True,
        width="stretch",
        height=560,
        disabled=["area", "item"],
        column_config={
            "area": st.column_config.TextColumn(say("assess.area"), width=180),
            "item": st.column_config.TextColumn(say("assess.item"), width=340),
            "rung": st.column_config.SelectboxColumn(
                say("assess.judgement"),
                options=[str(rung) for rung in RUNGS],
                width=80,
                required=True,
            ),
            "note": st.column_config.TextColumn(
                say("assess.note"), max_chars=LONGEST_NOTE, width=400
            ),
        },
        placeholder="–",
        key=f"assess_{unit}_{year}",
    )
    if st.button(say("words.save"), type="primary", key="assess_save"):
        _save(actor, scheme, year, _changed(unit, frame, edited))


def _rung(present: dict[str, tuple[int, str]], item: str) -> str | None:
    return str(present[item][0]) if item in present else None


def _changed(unit: int, before: pd.DataFrame, after: pd.DataFrame) -> list[Judgement]:
    """The rows with a rung that differ from what was there."""
    columns = ["rung", "note"]
    same = (after[columns].fillna("") == before[columns].fillna("")).all(axis=1)
    changed = after[~same & after["rung"].notna()]
    return [
        Judgement(unit, str(item), int(rung), note or "")
        for item, rung, note in changed[columns].itertuples()
    ]


def _from_file(actor: Actor, scheme: Scheme, year: int) -> None:
    st.markdown(say("assess.file_lead"))
    st.code("unit;item;judgement;note\ncontoh;legal_basis;3;Papan standar di ruang tunggu")
    with st.expander(say("assess.items")):
        items = [node for nodes in judged_items(scheme).values() for node in nodes]
        names = {node.key: node.name[language()] for node in items}
        show_table(pd.DataFrame(names.items(), columns=["item", say("assess.item")]))
    file = st.file_uploader(say("assess.file"), type=["csv", "xlsx"], key="assess_file")
    if file is None:
        return
    try:
        with reading(engine()) as session:
            judgements = read_judgements(session, file.getvalue(), file.name, scheme)
    except BadInput as error:
        show_problems(error)
        return
    rows = number(len(judgements), 0)
    if st.button(say("assess.store", rows=rows), type="primary", key="assess_store"):
        _save(actor, scheme, year, judgements)


def _save(actor: Actor, scheme: Scheme, year: int, judgements: list[Judgement]) -> None:
    if not judgements:
        st.info(say("assess.nothing"), icon=":material/info:")
        return
    try:
        with writing(engine()) as session:
            assess(session, actor, scheme, year, judgements)
    except BadInput as error:
        show_problems(error)
    else:
        st.session_state[SAVED] = len(judgements)
        st.rerun()


def _tell_saved() -> None:
    """What was saved just now, once: the page was drawn anew with it."""
    if SAVED in st.session_state:
        rows = number(st.session_state.pop(SAVED), 0)
        st.success(say("assess.saved", rows=rows), icon=":material/check_circle:")

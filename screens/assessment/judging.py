"""Judging a unit, alike for assessors and for an institution that judges itself.

On a phone in the field one item at a time, with its rungs; at a desk in a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from accounts.actors import Actor
from analysis.rulebook.fieldwork import RUNGS
from desk.assessment.assessments import ItemAndSubject, Judgement, assess, changed, judgements_of
from desk.assessment.fieldwork import Capacity, ItemToJudge, Judging, asked_of
from models import Session, Unit
from models.assessments import LONGEST_LINK, LONGEST_NOTE
from screens.acts import act, fresh
from screens.plain import plain
from screens.proofs import act_with_proof, ask_proof, show_proof
from screens.shell import language, number, say

NEXT = "judging_next"
STYLE = Path(__file__).parents[1] / "assets" / "field.css"


@dataclass(frozen=True)
class Task:
    """Who judges what: a unit in a year, as an assessor or as its own institution."""

    actor: Actor
    unit: Unit
    year: int
    capacity: Capacity

    def widget(self, name: str) -> str:
        """The key of an entry, so that no judgement slips into another unit, year or capacity."""
        return f"judging_{self.capacity}_{self.unit.id}_{self.year}_{name}"


def show_cards(session: Session, task: Task) -> None:
    """One item of one subject at a time; saving goes on to the next that is not judged."""
    present = judgements_of(session, task.actor, task.unit.id, task.year, task.capacity)
    asked = _of_one_subject(session, task)
    if not asked:
        st.info(say("judging.no_instrument"), icon=":material/info:")
        return
    _show_progress(asked, present)
    one = _choose_item(task, asked, present)
    given = present.get((one.item.key, one.subject))
    key = fresh(task.widget(f"{one.item.key}_{one.subject}"))
    st.html(STYLE)
    with st.form(key, enter_to_submit=False):
        st.markdown(f"**{one.item.text[language()]}**")
        rung = st.radio(
            say("judging.rung"),
            RUNGS,
            index=None if given is None else RUNGS.index(given.rung),
            format_func=lambda at: f"**{at}** · {one.item.rungs[at][language()]}",
            key=f"{key}_rung",
        )
        note = st.text_area(
            say("judging.note"),
            given.note if given else "",
            max_chars=LONGEST_NOTE,
            height=80,
            key=f"{key}_note",
        )
        link = st.text_input(
            say("judging.link"),
            given.link if given else "",
            max_chars=LONGEST_LINK,
            key=f"{key}_link",
        )
        file = ask_proof(f"{key}_file")
        if st.form_submit_button(say("judging.save_and_on"), type="primary"):
            _save_card(task, asked, present, one, _Card(rung, note.strip(), link.strip(), file))
    if given and given.evidence:
        show_proof(session, given.evidence, f"{key}_proof")
    with st.expander(say("judging.about")):
        _show_origin(one)


def _of_one_subject(session: Session, task: Task) -> list[ItemToJudge]:
    """The items of the instrument and the subject that are chosen."""
    every = asked_of(session, [task.unit], task.year, task.capacity)
    instruments = {one.instrument.area: one.instrument for one in every}
    left, right = st.columns(2)
    area = left.selectbox(
        say("judging.area"),
        list(instruments),
        format_func=lambda area: instruments[area].title[language()],
        key=task.widget("area"),
    )
    within = [one for one in every if one.instrument.area == area]
    subjects = {one.subject: one.about for one in within}
    if len(subjects) < 2:
        return within
    kind = instruments[area].subject
    chosen = right.selectbox(
        say(f"judging.subject_{kind}"),
        list(subjects),
        format_func=subjects.__getitem__,
        key=task.widget(f"subject_{area}"),
    )
    return [one for one in within if one.subject == chosen]


def _show_progress(asked: Sequence[ItemToJudge], present: dict[ItemAndSubject, Judgement]) -> None:
    done = sum((one.item.key, one.subject) in present for one in asked)
    told = say("judging.progress", done=number(done, 0), all=number(len(asked), 0))
    st.progress(done / len(asked), text=told)


def _choose_item(
    task: Task, asked: Sequence[ItemToJudge], present: dict[ItemAndSubject, Judgement]
) -> ItemToJudge:
    """The one that comes next after a save, or another that the person goes to."""
    key = task.widget(f"item_{asked[0].instrument.area}_{asked[0].subject}")
    left = [at for at, one in enumerate(asked) if (one.item.key, one.subject) not in present]
    if NEXT in st.session_state or key not in st.session_state:
        st.session_state[key] = st.session_state.pop(NEXT, left[0] if left else 0)

    def name(at: int) -> str:
        mark = "" if at in left else " ✓"
        return f"{at + 1}. {asked[at].item.text[language()]}{mark}"

    return asked[st.selectbox(say("judging.item"), range(len(asked)), format_func=name, key=key)]


@dataclass(frozen=True)
class _Card:
    """What the person filled in for one item; ``file``: the proof that was added."""

    rung: int | None
    note: str
    link: str
    file: UploadedFile | None


def _save_card(
    task: Task,
    asked: Sequence[ItemToJudge],
    present: dict[ItemAndSubject, Judgement],
    one: ItemToJudge,
    card: _Card,
) -> None:
    rung = card.rung
    if rung is None:
        st.error(say("judging.choose"), icon=":material/error:")
        return
    at = asked.index(one)
    places = [(other.item.key, other.subject) for other in asked]
    later = [*range(at + 1, len(asked)), *range(at)]
    following = next((other for other in later if places[other] not in present), later[0])

    def work(session: Session, actor: Actor, evidence: str | None) -> None:
        judgement = Judgement(
            task.unit.id, one.item.key, rung, card.note, one.subject, card.link, evidence
        )
        new = changed(session, actor, task.year, [judgement], task.capacity)
        judging = Judging(None, task.year, task.capacity)
        assess(session, actor, judging, new)
        st.session_state[NEXT] = following

    done = say("judging.saved_one", item=plain(one.item.text[language()]), rung=rung)
    act_with_proof(done, card.file, work)


def _show_origin(one: ItemToJudge) -> None:
    """Where the instrument comes from, and how well its words are founded."""
    st.caption(one.instrument.note[language()])
    for standing, source in (
        (one.instrument.standing, one.instrument.source),
        (one.instrument.ladder.standing, one.instrument.ladder.source),
    ):
        origin = one.instrument.sources[source]
        st.caption(
            f"{say(f'league.{standing}')} · {plain(origin.title[language()])} ({origin.year})"
        )


def show_table(session: Session, task: Task) -> None:
    """All items of the unit in a table, for the keyboard; what changed is saved together."""
    present = judgements_of(session, task.actor, task.unit.id, task.year, task.capacity)
    asked = asked_of(session, [task.unit], task.year, task.capacity)
    if not asked:
        st.info(say("judging.no_instrument"), icon=":material/info:")
        return
    _show_progress(asked, present)
    st.caption(say("judging.table_lead"))
    frame = pd.DataFrame([_row(one, present) for one in asked])
    widths = {"area": 160, "subject": 130, "item": 280}
    columns = {
        name: st.column_config.TextColumn(say(f"judging.{name}"), width=width)
        for name, width in widths.items()
    }
    edited = st.data_editor(
        frame,
        hide_index=True,
        width="stretch",
        height=560,
        disabled=list(widths),
        column_config=columns
        | {
            "rung": st.column_config.SelectboxColumn(
                say("judging.rung"), options=[str(rung) for rung in RUNGS], width=80
            ),
            "note": st.column_config.TextColumn(
                say("judging.note"), max_chars=LONGEST_NOTE, width=260
            ),
            "link": st.column_config.TextColumn(
                say("judging.link"), max_chars=LONGEST_LINK, width=200
            ),
        },
        placeholder="–",
        key=fresh(task.widget("table")),
    )
    if st.button(say("words.save"), type="primary", key=task.widget("save")):
        judgements = [
            Judgement(
                task.unit.id,
                one.item.key,
                int(rung),
                (note or "").strip(),
                one.subject,
                (link or "").strip(),
            )
            for one, (rung, note, link) in zip(
                asked, edited[["rung", "note", "link"]].itertuples(index=False), strict=True
            )
            if pd.notna(rung)
        ]
        new = changed(session, task.actor, task.year, judgements, task.capacity)
        if new:
            save(task.year, task.capacity, new)
        else:
            st.info(say("judging.nothing"), icon=":material/info:")
    _show_evidence(session, task, asked, present)


def _show_evidence(
    session: Session,
    task: Task,
    asked: Sequence[ItemToJudge],
    present: dict[ItemAndSubject, Judgement],
) -> None:
    """The files and links that were kept, by item."""
    names = {(one.item.key, one.subject): one for one in asked}
    shown = [one for one in present.values() if one.evidence or one.link]
    if not shown:
        return
    with st.expander(say("judging.evidence", number=number(len(shown), 0))):
        for one in shown:
            item, subject = one.place
            about = names.get(one.place)
            st.markdown(f"**{plain(about.item.text[language()] if about else item)}**")
            if one.link:
                st.link_button(plain(one.link), one.link)
            show_proof(session, one.evidence, task.widget(f"proof_{item}_{subject}"))


def _row(one: ItemToJudge, present: dict[ItemAndSubject, Judgement]) -> dict[str, str | None]:
    given = present.get((one.item.key, one.subject))
    return {
        "area": one.instrument.name(language()),
        "subject": one.about,
        "item": one.item.text[language()],
        "rung": str(given.rung) if given else None,
        "note": given.note if given else "",
        "link": given.link if given else "",
    }


def save(year: int, capacity: Capacity, judgements: Sequence[Judgement]) -> None:
    """Saves the judgements, all or none."""
    judging = Judging(None, year, capacity)
    act(
        say("judging.saved", rows=number(len(judgements), 0)),
        lambda session, actor: assess(session, actor, judging, judgements),
    )
